import { DatabaseSync, type StatementSync } from 'node:sqlite';

export type Database = DatabaseSync;
export type Row = Record<string, null | number | bigint | string | Uint8Array>;

/**
 * Opens a database file and brings its tables up to date. `migrations` are applied once each, in order; they are only ever appended to.
 * The kill of a process takes nothing that was committed; a power failure may take the last moments, unless a syncer was waited for. Neither
 * leaves half a transaction.
 */
export function openDatabase(path: string, migrations: readonly string[]): Database {
  const database = new DatabaseSync(path);
  database.exec(
    `PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000; PRAGMA cache_size = -1024; PRAGMA secure_delete = ON`,
  );
  const applied = Number(database.prepare('PRAGMA user_version').get()?.user_version ?? 0);
  migrations.slice(applied).forEach((migration, index) => {
    inTransaction(database, () => {
      database.exec(migration);
      database.exec(`PRAGMA user_version = ${String(applied + index + 1)}`);
    });
  });
  return database;
}

/** Runs `work` in one database transaction: all of it or nothing. */
export function inTransaction<T>(database: Database, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}

/** Prepares each statement once. */
export function newPreparer(database: Database): (sql: string) => StatementSync {
  const known = new Map<string, StatementSync>();
  return (sql) => {
    const statement = known.get(sql) ?? database.prepare(sql);
    known.set(sql, statement);
    return statement;
  };
}
