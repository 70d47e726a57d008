import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { copyDatabases, copyTree } from './copy-tree';

const LONG_AGO = new Date('2026-01-01T00:00:00Z');
const nothing = (): boolean => false;
let folder: string;
let from: string;
let to: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'copy-'));
  from = join(folder, 'from');
  to = join(folder, 'to');
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function write(path: string, content: string, at = LONG_AGO): void {
  mkdirSync(dirname(join(from, path)), { recursive: true });
  writeFileSync(join(from, path), content);
  utimesSync(join(from, path), at, at);
}

const copied = (path: string): string => readFileSync(join(to, path), 'utf8');

test('a second copy takes what was written, added or removed since the first, and leaves the rest alone', async () => {
  write('db/1.ldb', 'one');
  write('db/2.ldb', 'two');
  write('blocks', 'aaa');
  const before = await copyTree(from, to, { leavesOut: nothing, isAlive: true });
  writeFileSync(join(to, 'db/1.ldb'), 'kept');
  appendFileSync(join(from, 'blocks'), 'bbb');
  rmSync(join(from, 'db/2.ldb'));
  write('db/3.ldb', 'three');
  await copyTree(from, to, { leavesOut: nothing, before });
  expect([copied('db/1.ldb'), copied('db/3.ldb'), copied('blocks')]).toEqual(['kept', 'three', 'aaabbb']);
  expect(existsSync(join(to, 'db/2.ldb'))).toBe(false);
});

test('a file that was written a moment before the first copy is copied again: its clock may not show the next write', async () => {
  const now = new Date();
  write('log', 'aaa', now);
  const before = await copyTree(from, to, { leavesOut: nothing, isAlive: true });
  write('log', 'bbb', now);
  await copyTree(from, to, { leavesOut: nothing, before });
  expect(copied('log')).toBe('bbb');
});

test('what is left out is left out with all that is in it', async () => {
  write('builds/x/connection.json', '{}');
  write('ledger', '1');
  await copyTree(from, to, { leavesOut: (path) => path === 'builds' });
  expect([existsSync(join(to, 'builds')), copied('ledger')]).toEqual([false, '1']);
});

test('a database that somebody writes to is copied as of one moment, with what is still in its log', async () => {
  mkdirSync(from);
  write('keys/local.key', 'secret');
  const database = new DatabaseSync(join(from, 'store.sqlite'));
  database.exec(
    "PRAGMA journal_mode = WAL; CREATE TABLE t (v TEXT); INSERT INTO t VALUES ('committed'); BEGIN; INSERT INTO t VALUES ('open')",
  );
  await copyDatabases(from, to, nothing);
  database.close();
  const copy = new DatabaseSync(join(to, 'store.sqlite'));
  expect(copy.prepare('SELECT v FROM t').all()).toEqual([{ v: 'committed' }]);
  copy.close();
  expect(copied('keys/local.key')).toBe('secret');
});
