import type { Version } from '../proto/version';

export type { Version } from '../proto/version';

/** A value of the public state, or of one organisation's private state. `metadata` holds the serialized entries as stored. */
export interface StoredValue {
  readonly value: Uint8Array;
  readonly metadata: Uint8Array | undefined;
  readonly version: Version;
}

export interface KeyedValue extends StoredValue {
  readonly key: string;
}

/** What every peer holds of a private key: hashes only. */
export interface StoredHash {
  readonly valueHash: Uint8Array;
  readonly metadata: Uint8Array | undefined;
  readonly version: Version;
}

/** One entry of a key's history. */
export interface KeyModification {
  readonly txId: string;
  readonly value: Uint8Array;
  readonly isDelete: boolean;
  /** Serialized google.protobuf.Timestamp of the channel header; undefined: it has none. */
  readonly timestamp: Uint8Array | undefined;
}

/** The state that all peers share, as it was at one height; a snapshot, however many blocks commit meanwhile. */
export interface StateReader {
  /** Number of blocks this view includes. */
  readonly height: number;
  get(namespace: string, key: string): StoredValue | undefined;
  /** Keys in byte order; start inclusive, end exclusive, an empty end reads to the end of the namespace. */
  range(namespace: string, startKey: string, endKey: string): IterableIterator<KeyedValue>;
  getHash(namespace: string, collection: string, keyHash: Uint8Array): StoredHash | undefined;
  /** Newest first. */
  history(namespace: string, key: string): IterableIterator<KeyModification>;
}

/** The private values of one organisation's peer. */
export interface PrivateReader {
  get(namespace: string, collection: string, key: string): StoredValue | undefined;
  range(namespace: string, collection: string, startKey: string, endKey: string): IterableIterator<KeyedValue>;
}
