import type { Row } from './database';

export type KeptValue = string | number | null | Uint8Array;

/** Statements are SQL that SQLite and PostgreSQL both understand, with `?` for each value. */
export interface Queries {
  all(sql: string, values?: readonly KeptValue[]): Promise<readonly Row[]>;
  /** Gives the number of rows that it changed. */
  run(sql: string, values?: readonly KeptValue[]): Promise<number>;
}

/**
 * Where a gateway keeps what cannot be rebuilt from the ledger. Each statement is a transaction of its own; PostgreSQL gives whole numbers as
 * texts, so readers convert. A value that tells about a person is sealed or named by HMAC before it comes here.
 */
export interface KeptDatabase extends Queries {
  /** Whether other gateways of the organisation work on the same tables. */
  readonly isShared: boolean;
  /** All of it or nothing; `work` uses only the queries that it is given. */
  transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T>;
  /** Resolves when whatever was committed before the call survives a power failure, too. */
  sync(): Promise<void>;
  close(): Promise<void>;
}
