import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareManifests, writeManifests, type ManifestFile } from '../src/manifests';

const newFile = (path: string, text: string, executable = false): ManifestFile => ({ path, text, executable });
const FILES = [newFile('one/a.yaml', 'a\n'), newFile('two/b.sh', 'b\n', true)];

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'manifests-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

it('a folder that manifests were written to is what they say, and writing again changes nothing', () => {
  expect(writeManifests(folder, FILES).stale).toEqual(['one/a.yaml', 'two/b.sh', 'rendered.sha256']);
  expect(compareManifests(folder, FILES)).toEqual({ stale: [], left: [] });
  const before = statSync(join(folder, 'one/a.yaml')).mtimeMs;
  expect(writeManifests(folder, FILES)).toEqual({ stale: [], left: [] });
  expect(statSync(join(folder, 'one/a.yaml')).mtimeMs).toBe(before);
  expect(statSync(join(folder, 'two/b.sh')).mode & 0o111).toBe(0o111);
});

it('a file that somebody edited is found and written anew', () => {
  writeManifests(folder, FILES);
  writeFileSync(join(folder, 'one/a.yaml'), 'edited\n');
  expect(compareManifests(folder, FILES)).toEqual({ stale: ['one/a.yaml'], left: [] });
  writeManifests(folder, FILES);
  expect(readFileSync(join(folder, 'one/a.yaml'), 'utf8')).toBe('a\n');
});

it('what is no longer rendered goes; what somebody else put there stays', () => {
  writeManifests(folder, FILES);
  writeFileSync(join(folder, 'one/.env'), 'MEDACCORD_PUBLISH=10.0.0.1\n');
  const [, second] = FILES;
  const rest = second === undefined ? [] : [second];
  expect(compareManifests(folder, rest)).toEqual({ stale: ['rendered.sha256'], left: ['one/a.yaml'] });
  writeManifests(folder, rest);
  expect(() => readFileSync(join(folder, 'one/a.yaml'))).toThrow();
  expect(readFileSync(join(folder, 'one/.env'), 'utf8')).toContain('MEDACCORD_PUBLISH');
});

it('an index that names a file outside the folder removes nothing there', () => {
  const victim = join(folder, 'victim');
  const inner = join(folder, 'inner');
  writeManifests(inner, FILES);
  writeFileSync(victim, 'still here');
  writeFileSync(join(inner, 'rendered.sha256'), `${'0'.repeat(64)}  ../victim\n${'0'.repeat(64)}  ${victim}\n`);
  writeManifests(inner, FILES);
  expect(readFileSync(victim, 'utf8')).toBe('still here');
});

it('the index is one that sha256sum reads', () => {
  writeManifests(folder, FILES);
  expect(execFileSync('sha256sum', ['--check', '--quiet', 'rendered.sha256'], { cwd: folder, encoding: 'utf8' })).toBe('');
});
