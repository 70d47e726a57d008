import { resolve } from 'node:path';
import type { BlockSource, SourcedBlock } from '../verify';
import { readRecording } from './read-recording';
import { FIELD } from './recording';

/** The blocks of a recording, for those who prove them. Its numbers are the places in the file: it begins with block 0. */
export function openRecordingSource(file: string): BlockSource {
  const place = resolve(file);
  const blocks = async function* (from: number): AsyncIterable<SourcedBlock> {
    let number = 0;
    for await (const { field, bytes } of readRecording(place)) {
      if (field !== FIELD.block) continue;
      if (number >= from) yield { number, bytes };
      number += 1;
    }
  };
  return {
    name: place,
    blocks,
    async block(number) {
      for await (const { bytes } of blocks(number)) return bytes;
      return undefined;
    },
    close: () => undefined,
  };
}
