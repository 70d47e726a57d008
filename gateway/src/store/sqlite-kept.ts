import type { StatementSync } from 'node:sqlite';
import { newPreparer, type Database, type Row } from './database';
import type { KeptDatabase, KeptValue, Queries } from './kept-database';
import type { Syncer } from './syncer';

/** Kept in a file of this gateway alone: whatever was asked is done before the promise is handed out, but while a transaction is under way. */
export class SqliteKept implements KeptDatabase {
  readonly isShared = false;
  readonly #database: Database;
  readonly #syncer: Syncer;
  readonly #prepare: (sql: string) => StatementSync;
  #transaction: Promise<unknown> | undefined;

  constructor(database: Database, syncer: Syncer) {
    this.#database = database;
    this.#prepare = newPreparer(database);
    this.#syncer = syncer;
  }

  async all(sql: string, values: readonly KeptValue[] = []): Promise<readonly Row[]> {
    while (this.#transaction !== undefined) await this.#transaction;
    return this.#all(sql, values);
  }

  async run(sql: string, values: readonly KeptValue[] = []): Promise<number> {
    while (this.#transaction !== undefined) await this.#transaction;
    return this.#run(sql, values);
  }

  async transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    while (this.#transaction !== undefined) await this.#transaction;
    const done = this.#transact(work).finally(() => {
      this.#transaction = undefined;
    });
    this.#transaction = done.catch(() => undefined);
    return done;
  }

  sync(): Promise<void> {
    return this.#syncer.sync();
  }

  async close(): Promise<void> {
    while (this.#transaction !== undefined) await this.#transaction;
    this.#syncer.close();
    this.#database.close();
  }

  async #transact<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const result = await work({
        all: (sql, values = []) => Promise.resolve(this.#all(sql, values)),
        run: (sql, values = []) => Promise.resolve(this.#run(sql, values)),
      });
      this.#database.exec('COMMIT');
      return result;
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  #all(sql: string, values: readonly KeptValue[]): readonly Row[] {
    return this.#prepare(sql).all(...values);
  }

  #run(sql: string, values: readonly KeptValue[]): number {
    return Number(this.#prepare(sql).run(...values).changes);
  }
}
