import { randomBytes } from 'node:crypto';
import { CHUNK_BYTES, ChunkRefused, openStream, sealStream } from './sealed-stream';

const KEY = randomBytes(32);
const FRAME_BYTES = CHUNK_BYTES + 16;

async function* inPieces(content: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < content.length; at += size) yield await Promise.resolve(content.subarray(at, at + size));
}

async function collect(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const found: Buffer[] = [];
  for await (const chunk of stream) found.push(chunk);
  return Buffer.concat(found);
}

const seal = (content: Buffer, size = 10_000): Promise<Buffer> => collect(sealStream(KEY, inPieces(content, size)));
const open = (sealed: Buffer, key = KEY, size = 7_777): Promise<Buffer> => collect(openStream(key, inPieces(sealed, size)));

test.each([0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES, 200_001])(
  'a stream of %i bytes opens to the same bytes, in whatever pieces it comes',
  async (bytes) => {
    const content = randomBytes(bytes);
    const sealed = await seal(content);
    expect(sealed).toHaveLength(bytes + 16 * Math.max(1, Math.ceil(bytes / CHUNK_BYTES)));
    expect(await open(sealed)).toEqual(content);
    expect(await open(await seal(content, 300_000), KEY, 1_000_000)).toEqual(content);
  },
);

describe('of a sealed stream', () => {
  const content = randomBytes(3 * CHUNK_BYTES + 5);
  let sealed: Buffer;

  beforeAll(async () => {
    sealed = await seal(content);
  });

  test.each([
    ['with one bit altered in its first chunk', (stream: Buffer) => flip(stream, 0)],
    ['with one bit altered in a tag', (stream: Buffer) => flip(stream, FRAME_BYTES - 1)],
    ['with one bit altered in its last byte', (stream: Buffer) => flip(stream, stream.length - 1)],
    ['that ends in the middle of a chunk', (stream: Buffer) => stream.subarray(0, stream.length - 3)],
    ['that ends between two chunks', (stream: Buffer) => stream.subarray(0, 2 * FRAME_BYTES)],
    ['that is empty', () => Buffer.alloc(0)],
    ['that goes on after its end', (stream: Buffer) => Buffer.concat([stream, Buffer.from('more')])],
    ['with its end twice', (stream: Buffer) => Buffer.concat([stream, stream.subarray(3 * FRAME_BYTES)])],
    ['without its first chunk', (stream: Buffer) => stream.subarray(FRAME_BYTES)],
    ['with two chunks in the other order', (stream: Buffer) => swapFirstTwo(stream)],
  ])('one %s is refused', async (_what, change) => {
    await expect(open(change(sealed))).rejects.toThrow(ChunkRefused);
  });

  test('nothing opens with another key', async () => {
    await expect(open(sealed, randomBytes(32))).rejects.toThrow(ChunkRefused);
  });

  test('the chunks before a damage are handed out true, and none after it', async () => {
    const handed: Buffer[] = [];
    const read = async (): Promise<void> => {
      for await (const chunk of openStream(KEY, inPieces(flip(sealed, 2 * FRAME_BYTES), 50_000))) handed.push(chunk);
    };
    await expect(read()).rejects.toThrow(ChunkRefused);
    expect(Buffer.concat(handed)).toEqual(content.subarray(0, 2 * CHUNK_BYTES));
  });
});

function flip(stream: Buffer, at: number): Buffer {
  const copy = Buffer.from(stream);
  copy.writeUInt8(copy.readUInt8(at) ^ 1, at);
  return copy;
}

function swapFirstTwo(stream: Buffer): Buffer {
  const [first, second, rest] = [
    stream.subarray(0, FRAME_BYTES),
    stream.subarray(FRAME_BYTES, 2 * FRAME_BYTES),
    stream.subarray(2 * FRAME_BYTES),
  ];
  return Buffer.concat([second, first, rest]);
}
