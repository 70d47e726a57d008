import { ledger } from '@hyperledger/fabric-protos';
import type { Version } from './version';
import { decode, type Shape } from './wire';

const { rwset } = ledger;
const { kvrwset } = rwset;

/** A read; no version: the key was absent. */
export interface Read {
  readonly key: string;
  readonly version: Version | undefined;
}

export interface MerkleSummary {
  readonly maxDegree: number;
  readonly maxLevel: number;
  readonly hashes: readonly Uint8Array[];
}

/** A range as the peer read it: raw reads, or the summary of more than 50 of them; neither where it was empty. */
export interface RangeQuery {
  readonly startKey: string;
  readonly endKey: string;
  /** The iterator reached the end; otherwise endKey is the last key read. */
  readonly exhausted: boolean;
  readonly reads: readonly Read[];
  readonly merkle: MerkleSummary | undefined;
}

export interface Write {
  readonly key: string;
  readonly isDelete: boolean;
  readonly value: Uint8Array;
}

export interface MetadataEntry {
  readonly name: string;
  readonly value: Uint8Array;
}

export interface MetadataWrite {
  readonly key: string;
  readonly entries: readonly MetadataEntry[];
}

export interface HashedRead {
  readonly keyHash: Uint8Array;
  readonly version: Version | undefined;
}

export interface HashedWrite {
  readonly keyHash: Uint8Array;
  readonly isDelete: boolean;
  readonly valueHash: Uint8Array;
  readonly isPurge: boolean;
}

export interface HashedMetadataWrite {
  readonly keyHash: Uint8Array;
  readonly entries: readonly MetadataEntry[];
}

export interface CollectionRwSet {
  readonly collection: string;
  readonly hashedReads: readonly HashedRead[];
  readonly hashedWrites: readonly HashedWrite[];
  readonly metadataWrites: readonly HashedMetadataWrite[];
  /** sha256 of the private set; empty where the collection was only read. */
  readonly pvtHash: Uint8Array;
}

export interface NamespaceRwSet {
  readonly namespace: string;
  readonly reads: readonly Read[];
  readonly rangeQueries: readonly RangeQuery[];
  readonly writes: readonly Write[];
  readonly metadataWrites: readonly MetadataWrite[];
  readonly collections: readonly CollectionRwSet[];
}

const METADATA_WRITE: Shape = { messages: { 2: { strings: [1] } } };
const READ: Shape = { strings: [1], messages: { 2: {} } };
const KV_SHAPE: Shape = {
  messages: {
    1: READ,
    2: { strings: [1, 2], messages: { 4: { messages: { 1: READ } }, 5: {} } },
    3: { strings: [1] },
    4: { strings: [1], ...METADATA_WRITE },
  },
};
const HASHED_SHAPE: Shape = { messages: { 1: { messages: { 2: {} } }, 2: {}, 3: METADATA_WRITE } };
const TX_SHAPE: Shape = { messages: { 2: { strings: [1], messages: { 3: { strings: [1] } } } } };

/**
 * Reads a serialized rwset.TxReadWriteSet (rwsetutil.TxRwSetFromProtoMsg).
 * @throws MalformedMessage
 */
export function readRwSet(bytes: Uint8Array): readonly NamespaceRwSet[] {
  return decode(rwset.TxReadWriteSet, bytes, TX_SHAPE).getNsRwsetList().map(readNamespace);
}

/** Serialized rwset.TxReadWriteSet. Orders nothing: the order of every list is the caller's. */
export function writeRwSet(namespaces: readonly NamespaceRwSet[]): Uint8Array {
  const message = new rwset.TxReadWriteSet();
  message.setNsRwsetList(namespaces.map(toNamespace));
  return message.serializeBinary();
}

/** What a serialized kvrwset.KVRWSet says: the public part of a namespace, or a private set. @throws MalformedMessage */
export function readKvSet(bytes: Uint8Array): Omit<NamespaceRwSet, 'namespace' | 'collections'> {
  const set = decode(kvrwset.KVRWSet, bytes, KV_SHAPE);
  return {
    reads: set.getReadsList().map(readRead),
    rangeQueries: set.getRangeQueriesInfoList().map(readRange),
    writes: set.getWritesList().map((w) => ({ key: w.getKey(), isDelete: w.getIsDelete(), value: w.getValue_asU8() })),
    metadataWrites: set.getMetadataWritesList().map((w) => ({ key: w.getKey(), entries: w.getEntriesList().map(readEntry) })),
  };
}

/** Serialized kvrwset.KVRWSet. */
export function writeKvSet(set: Partial<Omit<NamespaceRwSet, 'namespace' | 'collections'>>): Uint8Array {
  const message = new kvrwset.KVRWSet();
  message.setReadsList((set.reads ?? []).map(toRead));
  message.setRangeQueriesInfoList((set.rangeQueries ?? []).map(toRange));
  message.setWritesList((set.writes ?? []).map(toWrite));
  message.setMetadataWritesList((set.metadataWrites ?? []).map(toMetadataWrite));
  return message.serializeBinary();
}

/** A write without a value deletes, whatever its flag says (rwsetutil.IsKVWriteDelete). */
export function isDeletion(write: Write): boolean {
  return write.isDelete || write.value.length === 0;
}

function readNamespace(message: ledger.rwset.NsReadWriteSet): NamespaceRwSet {
  return {
    namespace: message.getNamespace(),
    ...readKvSet(message.getRwset_asU8()),
    collections: message.getCollectionHashedRwsetList().map(readCollection),
  };
}

function readCollection(message: ledger.rwset.CollectionHashedReadWriteSet): CollectionRwSet {
  const set = decode(kvrwset.HashedRWSet, message.getHashedRwset_asU8(), HASHED_SHAPE);
  return {
    collection: message.getCollectionName(),
    hashedReads: set.getHashedReadsList().map((r) => ({ keyHash: r.getKeyHash_asU8(), version: readVersion(r.getVersion()) })),
    hashedWrites: set.getHashedWritesList().map((w) => ({
      keyHash: w.getKeyHash_asU8(),
      isDelete: w.getIsDelete(),
      valueHash: w.getValueHash_asU8(),
      isPurge: w.getIsPurge(),
    })),
    metadataWrites: set.getMetadataWritesList().map((w) => ({ keyHash: w.getKeyHash_asU8(), entries: w.getEntriesList().map(readEntry) })),
    pvtHash: message.getPvtRwsetHash_asU8(),
  };
}

function readVersion(version: ledger.rwset.kvrwset.Version | undefined): Version | undefined {
  return version === undefined ? undefined : { block: version.getBlockNum(), tx: version.getTxNum() };
}

function readRead(read: ledger.rwset.kvrwset.KVRead): Read {
  return { key: read.getKey(), version: readVersion(read.getVersion()) };
}

function readEntry(entry: ledger.rwset.kvrwset.KVMetadataEntry): MetadataEntry {
  return { name: entry.getName(), value: entry.getValue_asU8() };
}

function readRange(query: ledger.rwset.kvrwset.RangeQueryInfo): RangeQuery {
  const merkle = query.getReadsMerkleHashes();
  return {
    startKey: query.getStartKey(),
    endKey: query.getEndKey(),
    exhausted: query.getItrExhausted(),
    reads: query.getRawReads()?.getKvReadsList().map(readRead) ?? [],
    merkle: merkle && { maxDegree: merkle.getMaxDegree(), maxLevel: merkle.getMaxLevel(), hashes: merkle.getMaxLevelHashesList_asU8() },
  };
}

function toVersion(version: Version): ledger.rwset.kvrwset.Version {
  const message = new kvrwset.Version();
  message.setBlockNum(version.block);
  message.setTxNum(version.tx);
  return message;
}

function toRead(read: Read): ledger.rwset.kvrwset.KVRead {
  const message = new kvrwset.KVRead();
  message.setKey(read.key);
  if (read.version !== undefined) message.setVersion(toVersion(read.version));
  return message;
}

/** Serialized kvrwset.QueryReads: what a leaf of a Merkle summary hashes. */
export function writeQueryReads(reads: readonly Read[]): Uint8Array {
  return toQueryReads(reads).serializeBinary();
}

function toQueryReads(reads: readonly Read[]): ledger.rwset.kvrwset.QueryReads {
  const message = new kvrwset.QueryReads();
  message.setKvReadsList(reads.map(toRead));
  return message;
}

function toRange(query: RangeQuery): ledger.rwset.kvrwset.RangeQueryInfo {
  const message = new kvrwset.RangeQueryInfo();
  message.setStartKey(query.startKey);
  message.setEndKey(query.endKey);
  message.setItrExhausted(query.exhausted);
  if (query.merkle !== undefined) {
    const summary = new kvrwset.QueryReadsMerkleSummary();
    summary.setMaxDegree(query.merkle.maxDegree);
    summary.setMaxLevel(query.merkle.maxLevel);
    summary.setMaxLevelHashesList([...query.merkle.hashes]);
    message.setReadsMerkleHashes(summary);
  } else if (query.reads.length > 0) message.setRawReads(toQueryReads(query.reads));
  return message;
}

function toWrite(write: Write): ledger.rwset.kvrwset.KVWrite {
  const message = new kvrwset.KVWrite();
  message.setKey(write.key);
  message.setIsDelete(write.isDelete);
  message.setValue(write.value);
  return message;
}

function toEntry(entry: MetadataEntry): ledger.rwset.kvrwset.KVMetadataEntry {
  const message = new kvrwset.KVMetadataEntry();
  message.setName(entry.name);
  message.setValue(entry.value);
  return message;
}

function toMetadataWrite(write: MetadataWrite): ledger.rwset.kvrwset.KVMetadataWrite {
  const message = new kvrwset.KVMetadataWrite();
  message.setKey(write.key);
  message.setEntriesList(write.entries.map(toEntry));
  return message;
}

function toNamespace(set: NamespaceRwSet): ledger.rwset.NsReadWriteSet {
  const message = new rwset.NsReadWriteSet();
  message.setNamespace(set.namespace);
  message.setRwset(writeKvSet(set));
  message.setCollectionHashedRwsetList(set.collections.map(toCollection));
  return message;
}

function toCollection(set: CollectionRwSet): ledger.rwset.CollectionHashedReadWriteSet {
  const message = new rwset.CollectionHashedReadWriteSet();
  message.setCollectionName(set.collection);
  message.setHashedRwset(toHashedSet(set).serializeBinary());
  message.setPvtRwsetHash(set.pvtHash);
  return message;
}

function toHashedSet(set: CollectionRwSet): ledger.rwset.kvrwset.HashedRWSet {
  const message = new kvrwset.HashedRWSet();
  for (const read of set.hashedReads) {
    const entry = message.addHashedReads(new kvrwset.KVReadHash());
    entry.setKeyHash(read.keyHash);
    if (read.version !== undefined) entry.setVersion(toVersion(read.version));
  }
  for (const write of set.hashedWrites) {
    const entry = message.addHashedWrites(new kvrwset.KVWriteHash());
    entry.setKeyHash(write.keyHash);
    entry.setIsDelete(write.isDelete);
    entry.setValueHash(write.valueHash);
    entry.setIsPurge(write.isPurge);
  }
  for (const write of set.metadataWrites) {
    const entry = message.addMetadataWrites(new kvrwset.KVMetadataWriteHash());
    entry.setKeyHash(write.keyHash);
    entry.setEntriesList(write.entries.map(toEntry));
  }
  return message;
}
