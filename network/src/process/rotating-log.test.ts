import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RotatingLog } from './rotating-log';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'log-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const path = (): string => join(folder, 'logs', 'one.log');
const read = (suffix = ''): string => readFileSync(path() + suffix, 'utf8');

test('a full log is set aside, and the oldest is dropped', () => {
  const log = new RotatingLog(path(), { bytesPerFile: 8, filesKept: 2 });
  for (const line of ['one', 'two', 'three', 'four', 'five']) log.write(line);
  log.close();
  expect([read('.2'), read('.1'), read()]).toEqual(['three\n', 'four\n', 'five\n']);
  expect(readdirSync(join(folder, 'logs'))).toHaveLength(3);
});

test('a log goes on where an earlier run left it, and counts what is there', () => {
  for (const line of ['first', 'second']) {
    const log = new RotatingLog(path(), { bytesPerFile: 8, filesKept: 2 });
    log.write(line);
    log.close();
  }
  expect([read('.1'), read()]).toEqual(['first\n', 'second\n']);
});

test('a log is readable by its owner alone', () => {
  const log = new RotatingLog(path());
  log.write('line');
  log.close();
  expect([statSync(path()).mode & 0o777, statSync(join(folder, 'logs')).mode & 0o777]).toEqual([0o600, 0o700]);
});

test('the last lines are remembered, a bounded number of a bounded length', () => {
  const log = new RotatingLog(path());
  for (let line = 1; line <= 50; line += 1) log.write(`line ${String(line)}`);
  log.write('x'.repeat(5000));
  log.close();
  expect(log.lastLines).toHaveLength(20);
  expect(log.lastLines[0]).toBe('line 32');
  expect(log.lastLines.at(-1)).toHaveLength(2003);
});

test('a line that cannot be written is remembered, and later lines are written again', () => {
  const log = new RotatingLog(path(), { bytesPerFile: 8, filesKept: 1 });
  log.write('first');
  rmSync(folder, { recursive: true });
  writeFileSync(folder, 'in the way');
  log.write('second');
  expect(log.lastLines).toEqual(['first', 'second']);
  rmSync(folder);
  log.write('third');
  expect(read()).toBe('third\n');
  log.close();
});
