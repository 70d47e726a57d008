import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import type { Config } from '../config';

/**
 * Leaves word, in the folder that the network knows as the gateway's, of what this gateway keeps elsewhere, for `network backup` holds that folder
 * alone. Each gateway of an organisation has a note of its own, named by its data folder; one that keeps nothing elsewhere has none.
 */
export function noteElsewhere({ connection, data, keys, databaseUrl }: Pick<Config, 'connection' | 'data' | 'keys' | 'databaseUrl'>): void {
  const folders = [data, keys].filter((folder) => !isWithin(connection.data, folder));
  const database = databaseUrl === undefined ? {} : { database: nameDatabase(databaseUrl) };
  const note = join(connection.data, `elsewhere-${createHash('sha256').update(data).digest('hex').slice(0, 16)}.json`);
  if (folders.length === 0 && databaseUrl === undefined) {
    rmSync(note, { force: true });
    return;
  }
  mkdirSync(connection.data, { recursive: true, mode: 0o700 });
  writeFileSync(note, `${JSON.stringify({ folders, ...database })}\n`, { mode: 0o600 });
}

function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return !isAbsolute(way) && way.split('/')[0] !== '..';
}

/** Server and name, without user and password. */
function nameDatabase(url: string): string {
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}
