import { createCipheriv, createDecipheriv } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
export const CHUNK_BYTES = 65_536;
const TAG_BYTES = 16;
const FRAME_BYTES = CHUNK_BYTES + TAG_BYTES;
const NONCE_BYTES = 12;

/** A chunk did not open: it was altered, moved or left out, or the stream ends before its end. */
export class ChunkRefused extends Error {}

/**
 * Seals a stream in chunks, each authenticated with its place and with whether it is the last one (the STREAM construction: Hoang, Reyhanitabar,
 * Rogaway and Vizár, CRYPTO 2015), so that what was read so far is known to be true and a missing end is noticed.
 * @param key 32 bytes that seal nothing else.
 */
export async function* sealStream(key: Buffer, source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let place = 0;
  for await (const { chunk, isLast } of inChunks(source, CHUNK_BYTES)) {
    const cipher = createCipheriv(ALGORITHM, key, newNonce(place, isLast));
    yield Buffer.concat([cipher.update(chunk), cipher.final(), cipher.getAuthTag()]);
    place += 1;
  }
}

/** Opens what `sealStream` sealed; hands out nothing that is not authentic. @throws ChunkRefused */
export async function* openStream(key: Buffer, source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let place = 0;
  for await (const { chunk, isLast } of inChunks(source, FRAME_BYTES)) {
    yield openFrame(key, newNonce(place, isLast), chunk);
    place += 1;
  }
}

function openFrame(key: Buffer, nonce: Buffer, frame: Buffer): Buffer {
  if (frame.length < TAG_BYTES) throw new ChunkRefused();
  const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAuthTag(frame.subarray(frame.length - TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(frame.subarray(0, frame.length - TAG_BYTES)), decipher.final()]);
  } catch {
    throw new ChunkRefused();
  }
}

/** Each key seals one stream, so that places alone make nonces different. */
function newNonce(place: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(NONCE_BYTES);
  nonce.writeUIntBE(place, 5, 6);
  nonce.writeUInt8(isLast ? 1 : 0, NONCE_BYTES - 1);
  return nonce;
}

/** Chunks of one size; the last one, which may be shorter or empty, is known when the source ends. */
async function* inChunks(source: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<{ chunk: Buffer; isLast: boolean }> {
  let held: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of source) {
    held.push(piece);
    bytes += piece.length;
    if (bytes <= size) continue;
    const whole = Buffer.concat(held);
    let at = 0;
    for (; whole.length - at > size; at += size) yield { chunk: whole.subarray(at, at + size), isLast: false };
    held = [whole.subarray(at)];
    bytes = whole.length - at;
  }
  yield { chunk: Buffer.concat(held), isLast: true };
}
