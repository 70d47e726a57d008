import { EMPTY, equalBytes, hex, sha256 } from '../proto/bytes';
import { formatKeyMetadata } from '../proto/key-metadata';
import { isDeletion, type HashedWrite, type MetadataEntry, type NamespaceRwSet } from '../proto/rwset';
import type { StateReader, Version } from '../store/state';
import type { UpdateBatch } from './update-batch';

const HASH_OF_NOTHING = sha256(EMPTY);

/** What one transaction does to one key; value 'delete' or new bytes, metadata as entries. */
interface KeyChange<K> {
  readonly key: K;
  value?: Uint8Array | 'delete';
  entries?: readonly MetadataEntry[];
  isPurge?: boolean;
}

/** What is known of a key when the transaction comes: by the batch, else by the state. */
type Current = { readonly value: Uint8Array | undefined; readonly metadata: Uint8Array | undefined } | undefined;

/**
 * Applies a valid transaction to the batch (devnet.md g.5 [P]; kvledger/txmgmt/validation/tx_ops.go). Metadata alone on a key that
 * an earlier transaction of the block deleted counts as metadata on an absent key; Fabric stops with a panic there.
 */
export function applyTransaction(rwset: readonly NamespaceRwSet[], version: Version, state: StateReader, batch: UpdateBatch): void {
  for (const set of rwset) {
    for (const change of publicChanges(set)) applyPublic(set.namespace, change, version, { state, batch });
    for (const { collection, hashedWrites, metadataWrites } of set.collections)
      for (const change of hashChanges(hashedWrites, metadataWrites))
        applyHash({ namespace: set.namespace, collection }, change, version, { state, batch });
  }
}

interface World {
  readonly state: StateReader;
  readonly batch: UpdateBatch;
}

function applyPublic(namespace: string, change: KeyChange<string>, version: Version, { state, batch }: World): void {
  const { key } = change;
  const result = resultOf(change, () => batch.get(namespace, key) ?? state.get(namespace, key));
  if (result !== undefined) batch.put({ namespace, key, version, ...result });
}

function applyHash(
  place: { readonly namespace: string; readonly collection: string },
  change: KeyChange<Uint8Array>,
  version: Version,
  { state, batch }: World,
): void {
  const earlier = batch.getHash(place.namespace, place.collection, change.key);
  const current = (): Current => {
    if (earlier !== undefined) return { value: earlier.valueHash, metadata: earlier.metadata };
    const stored = state.getHash(place.namespace, place.collection, change.key);
    return stored && { value: stored.valueHash, metadata: stored.metadata };
  };
  const result = resultOf(change, current);
  if (result === undefined) return;
  batch.putHash({
    ...place,
    keyHash: change.key,
    valueHash: result.value,
    metadata: result.metadata,
    version,
    isMetadataWritten: change.entries !== undefined || earlier?.isMetadataWritten === true,
    purgedBy: change.isPurge === true ? version.tx : earlier?.purgedBy,
  });
}

/** undefined: the transaction leaves the key as it is. */
function resultOf(change: KeyChange<unknown>, current: () => Current): Current {
  if (change.value === 'delete') return { value: undefined, metadata: undefined };
  const metadata = change.entries === undefined ? current()?.metadata : storedMetadata(change.entries);
  if (change.value !== undefined) return { value: change.value, metadata };
  const value = current()?.value;
  return value && { value, metadata };
}

function storedMetadata(entries: readonly MetadataEntry[]): Uint8Array | undefined {
  return entries.length === 0 ? undefined : formatKeyMetadata(entries);
}

function publicChanges(set: NamespaceRwSet): Iterable<KeyChange<string>> {
  const changes = new Map<string, KeyChange<string>>();
  const changeOf = (key: string): KeyChange<string> => getOrAdd(changes, key, key);
  for (const write of set.writes) changeOf(write.key).value = isDeletion(write) ? 'delete' : write.value;
  for (const { key, entries } of set.metadataWrites) changeOf(key).entries = entries;
  return changes.values();
}

function hashChanges(
  writes: readonly HashedWrite[],
  metadataWrites: readonly { readonly keyHash: Uint8Array; readonly entries: readonly MetadataEntry[] }[],
): Iterable<KeyChange<Uint8Array>> {
  const changes = new Map<string, KeyChange<Uint8Array>>();
  const changeOf = (keyHash: Uint8Array): KeyChange<Uint8Array> => getOrAdd(changes, hex(keyHash), keyHash);
  for (const write of writes) {
    const change = changeOf(write.keyHash);
    change.value = isHashDeletion(write) ? 'delete' : write.valueHash;
    change.isPurge = write.isPurge;
  }
  for (const { keyHash, entries } of metadataWrites) changeOf(keyHash).entries = entries;
  return changes.values();
}

/** A hashed write without a value deletes, also with the hash of the empty value (rwsetutil.IsKVWriteHashDelete). */
function isHashDeletion({ isDelete, isPurge, valueHash }: HashedWrite): boolean {
  return isDelete || isPurge || valueHash.length === 0 || equalBytes(valueHash, HASH_OF_NOTHING);
}

function getOrAdd<K>(changes: Map<string, KeyChange<K>>, name: string, key: K): KeyChange<K> {
  const change = changes.get(name) ?? { key };
  changes.set(name, change);
  return change;
}
