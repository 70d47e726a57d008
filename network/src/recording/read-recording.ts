import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { constants, createZstdDecompress } from 'node:zlib';
import { asBytes } from '@medaccord/devnet/blocks';
import { FIELD, type RecordedField, type RecordingFacts } from './recording';
import { RecordingUnreadable } from './recording-unreadable';

const WINDOW_BITS = 25;
const LENGTH_DELIMITED = 2;
const LONGEST_HEAD = 6;

/** The fields of a recording one after another, the first one read and checked. @throws RecordingUnreadable */
export async function* readRecording(file: string): AsyncIterable<RecordedField> {
  const input = createReadStream(file);
  const decompress = createZstdDecompress({ params: { [constants.ZSTD_d_windowLogMax]: WINDOW_BITS } });
  // A failure reaches whoever reads the other end.
  pipeline(input, decompress, () => undefined);
  let isFirst = true;
  let isWhole = false;
  try {
    for await (const found of decode(decompress as AsyncIterable<Buffer>)) {
      if (isFirst) readFacts(found);
      isFirst = false;
      isWhole = found.field === FIELD.end;
      if (!isWhole) yield found;
    }
    if (!isWhole) throw new Error('it is cut off');
  } catch (error) {
    throw error instanceof RecordingUnreadable ? error : new RecordingUnreadable(file, (error as Error).message);
  } finally {
    input.destroy();
  }
}

/** @throws Error for anything but the first field of a recording */
export function readFacts({ field, bytes }: RecordedField): RecordingFacts {
  const facts = (field === FIELD.about ? JSON.parse(Buffer.from(bytes).toString()) : {}) as Partial<RecordingFacts>;
  if (facts.format !== 'medaccord-recording' || facts.version !== 1) throw new Error('it is no recording of version 1');
  return facts as RecordingFacts;
}

async function* decode(chunks: AsyncIterable<Buffer>): AsyncIterable<RecordedField> {
  let waiting: Buffer[] = [];
  let size = 0;
  let wanted = 1;
  for await (const chunk of chunks) {
    waiting.push(chunk);
    size += chunk.length;
    if (size < wanted) continue;
    let rest: Buffer = Buffer.concat(waiting);
    for (let head = readHead(rest); ; head = readHead(rest)) {
      wanted = head === undefined ? 1 : head.start + head.length;
      if (head === undefined || rest.length < wanted) break;
      yield { field: head.field, bytes: asBytes(rest.subarray(head.start, wanted)) };
      rest = rest.subarray(wanted);
    }
    waiting = [rest];
    size = rest.length;
  }
}

/** Field number, and where the bytes begin and how many they are; undefined: not all of that is there yet. */
function readHead(bytes: Buffer): { readonly field: number; readonly start: number; readonly length: number } | undefined {
  const [tag] = bytes;
  if (tag === undefined) return undefined;
  if (tag % 8 !== LENGTH_DELIMITED) throw new Error('it is no recording');
  let [length, at, scale] = [0, 1, 1];
  for (; at < LONGEST_HEAD; scale *= 128) {
    const byte = bytes[at++];
    if (byte === undefined) return undefined;
    length += (byte & 0x7f) * scale;
    if (byte < 0x80) return { field: Math.floor(tag / 8), start: at, length };
  }
  throw new Error('it is no recording');
}
