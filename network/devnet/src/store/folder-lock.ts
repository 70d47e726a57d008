import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DevnetError } from '../devnet-error';

/**
 * Takes a folder for this process; the lock ends with the process, however it ends. Returns the function that gives it back.
 * @throws DevnetError DEVNET_FOLDER_IN_USE
 */
export function lockFolder(folder: string): () => void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(join(folder, 'lock.sqlite'));
  const holder = join(folder, 'lock.pid');
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch {
    database.close();
    throw new DevnetError('DEVNET_FOLDER_IN_USE', `${folder} is in use by process ${holderOf(holder)}; stop it, or give another folder`, {
      folder,
    });
  }
  writeFileSync(holder, String(process.pid), { mode: 0o600 });
  return () => database.close();
}

function holderOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return 'unknown';
  }
}
