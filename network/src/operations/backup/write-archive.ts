import { createReadStream, createWriteStream, existsSync, linkSync, rmSync } from 'node:fs';
import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip } from 'node:zlib';
import { create } from 'tar';
import { OperationsError } from '../operations-error';
import { newArchiveHeader, type ArchiveFacts, type ArchiveHeader } from './archive-header';
import { MANIFEST } from './manifest';
import { openStream, sealStream } from './sealed-stream';

/** Packs a folder, its manifest first, and reads back what was written: the file is there whole, proved and 0600, or not at all. */
export async function writeArchive(folder: string, entries: readonly string[], file: string, sealing: Sealing): Promise<void> {
  assertAbsent(file);
  const draft = `${file}.${String(process.pid)}.new`;
  try {
    const header = await newArchiveHeader(sealing.facts, sealing.passphrase);
    const tar = create({ cwd: folder, portable: true }, [MANIFEST, ...entries]);
    // Blocks and databases are as good as random to a better level, and a peer may be of many gigabytes.
    const gzip = createGzip({ level: constants.Z_BEST_SPEED });
    const seal = async function* (source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
      yield header.bytes;
      yield* sealStream(header.payloadKey, source);
    };
    await pipeline(Readable.from(tar, { objectMode: false }), gzip, seal, createWriteStream(draft, { mode: 0o600, flush: true }));
    await prove(draft, header);
    place(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
}

export interface Sealing {
  readonly facts: ArchiveFacts;
  readonly passphrase: string;
}

/** Opens every chunk of the file as it is on the disk. */
async function prove(file: string, { bytes, payloadKey }: ArchiveHeader): Promise<void> {
  await pipeline(openStream(payloadKey, createReadStream(file, { start: bytes.length })), new PassThrough().resume());
}

/** @throws OperationsError BACKUP_EXISTS */
export function assertAbsent(file: string): void {
  if (existsSync(file)) throw new OperationsError('BACKUP_EXISTS', `${file} is there already.`, 'Give the archive another name.');
}

/** Unlike a rename, a link never replaces a file that came meanwhile. */
function place(draft: string, file: string): void {
  try {
    linkSync(draft, file);
  } catch (error) {
    assertAbsent(file);
    throw error;
  }
}
