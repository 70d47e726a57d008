import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { asBytes } from '@medaccord/devnet/blocks';
import { verifySource } from '../verify';
import { readFacts, readRecording } from './read-recording';
import { FIELD, type RecordedField } from './recording';
import { openRecordingSource } from './recording-source';
import { writeRecording } from './write-recording';

const FOLDER = join(__dirname, '../../devnet/test/data/fabric-golden/blocks');
const FACTS = {
  format: 'medaccord-recording',
  version: 1,
  network: 'golden',
  ledger: 'fabric',
  channel: 'main',
  chaincode: 'golden',
  organisation: 'northside',
} as const;

const folder = mkdtempSync(join(tmpdir(), 'recording-'));
const file = join(folder, 'golden.recording');
const about: RecordedField = { field: FIELD.about, bytes: asBytes(Buffer.from(JSON.stringify(FACTS))) };
const blocks = readdirSync(FOLDER)
  .sort()
  .map((name): RecordedField => ({ field: FIELD.block, bytes: asBytes(readFileSync(join(FOLDER, name))) }));

async function* each(fields: readonly RecordedField[]): AsyncIterable<RecordedField> {
  yield* fields;
}

async function readAll(place: string): Promise<readonly RecordedField[]> {
  const fields: RecordedField[] = [];
  for await (const field of readRecording(place)) fields.push(field);
  return fields;
}

beforeAll(async () => {
  await writeRecording(file, each([about, ...blocks]));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

test('a recording is read as it was written, and is a fifth of what its blocks are', async () => {
  const fields = await readAll(file);
  expect(fields.map(({ field }) => field)).toEqual([FIELD.about, ...blocks.map(() => FIELD.block)]);
  expect(fields.slice(1).every(({ bytes }, index) => Buffer.compare(bytes, blocks[index]?.bytes ?? about.bytes) === 0)).toBe(true);
  expect(readFacts(fields[0] as RecordedField)).toEqual(FACTS);
  expect(statSync(file).size).toBeLessThan(blocks.reduce((sum, { bytes }) => sum + bytes.length, 0) / 5);
});

test('a recording is one protobuf message, compressed with zstd', () => {
  const bytes = zstdDecompressSync(readFileSync(file));
  expect(bytes[0]).toBe(0x0a);
  expect(bytes.subarray(2, 2 + (bytes[1] ?? 0)).toString()).toContain('medaccord-recording');
});

test('its blocks are proved like those of a folder', async () => {
  expect(await verifySource(openRecordingSource(file), { replay: true })).toMatchObject({ findings: [], blocks: 87, judged: 89 });
  expect(await verifySource(openRecordingSource(file), { from: 50 })).toMatchObject({ findings: [], blocks: 37 });
});

test('fields of all sizes are read whole, whatever the pieces in which they arrive', async () => {
  const sizes = [0, 1, 127, 128, 16_383, 16_384, 70_000, 300_000, 0, 5];
  const place = join(folder, 'sizes.recording');
  const fields = sizes.map((size): RecordedField => ({ field: FIELD.block, bytes: new Uint8Array(size).fill(size % 251) }));
  await writeRecording(place, each([about, ...fields]));
  expect((await readAll(place)).slice(1).map(({ bytes }) => bytes.length)).toEqual(sizes);
});

test('a file that is cut off, altered, empty or something else is refused by name', async () => {
  const place = join(folder, 'bad.recording');
  const whole = readFileSync(file);
  const bad = [
    whole.subarray(0, whole.length - 200),
    whole.subarray(0, 3000),
    whole.map((byte, at) => (at === 20_000 ? byte ^ 1 : byte)),
    Buffer.alloc(0),
    Buffer.from('{"not": "a recording"}'),
  ];
  for (const bytes of bad) {
    writeFileSync(place, bytes);
    await expect(readAll(place)).rejects.toMatchObject({ code: 'RECORDING_UNREADABLE', message: expect.stringContaining(place) });
  }
  await expect(readAll(join(folder, 'absent'))).rejects.toMatchObject({ code: 'RECORDING_UNREADABLE' });
});

test('a recording that could not be finished leaves no file', async () => {
  const place = join(folder, 'unfinished.recording');
  const failing = async function* (): AsyncIterable<RecordedField> {
    yield about;
    throw new Error('the peer went away');
  };
  await expect(writeRecording(place, failing())).rejects.toThrow('the peer went away');
  expect(readdirSync(folder).filter((name) => name.startsWith('unfinished'))).toEqual([]);
});

test('only its owner can read it', () => {
  expect(statSync(file).mode & 0o777).toBe(0o600);
});
