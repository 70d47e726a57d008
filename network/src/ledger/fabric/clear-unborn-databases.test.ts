import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clearUnbornDatabases } from './clear-unborn-databases';

let data: string;

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'databases-'));
});

afterEach(() => {
  rmSync(data, { recursive: true });
});

function newDatabase(path: string, ...files: readonly string[]): string {
  const folder = join(data, path);
  mkdirSync(folder, { recursive: true });
  for (const file of files) writeFileSync(join(folder, file), '');
  return folder;
}

test('a database whose creation was cut off is removed', () => {
  const folders = [
    newDatabase('transientStoreFileLock', 'LOCK', 'LOG', 'MANIFEST-000000'),
    newDatabase('ledgersData/stateLeveldb', 'LOCK', 'LOG', 'LOG.old', 'MANIFEST-000000', 'CURRENT.0'),
  ];
  clearUnbornDatabases(data);
  expect(folders.map((folder) => existsSync(folder))).toEqual([false, false]);
});

test('a database that may hold something stays, also when its entry is lost', () => {
  const folders = [
    newDatabase('born', 'CURRENT', 'LOCK', 'LOG', 'MANIFEST-000000', '000001.log'),
    newDatabase('lost', 'LOCK', 'LOG', 'MANIFEST-000000', '000001.log'),
    newDatabase('empty', 'CURRENT', 'LOCK', 'LOG', 'MANIFEST-000000'),
    newDatabase('later', 'LOCK', 'LOG', 'MANIFEST-000004', '000002.ldb'),
    newDatabase('chains', 'blockfile_000000'),
  ];
  clearUnbornDatabases(data);
  expect(folders.every((folder) => existsSync(folder))).toBe(true);
});
