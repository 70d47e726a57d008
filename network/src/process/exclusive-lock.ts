import { DatabaseSync } from 'node:sqlite';

/**
 * Holds a file for this process alone, or returns undefined when another process holds it. The lock is the kernel's, by way of SQLite:
 * it ends with the process however that ends, so it is never stale.
 */
export function tryLock(path: string): (() => void) | undefined {
  const database = new DatabaseSync(path);
  try {
    database.exec('PRAGMA busy_timeout = 0; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (/locked|busy/i.test((error as Error).message)) return undefined;
    throw error;
  }
  return () => {
    database.close();
  };
}
