import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LogTail } from './log-tail';

let folder: string;
let file: string;
let tail: LogTail;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tail-'));
  file = join(folder, 'one.log');
  tail = new LogTail(file);
});

afterEach(() => {
  tail.close();
  rmSync(folder, { recursive: true });
});

test('the last lines, then only what is new, each line whole', () => {
  writeFileSync(file, 'one\ntwo\nthree\nhal');
  expect(tail.readLast(2)).toEqual(['two', 'three']);
  expect(tail.readNew()).toEqual([]);
  appendFileSync(file, 'f\nfive\n');
  expect(tail.readNew()).toEqual(['half', 'five']);
});

test('none of the lines that are there, when none are asked for', () => {
  writeFileSync(file, 'one\n');
  expect(tail.readLast(0)).toEqual([]);
  appendFileSync(file, 'two\n');
  expect(tail.readNew()).toEqual(['two']);
});

test('no line is lost or told twice when the file is set aside for a new one', () => {
  writeFileSync(file, 'one\n');
  expect(tail.readLast(9)).toEqual(['one']);
  appendFileSync(file, 'two\n');
  renameSync(file, `${file}.1`);
  writeFileSync(file, 'three\n');
  expect(tail.readNew()).toEqual(['two', 'three']);
  expect(tail.readNew()).toEqual([]);
});

test('a file that comes into being later is read from its beginning', () => {
  expect(tail.readLast(5)).toEqual([]);
  writeFileSync(file, 'one\n');
  expect(tail.readNew()).toEqual(['one']);
});
