import { closeSync, fdatasync, fsyncSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

/** Resolves when whatever was committed before the call survives a power failure, too. */
export type Sync = () => Promise<void>;

export interface Syncer {
  readonly sync: Sync;
  close(): void;
}

/**
 * The durable end of a database whose commits only reach the operating system (`PRAGMA synchronous = NORMAL`): its write-ahead log is brought
 * to the disk on request. Calls that come while one is under way share the next, and the process goes on meanwhile: with many requests at
 * once a disk that takes milliseconds would else be what they wait for most.
 *
 * After a failure every call fails: what the disk lost then is not told again by a later success (fsync(2), Linux).
 */
export function newSyncer(databasePath: string, bringToDisk: (descriptor: number) => Promise<void> = promisify(fdatasync)): Syncer {
  syncFolder(dirname(databasePath));
  const descriptor = openSync(`${databasePath}-wal`, 'a', 0o600);
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const start = (): Promise<void> => {
    next = undefined;
    running = bringToDisk(descriptor).then(() => {
      running = undefined;
    });
    return running;
  };
  return {
    sync: () => {
      if (running === undefined) return start();
      next ??= running.then(start);
      return next;
    },
    close: () => {
      closeSync(descriptor);
    },
  };
}

/** So that the files themselves are found again. */
function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  fsyncSync(descriptor);
  closeSync(descriptor);
}
