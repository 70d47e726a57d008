import { join } from 'node:path';
import { openDatabase } from './database';
import type { KeptDatabase } from './kept-database';
import { PostgresKept } from './postgres-kept';
import { SqliteKept } from './sqlite-kept';
import { newSyncer } from './syncer';

/** Where the kept tables lie: in PostgreSQL where an address of one is given, else in files of the data folder. */
export interface KeptPlace {
  readonly data: string;
  readonly databaseUrl?: string | undefined;
}

/**
 * Opens the kept tables of one part of the gateway and brings them up to date: `<part>.sqlite` in the data folder, or its tables in PostgreSQL.
 * `migrations` are only ever appended to, and written in SQLite's words for types (TEXT, INTEGER, BLOB; STRICT).
 */
export async function openKept({ data, databaseUrl }: KeptPlace, part: string, migrations: readonly string[]): Promise<KeptDatabase> {
  if (databaseUrl !== undefined) return PostgresKept.open(databaseUrl, part, migrations);
  const path = join(data, `${part}.sqlite`);
  return new SqliteKept(openDatabase(path, migrations), newSyncer(path));
}
