import { constants } from 'node:fs';
import { chmod, copyFile, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { DatabaseSync, backup } from 'node:sqlite';

/** What was copied, by path relative to the folder: how each file looked, or empty when it may have changed while it was read. */
export type Copied = ReadonlyMap<string, string>;

export interface CopyOptions {
  /** Paths that are left out, relative to the folder. */
  readonly leavesOut: (path: string) => boolean;
  /** An earlier copy to the same place: what looks the same is not copied again, what is gone is removed. */
  readonly before?: Copied;
  /** Somebody writes: what disappears while it is copied is left out. */
  readonly isAlive?: boolean;
}

/** A file that was written so shortly before may be written again within one tick of the file system's clock. */
const SETTLED_AFTER_MS = 2000;
const PRIVATE_FOLDER = 0o700;

/** Copies the plain files of a folder, sharing their blocks where the file system can. */
export async function copyTree(from: string, to: string, options: CopyOptions): Promise<Copied> {
  const { leavesOut, before = new Map<string, string>(), isAlive = false } = options;
  const copied = new Map<string, string>();
  const settledBefore = Date.now() - SETTLED_AFTER_MS;
  for (const path of await listFiles(from, leavesOut, isAlive)) {
    try {
      const look = await readLook(join(from, path), settledBefore);
      if (look === '' || before.get(path) !== look) await copyOne(join(from, path), join(to, path));
      copied.set(path, look);
    } catch (error) {
      if (!isAlive || !isGone(error)) throw error;
    }
  }
  const gone = [...before.keys()].filter((path) => !copied.has(path));
  await Promise.all(gone.map((path) => rm(join(to, path), { force: true })));
  return copied;
}

/** What changes whenever a file is written; empty for one that was written a moment ago. */
async function readLook(file: string, settledBefore: number): Promise<string> {
  const { ino, size, mtimeNs, mtimeMs } = await stat(file, { bigint: true });
  return mtimeMs < settledBefore ? [ino, size, mtimeNs].join(' ') : '';
}

/**
 * Copies a folder whose SQLite databases may be in use: of each a whole, consistent state. Other files are those of one writer that writes them whole.
 */
export async function copyDatabases(from: string, to: string, leavesOut: (path: string) => boolean): Promise<void> {
  const isDatabase = (path: string): boolean => /\.(db|sqlite)$/.test(path);
  const isJournal = (path: string): boolean => /\.(db|sqlite)-(wal|shm|journal)$/.test(path);
  await copyTree(from, to, { leavesOut: (path) => leavesOut(path) || isDatabase(path) || isJournal(path) });
  for (const path of await listFiles(from, leavesOut, false)) if (isDatabase(path)) await copyDatabase(join(from, path), join(to, path));
}

async function copyDatabase(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true, mode: PRIVATE_FOLDER });
  const database = new DatabaseSync(from, { timeout: 10_000 });
  try {
    await backup(database, to);
    await chmod(to, 0o600);
  } finally {
    database.close();
  }
}

/** Paths of all plain files below a folder, sorted; none where there is no folder. */
export async function listFiles(folder: string, leavesOut: (path: string) => boolean, isAlive: boolean): Promise<string[]> {
  const found: string[] = [];
  const look = async (inside: string): Promise<void> => {
    for (const entry of await readFolder(inside, isAlive || inside === folder)) {
      const path = relative(folder, join(inside, entry.name));
      if (leavesOut(path)) continue;
      if (entry.isDirectory()) await look(join(inside, entry.name));
      else if (entry.isFile()) found.push(path);
    }
  };
  await look(folder);
  return found.sort();
}

async function readFolder(folder: string, mayBeGone: boolean): ReturnType<typeof readEntries> {
  try {
    return await readEntries(folder);
  } catch (error) {
    if (mayBeGone && isGone(error)) return [];
    throw error;
  }
}

function readEntries(folder: string): Promise<import('node:fs').Dirent[]> {
  return readdir(folder, { withFileTypes: true });
}

async function copyOne(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true, mode: PRIVATE_FOLDER });
  await copyFile(from, to, constants.COPYFILE_FICLONE);
}

function isGone(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
