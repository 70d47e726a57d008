export interface Entry {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** A new value for a key; undefined removes it. */
export interface Change {
  readonly key: Uint8Array;
  readonly value: Uint8Array | undefined;
}

/** Entries in byte order of their keys. */
export interface OrderedReader {
  get(key: Uint8Array): Uint8Array | undefined;
  /** At most `limit` entries from start (inclusive) to end (exclusive). */
  scan(start: Uint8Array, end: Uint8Array, limit: number): readonly Entry[];
}

/** One writer; each write happens as a whole or not at all, and is there after a kill of the process. */
export interface OrderedStore extends OrderedReader {
  write(changes: readonly Change[]): void;
  close(): void;
}
