import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { asBytes } from '@medaccord/devnet/blocks';
import type { BlockSource, SourcedBlock } from './block-source';
import { VerifyError } from './verify-error';

/** `000016.block` as the devnet exports, and `main_16.block` as `peer channel fetch` writes. */
const BLOCK_FILE = /^(?:.*_)?(\d+)\.block$/;

/** A folder of block files, each a serialized common.Block. @throws VerifyError VERIFY_SOURCE_UNREADABLE */
export async function openFolderSource(folder: string): Promise<BlockSource> {
  const place = resolve(folder);
  const files = await listFiles(place);
  const numbers = [...files.keys()].sort((a, b) => a - b);
  const read = async (number: number): Promise<Uint8Array | undefined> => {
    const file = files.get(number);
    return file === undefined ? undefined : readBytes(join(place, file));
  };
  return {
    name: place,
    async *blocks(from): AsyncIterable<SourcedBlock> {
      for (const number of numbers.filter((each) => each >= from)) {
        const bytes = await read(number);
        if (bytes !== undefined) yield { number, bytes };
      }
    },
    block: read,
    close: () => undefined,
  };
}

async function listFiles(place: string): Promise<ReadonlyMap<number, string>> {
  const names = await readdir(place).catch((error: unknown) => {
    throw unreadable(`${place} cannot be read: ${(error as Error).message}`);
  });
  const files = new Map<number, string>();
  for (const name of names) {
    const digits = BLOCK_FILE.exec(name)?.[1];
    if (digits === undefined) continue;
    const other = files.get(Number(digits));
    if (other !== undefined) throw unreadable(`${place} has block ${Number(digits)} twice: ${other} and ${name}`);
    files.set(Number(digits), name);
  }
  if (files.size === 0) throw unreadable(`${place} holds no block files`);
  return files;
}

async function readBytes(file: string): Promise<Uint8Array> {
  try {
    return asBytes(await readFile(file));
  } catch (error) {
    throw unreadable(`${file} cannot be read: ${(error as Error).message}`);
  }
}

function unreadable(problem: string): VerifyError {
  return new VerifyError(
    'VERIFY_SOURCE_UNREADABLE',
    problem,
    'Name a folder of files 000000.block, 000001.block, ... as `devnet export` and `peer channel fetch` write them.',
  );
}
