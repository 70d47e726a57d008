import { ledger } from '@hyperledger/fabric-protos';
import { compareText, sha256, utf8 } from '../proto/bytes';
import type { Version } from '../store/state';
import type { MetadataEntry } from './metadata';
import { newRead, newVersion } from './range-reads';
import type { RangeQueryInfo } from './range-scan';

const { rwset } = ledger;
const { HashedRWSet, KVMetadataEntry, KVMetadataWrite, KVMetadataWriteHash, KVReadHash, KVRWSet, KVWrite, KVWriteHash } = rwset.kvrwset;

/** A write; an empty value deletes. A purge is a delete that also erases the private value's history. */
interface Write {
  readonly value: Uint8Array;
  readonly purge: boolean;
}

interface KeySet {
  /** Without version: absent when read. */
  readonly reads: Map<string, Version | undefined>;
  readonly writes: Map<string, Write>;
  readonly metadata: Map<string, readonly MetadataEntry[]>;
}

interface NamespaceSet extends KeySet {
  readonly ranges: RangeQueryInfo[];
  readonly collections: Map<string, KeySet>;
}

export interface ReadWriteBytes {
  /** Serialized rwset.TxReadWriteSet. */
  readonly publicSet: Uint8Array;
  /** Serialized rwset.TxPvtReadWriteSet; undefined when nothing private was written. */
  readonly privateSet: Uint8Array | undefined;
}

/** What a transaction has read and written so far (core/ledger/kvledger/txmgmt/rwsetutil/rwset_builder.go). The last call per key wins. */
export class ReadWriteSet {
  readonly #namespaces = new Map<string, NamespaceSet>();

  /** The set of a namespace, or of one of its collections; asking for it makes it part of the result. */
  of(namespace: string, collection?: string): KeySet {
    const set = this.#namespace(namespace);
    if (collection === undefined) return set;
    const existing = set.collections.get(collection);
    if (existing !== undefined) return existing;
    const made = newKeySet();
    set.collections.set(collection, made);
    return made;
  }

  /** Range queries in the order of their creation; equal ones (start, end, exhausted) count once. */
  addRange(namespace: string, info: RangeQueryInfo): void {
    const { ranges } = this.#namespace(namespace);
    if (!ranges.some((other) => isSameRange(other, info))) ranges.push(info);
  }

  /** Everything written, in the order of first writing: [namespace, collection or undefined, key]. */
  *written(): Generator<readonly [string, string | undefined, string]> {
    for (const [namespace, set] of this.#namespaces) {
      for (const key of writtenKeys(set)) yield [namespace, undefined, key];
      for (const [collection, keys] of set.collections) for (const key of writtenKeys(keys)) yield [namespace, collection, key];
    }
  }

  namespaces(): readonly string[] {
    return [...this.#namespaces.keys()];
  }

  serialize(): ReadWriteBytes {
    const privateSets = new rwset.TxPvtReadWriteSet();
    const publicSets = new rwset.TxReadWriteSet();
    for (const [namespace, set] of sorted(this.#namespaces)) {
      const publicSet = new rwset.NsReadWriteSet();
      publicSet.setNamespace(namespace);
      publicSet.setRwset(serializePublic(set));
      const privateSet = new rwset.NsPvtReadWriteSet();
      privateSet.setNamespace(namespace);
      for (const [collection, keys] of sorted(set.collections)) addCollection(publicSet, privateSet, collection, keys);
      publicSets.addNsRwset(publicSet);
      if (privateSet.getCollectionPvtRwsetList().length > 0) privateSets.addNsPvtRwset(privateSet);
    }
    const hasPrivate = privateSets.getNsPvtRwsetList().length > 0;
    return { publicSet: publicSets.serializeBinary(), privateSet: hasPrivate ? privateSets.serializeBinary() : undefined };
  }

  #namespace(name: string): NamespaceSet {
    const existing = this.#namespaces.get(name);
    if (existing !== undefined) return existing;
    const made = { ...newKeySet(), ranges: [], collections: new Map<string, KeySet>() };
    this.#namespaces.set(name, made);
    return made;
  }
}

function newKeySet(): KeySet {
  return { reads: new Map(), writes: new Map(), metadata: new Map() };
}

function writtenKeys(set: KeySet): Set<string> {
  return new Set([...set.writes.keys(), ...set.metadata.keys()]);
}

function isSameRange(a: RangeQueryInfo, b: RangeQueryInfo): boolean {
  return a.getStartKey() === b.getStartKey() && a.getEndKey() === b.getEndKey() && a.getItrExhausted() === b.getItrExhausted();
}

function sorted<Value>(map: ReadonlyMap<string, Value>): (readonly [string, Value])[] {
  return map.size < 2 ? [...map] : [...map].sort(([a], [b]) => compareText(a, b));
}

function serializePublic(set: NamespaceSet): Uint8Array {
  const message = new KVRWSet();
  message.setReadsList(sorted(set.reads).map(([key, version]) => newRead(key, version)));
  message.setRangeQueriesInfoList(set.ranges);
  message.setWritesList(sorted(set.writes).map(([key, write]) => newWrite(key, write)));
  message.setMetadataWritesList(sorted(set.metadata).map(([key, entries]) => newMetadataWrite(key, entries)));
  return message.serializeBinary();
}

/** Hashes of a collection go to the public set; what was written goes in plain to the private one. */
function addCollection(
  publicSet: InstanceType<typeof rwset.NsReadWriteSet>,
  privateSet: InstanceType<typeof rwset.NsPvtReadWriteSet>,
  collection: string,
  keys: KeySet,
): void {
  const hashed = new rwset.CollectionHashedReadWriteSet();
  hashed.setCollectionName(collection);
  hashed.setHashedRwset(serializeHashed(keys));
  if (keys.writes.size > 0 || keys.metadata.size > 0) {
    const plain = serializePrivate(keys);
    hashed.setPvtRwsetHash(sha256(plain));
    const set = new rwset.CollectionPvtReadWriteSet();
    set.setCollectionName(collection);
    set.setRwset(plain);
    privateSet.addCollectionPvtRwset(set);
  }
  publicSet.addCollectionHashedRwset(hashed);
}

/** Ordered by the plain key, not by its hash. */
function serializeHashed(keys: KeySet): Uint8Array {
  const message = new HashedRWSet();
  for (const [key, version] of sorted(keys.reads)) {
    const read = new KVReadHash();
    read.setKeyHash(sha256(utf8(key)));
    if (version !== undefined) read.setVersion(newVersion(version));
    message.addHashedReads(read);
  }
  for (const [key, { value, purge }] of sorted(keys.writes)) {
    const write = new KVWriteHash();
    write.setKeyHash(sha256(utf8(key)));
    write.setIsDelete(value.length === 0);
    if (value.length > 0) write.setValueHash(sha256(value));
    write.setIsPurge(purge);
    message.addHashedWrites(write);
  }
  for (const [key, entries] of sorted(keys.metadata)) {
    const write = new KVMetadataWriteHash();
    write.setKeyHash(sha256(utf8(key)));
    write.setEntriesList(newEntries(entries));
    message.addMetadataWrites(write);
  }
  return message.serializeBinary();
}

/** Metadata writes carry their keys only: the values are in the hashed set, the key tells whose version moves. */
function serializePrivate(keys: KeySet): Uint8Array {
  const message = new KVRWSet();
  message.setWritesList(sorted(keys.writes).map(([key, write]) => newWrite(key, write)));
  message.setMetadataWritesList(sorted(keys.metadata).map(([key]) => newMetadataWrite(key, [])));
  return message.serializeBinary();
}

function newWrite(key: string, { value }: Write): InstanceType<typeof KVWrite> {
  const write = new KVWrite();
  write.setKey(key);
  write.setIsDelete(value.length === 0);
  write.setValue(value);
  return write;
}

function newMetadataWrite(key: string, entries: readonly MetadataEntry[]): InstanceType<typeof KVMetadataWrite> {
  const write = new KVMetadataWrite();
  write.setKey(key);
  write.setEntriesList(newEntries(entries));
  return write;
}

function newEntries(entries: readonly MetadataEntry[]): InstanceType<typeof KVMetadataEntry>[] {
  return entries.map(({ name, value }) => {
    const entry = new KVMetadataEntry();
    entry.setName(name);
    entry.setValue(value);
    return entry;
  });
}
