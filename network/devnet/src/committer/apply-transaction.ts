import { EMPTY, equalBytes, hex, sha256 } from '../proto/bytes';
import { formatKeyMetadata } from '../proto/key-metadata';
import { isDeletion, type HashedWrite, type MetadataEntry, type NamespaceRwSet } from '../proto/rwset';
import type { StateReader, Version } from '../store/state';
import type { UpdateBatch } from './update-batch';

const HASH_OF_NOTHING = sha256(EMPTY);

/**
 * What one transaction does to one key, counted as Fabric does: each write adds its number, so a key that is written twice counts as one whose
 * metadata alone is written (tx_ops.go, keyOpsFlag).
 */
interface KeyChange<K> {
  readonly namespace: string;
  /** Empty: public. */
  readonly collection: string;
  readonly key: K;
  operations: number;
  value?: Uint8Array;
  metadata?: Uint8Array;
  isMetadataWritten?: boolean;
  isPurge?: boolean;
}

const WRITE = 1;
const SET_METADATA = 2;
const DROP_METADATA = 4;
const DELETE = 8;
/** Fabric counts in one byte. */
const COUNTED = 0xff;

/** What is known of a key when the transaction comes: by the batch, else by the state. */
type Current = { readonly value: Uint8Array | undefined; readonly metadata: Uint8Array | undefined } | undefined;

/**
 * Applies a valid transaction to the batch (devnet.md g.5 [P]; kvledger/txmgmt/validation/tx_ops.go). Metadata alone on a key that
 * an earlier transaction of the block deleted counts as metadata on an absent key; Fabric stops with a panic there.
 */
export function applyTransaction(rwset: readonly NamespaceRwSet[], version: Version, state: StateReader, batch: UpdateBatch): void {
  for (const change of publicChanges(rwset)) applyPublic(change, version, { state, batch });
  for (const change of hashChanges(rwset)) applyHash(change, version, { state, batch });
}

interface World {
  readonly state: StateReader;
  readonly batch: UpdateBatch;
}

function applyPublic(change: KeyChange<string>, version: Version, { state, batch }: World): void {
  const { namespace, key } = change;
  const result = resultOf(change, () => batch.get(namespace, key) ?? state.get(namespace, key));
  if (result !== undefined) batch.put({ namespace, key, version, ...result });
}

function applyHash(change: KeyChange<Uint8Array>, version: Version, { state, batch }: World): void {
  const { namespace, collection, key } = change;
  const earlier = batch.getHash(namespace, collection, key);
  const current = (): Current => {
    if (earlier !== undefined) return { value: earlier.valueHash, metadata: earlier.metadata };
    const stored = state.getHash(namespace, collection, key);
    return stored && { value: stored.valueHash, metadata: stored.metadata };
  };
  const result = resultOf(change, current);
  if (result === undefined) return;
  batch.putHash({
    namespace,
    collection,
    keyHash: key,
    valueHash: result.value,
    metadata: result.metadata,
    version,
    isMetadataWritten: change.isMetadataWritten === true || earlier?.isMetadataWritten === true,
    purgedBy: change.isPurge === true ? version.tx : earlier?.purgedBy,
  });
}

/** undefined: the transaction leaves the key as it is. */
function resultOf({ operations, value, metadata }: KeyChange<unknown>, current: () => Current): Current {
  const has = (operation: number): boolean => (operations & operation) !== 0;
  if (has(DELETE)) return { value: undefined, metadata: undefined };
  if (has(WRITE) && has(SET_METADATA | DROP_METADATA)) return { value, metadata };
  if (has(WRITE)) return { value, metadata: current()?.metadata };
  const standing = current()?.value;
  return standing && { value: standing, metadata };
}

function publicChanges(rwset: readonly NamespaceRwSet[]): Iterable<KeyChange<string>> {
  const changes = new Map<string, KeyChange<string>>();
  for (const { namespace, writes, metadataWrites } of rwset) {
    const changeOf = (key: string): KeyChange<string> => getOrAdd(changes, key, { namespace, collection: '', key, operations: 0 });
    for (const write of writes) noteWrite(changeOf(write.key), isDeletion(write), write.value);
    for (const { key, entries } of metadataWrites) noteMetadata(changeOf(key), entries);
  }
  return changes.values();
}

function hashChanges(rwset: readonly NamespaceRwSet[]): Iterable<KeyChange<Uint8Array>> {
  const changes = new Map<string, KeyChange<Uint8Array>>();
  const sets = rwset.flatMap(({ namespace, collections }) => collections.map((set) => ({ namespace, ...set })));
  for (const { namespace, collection, hashedWrites, metadataWrites } of sets) {
    const changeOf = (key: Uint8Array): KeyChange<Uint8Array> => getOrAdd(changes, hex(key), { namespace, collection, key, operations: 0 });
    for (const write of hashedWrites) {
      const change = changeOf(write.keyHash);
      noteWrite(change, isHashDeletion(write), write.valueHash);
      change.isPurge = write.isPurge;
    }
    for (const { keyHash, entries } of metadataWrites) noteMetadata(changeOf(keyHash), entries);
  }
  return changes.values();
}

function noteWrite(change: KeyChange<unknown>, isDelete: boolean, value: Uint8Array): void {
  change.operations = (change.operations + (isDelete ? DELETE : WRITE)) & COUNTED;
  if (!isDelete) change.value = value;
}

function noteMetadata(change: KeyChange<unknown>, entries: readonly MetadataEntry[]): void {
  change.operations = (change.operations + (entries.length === 0 ? DROP_METADATA : SET_METADATA)) & COUNTED;
  if (entries.length > 0) change.metadata = formatKeyMetadata(entries);
  change.isMetadataWritten = true;
}

/** A hashed write without a value deletes, also with the hash of the empty value (rwsetutil.IsKVWriteHashDelete). */
function isHashDeletion({ isDelete, isPurge, valueHash }: HashedWrite): boolean {
  return isDelete || isPurge || valueHash.length === 0 || equalBytes(valueHash, HASH_OF_NOTHING);
}

function getOrAdd<K>(changes: Map<string, KeyChange<K>>, name: string, change: KeyChange<K>): KeyChange<K> {
  const place = JSON.stringify([change.namespace, change.collection, name]);
  const known = changes.get(place) ?? change;
  changes.set(place, known);
  return known;
}
