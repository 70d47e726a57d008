import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Parser, type ReadEntry } from 'tar';
import { newChaincodePackage } from './chaincode-package';

const DIGEST = 'a1'.repeat(32);
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'package-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const pack = (change: Partial<{ label: string; digest: string }> = {}): { packageId: string; bytes: Uint8Array } =>
  newChaincodePackage({ label: 'notes_1.0.0', digest: DIGEST, folder, ...change });

function writeIndex(name: string, content: string): void {
  mkdirSync(join(folder, 'META-INF/statedb/couchdb/indexes'), { recursive: true });
  writeFileSync(join(folder, 'META-INF/statedb/couchdb/indexes', name), content);
}

/** What a tar reader that others wrote finds in the archive, by name. */
async function unpack(archive: Uint8Array): Promise<Record<string, Buffer>> {
  const found: Record<string, Buffer> = {};
  const reads: Promise<void>[] = [];
  const onReadEntry = (entry: ReadEntry): void => {
    reads.push(entry.concat().then((content) => void (found[entry.path] = Buffer.from(content))));
  };
  const parser = new Parser({ onReadEntry });
  const ended = new Promise((resolve) => parser.on('end', resolve));
  parser.end(Buffer.from(archive));
  await ended;
  await Promise.all(reads);
  return found;
}

test('a package is named by its label and the digest of its bytes', () => {
  const { packageId, bytes } = pack();
  expect(packageId).toBe(`notes_1.0.0:${createHash('sha256').update(bytes).digest('hex')}`);
});

test('the same content is the same package on every machine: these bytes never change', () => {
  expect(pack().packageId).toBe('notes_1.0.0:b91e00a7a6372f354a6a07acb5f984001c4f210e97e2e575444f4234130d615c');
});

test('neither the date of a file nor the order in which files were written counts', () => {
  writeIndex('a.json', '{"a":1}');
  writeIndex('b.json', '{"b":1}');
  const before = pack().packageId;
  rmSync(join(folder, 'META-INF'), { recursive: true });
  writeIndex('b.json', '{"b":1}');
  writeIndex('a.json', '{"a":1}');
  utimesSync(join(folder, 'META-INF/statedb/couchdb/indexes/a.json'), 1, 1);
  expect(pack().packageId).toBe(before);
});

test.each([
  ['the code', () => pack({ digest: 'b2'.repeat(32) })],
  ['the label', () => pack({ label: 'notes_1.0.1' })],
])('changing %s makes another package', (_what, change) => {
  expect(change().packageId).not.toBe(pack().packageId);
});

test('an index for the peers’ databases makes another package', () => {
  const before = pack().packageId;
  writeIndex('a.json', '{}');
  expect(pack().packageId).not.toBe(before);
});

test('a peer finds what kind of chaincode it is and how it is reached, with placeholders where members differ', async () => {
  writeIndex('large.json', JSON.stringify({ filler: 'x'.repeat(200_000) }));
  const outer = await unpack(pack().bytes);
  expect(Object.keys(outer)).toEqual(['metadata.json', 'code.tar.gz']);
  expect(JSON.parse(String(outer['metadata.json']))).toEqual({ type: 'ccaas', label: 'notes_1.0.0' });
  const code = await unpack(outer['code.tar.gz'] ?? Buffer.alloc(0));
  expect(Object.keys(code)).toEqual(['connection.json', 'chaincode.json', 'META-INF/statedb/couchdb/indexes/large.json']);
  expect(JSON.parse(String(code['connection.json']))).toMatchObject({
    address: '{{.address}}',
    tls_required: true,
    client_auth_required: true,
    client_key: '{{.client_key}}',
  });
  expect(JSON.parse(String(code['chaincode.json']))).toEqual({ sha256: DIGEST });
  expect(code['META-INF/statedb/couchdb/indexes/large.json']).toHaveLength(JSON.stringify({ filler: 'x'.repeat(200_000) }).length);
});

test('the archive is whole for gzip as well, checksum and length included', () => {
  expect(gunzipSync(pack().bytes).length % 512).toBe(0);
});

test('a file whose name an archive cannot hold is refused by name', () => {
  writeIndex(`${'n'.repeat(100)}.json`, '{}');
  expect(pack).toThrow(/at most 100 bytes: META-INF/);
});
