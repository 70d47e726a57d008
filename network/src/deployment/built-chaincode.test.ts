import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readBuiltChaincode } from './built-chaincode';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chaincode-'));
  write('package.json', JSON.stringify({ main: 'dist/index.js', version: '1.2.3' }));
  write('dist/index.js', 'exports.contracts = [];');
  write('dist/deep/rule.js', 'exports.rule = 1;');
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function write(file: string, content: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), content);
}

const id = (): string => readBuiltChaincode(folder, 'notes').digest;

test('a package is named by name, version and content', () => {
  expect(readBuiltChaincode(folder, 'notes')).toEqual({
    folder,
    version: '1.2.3',
    label: 'notes_1.2.3',
    digest: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  expect(id()).toBe(id());
});

test.each([
  ['the code', 'dist/deep/rule.js', 'exports.rule = 2;'],
  ['a further file of code', 'dist/more.js', ''],
  ['an index', 'META-INF/statedb/couchdb/indexes/one.json', '{}'],
  ['the shrinkwrap', 'npm-shrinkwrap.json', '{}'],
])('changing %s makes another package', (_what, file, content) => {
  const before = id();
  write(file, content);
  expect(id()).not.toBe(before);
});

test.each(['src/index.ts', 'test/some.test.ts', 'node_modules/some/index.js', 'README.md', 'dist/.tsbuildinfo'])(
  '%s does not run, and does not count',
  (file) => {
    const before = id();
    write(file, 'anything');
    expect(id()).toBe(before);
  },
);

test('moving bytes from one file to another makes another package', () => {
  write('dist/a.js', 'xy');
  write('dist/b.js', '');
  const before = id();
  write('dist/a.js', 'x');
  write('dist/b.js', 'y');
  expect(id()).not.toBe(before);
});

test('a folder without a built program is refused by name, with the way out', () => {
  rmSync(join(folder, 'dist'), { recursive: true });
  expect(id).toThrow(
    expect.objectContaining({ code: 'NOT_BUILT', message: expect.stringContaining(folder), hint: 'Run `npm run build`.' }),
  );
});
