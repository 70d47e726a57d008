import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noteElsewhere } from './note-elsewhere';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'elsewhere-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const note = (data: string, keys: string, databaseUrl?: string): unknown[] => {
  noteElsewhere({ connection: { data: folder } as never, data, keys, databaseUrl });
  return readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as unknown);
};

test('a gateway that keeps everything in its own folder leaves no word', () => {
  expect(note(folder, join(folder, 'keys'))).toEqual([]);
});

test('what lies elsewhere is named, a database without user and password, each gateway for itself, until it lies there no more', () => {
  const url = 'postgresql://medaccord:secret@db.example:5432/northside?sslmode=verify-full';
  const database = 'db.example:5432/northside';
  expect(note(folder, join(folder, 'keys'), url)).toEqual([{ folders: [], database }]);
  const second = { folders: ['/srv/second', '/srv/keys'], database };
  expect(note('/srv/second', '/srv/keys', url)).toEqual(expect.arrayContaining([{ folders: [], database }, second]));
  expect(note(folder, join(folder, 'keys'))).toEqual([second]);
});
