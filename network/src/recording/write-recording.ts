import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress } from 'node:zlib';
import { FIELD, type RecordedField } from './recording';

const LEVEL = 19;
/** 32 MiB: certificates are repeated in every transaction. */
const WINDOW_BITS = 25;
const PRIVATE = 0o600;

/** Writes a recording whole or not at all. Returns its size in bytes. */
export async function writeRecording(file: string, fields: AsyncIterable<RecordedField>): Promise<number> {
  const unfinished = `${file}.part`;
  const compress = createZstdCompress({
    params: {
      [constants.ZSTD_c_compressionLevel]: LEVEL,
      [constants.ZSTD_c_windowLog]: WINDOW_BITS,
      [constants.ZSTD_c_enableLongDistanceMatching]: 1,
      [constants.ZSTD_c_checksumFlag]: 1,
    },
  });
  const output = createWriteStream(unfinished, { mode: PRIVATE });
  try {
    await pipeline(Readable.from(encode(fields), { objectMode: true }), compress, output);
    await rename(unfinished, file);
    return output.bytesWritten;
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

async function* encode(fields: AsyncIterable<RecordedField>): AsyncIterable<Uint8Array> {
  for await (const { field, bytes } of fields) {
    yield Uint8Array.from([field * 8 + 2, ...uvarint(bytes.length)]);
    if (bytes.length > 0) yield bytes;
  }
  yield Uint8Array.of(FIELD.end * 8 + 2, 0);
}

function uvarint(value: number): readonly number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  return [...bytes, rest];
}
