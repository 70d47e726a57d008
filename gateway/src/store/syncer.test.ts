import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from './database';
import { newSyncer } from './syncer';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'syncer-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** A disk whose work ends when the test says so. */
function newDisk(): { bring: () => Promise<void>; end: (error?: Error) => Promise<void>; readonly started: number } {
  const waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];
  let started = 0;
  return {
    bring: () =>
      new Promise((resolve, reject) => {
        started += 1;
        waiting.push({ resolve, reject });
      }),
    end: async (error) => {
      const { resolve, reject } = waiting.shift() ?? { resolve: () => undefined, reject: () => undefined };
      if (error === undefined) resolve();
      else reject(error);
      await new Promise(setImmediate);
    },
    get started() {
      return started;
    },
  };
}

it('lets all who come while the disk works share the next turn, and none of them the one under way', async () => {
  const disk = newDisk();
  const { sync } = newSyncer(join(folder, 'a.sqlite'), disk.bring);
  const done: string[] = [];
  const first = sync().then(() => done.push('first'));
  const others = ['second', 'third'].map((name) => sync().then(() => done.push(name)));
  expect(disk.started).toBe(1);
  await disk.end();
  expect([done, disk.started]).toEqual([['first'], 2]);
  await disk.end();
  await Promise.all([first, ...others]);
  expect([done, disk.started]).toEqual([['first', 'second', 'third'], 2]);
});

it('fails for good once the disk has failed', async () => {
  const disk = newDisk();
  const { sync } = newSyncer(join(folder, 'a.sqlite'), disk.bring);
  const outcomes = Promise.allSettled([sync(), sync()]);
  await disk.end(new Error('EIO'));
  expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await expect(sync()).rejects.toThrow('EIO');
  expect(disk.started).toBe(1);
});

it('brings the write-ahead log of a real database to the disk', async () => {
  const path = join(folder, 'real.sqlite');
  const database = openDatabase(path, ['CREATE TABLE a (b TEXT) STRICT']);
  const { sync, close } = newSyncer(path);
  database.exec("INSERT INTO a VALUES ('c')");
  await sync();
  close();
  database.close();
});
