import { chmodSync, closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { asBytes } from '../proto/bytes';
import type { Change, Entry, OrderedStore } from './ordered-store';
import { StoreRefused } from './store-refused';

const FORMAT = 1;
const SCHEMA = 'CREATE TABLE IF NOT EXISTS entries (key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID';

/**
 * A store in one SQLite file, mode 0600. Write-ahead log without a sync per write: a kill of the process loses nothing,
 * a power failure may take the last moments. One process at a time: the file is locked while it is open.
 * @throws StoreRefused for a file of another format
 */
export function openSqliteStore(path: string): OrderedStore {
  closeSync(openSync(path, 'a', 0o600));
  chmodSync(path, 0o600);
  const database = openDatabase(path);
  const get = database.prepare('SELECT value FROM entries WHERE key = ?');
  const scan = database.prepare('SELECT key, value FROM entries WHERE key >= ? AND key < ? ORDER BY key LIMIT ?');
  const put = database.prepare('INSERT INTO entries (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value');
  const remove = database.prepare('DELETE FROM entries WHERE key = ?');
  const apply = ({ key, value }: Change): void => {
    if (value === undefined) remove.run(key);
    else put.run(key, value);
  };
  return {
    get: (key) => {
      const row = get.get(key);
      return row && blob(row['value']);
    },
    scan: (start, end, limit) => scan.all(start, end, limit).map((row): Entry => ({ key: blob(row['key']), value: blob(row['value']) })),
    write: (changes) => {
      database.exec('BEGIN IMMEDIATE');
      try {
        changes.forEach(apply);
        database.exec('COMMIT');
      } catch (error) {
        database.exec('ROLLBACK');
        throw error;
      }
    },
    close: () => {
      database.close();
    },
  };
}

function openDatabase(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  try {
    database.exec('PRAGMA busy_timeout = 2000; PRAGMA locking_mode = EXCLUSIVE');
    const format = Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
    if (format !== 0 && format !== FORMAT)
      throw new StoreRefused(path, `it has format ${String(format)}, this program reads ${String(FORMAT)}`);
    database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; ${SCHEMA}; PRAGMA user_version = ${String(FORMAT)}`);
    return database;
  } catch (error) {
    database.close();
    throw error instanceof StoreRefused ? error : new StoreRefused(path, error instanceof Error ? error.message : String(error));
  }
}

function blob(value: unknown): Uint8Array {
  return ArrayBuffer.isView(value) ? asBytes(value as Uint8Array) : new Uint8Array(0);
}
