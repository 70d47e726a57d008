import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract, type ReadEntry } from 'tar';
import { OperationsError } from '../operations-error';
import { HEADER_AT_MOST, readArchiveHeader, type ArchiveHeader } from './archive-header';
import { findDifference, readManifest, type Manifest } from './manifest';
import { ChunkRefused, openStream } from './sealed-stream';

/** @throws OperationsError BACKUP_UNREADABLE, BACKUP_PASSPHRASE_WRONG */
export async function openArchive(file: string, passphrase: string): Promise<ArchiveHeader> {
  return readArchiveHeader(await readStart(file), file, passphrase);
}

/**
 * Unpacks an archive into an empty folder and proves all of it: every chunk is authentic and in its place, the end is there, and the files are those
 * of the manifest, byte for byte.
 * @throws OperationsError BACKUP_DAMAGED; what was unpacked until then is in the folder.
 */
export async function unpackArchive(file: string, header: ArchiveHeader, folder: string): Promise<Manifest> {
  let manifest: Manifest;
  let difference: string | undefined;
  try {
    await unpack(file, header, folder);
    manifest = await readManifest(folder);
    difference = await findDifference(folder, manifest);
  } catch (error) {
    if (error instanceof ChunkRefused) throw newDamaged(file, 'a part of it was altered, or its end is missing');
    if ((error as NodeJS.ErrnoException).syscall !== undefined) throw error;
    throw newDamaged(file, (error as Error).message);
  }
  if (difference !== undefined) throw newDamaged(file, difference);
  return manifest;
}

async function unpack(file: string, { bytes, payloadKey }: ArchiveHeader, folder: string): Promise<void> {
  let objection: string | undefined;
  const unpacking = extract({
    cwd: folder,
    strict: true,
    preserveOwner: false,
    filter: (path, entry) => {
      objection ??= findObjection(path, (entry as ReadEntry).type);
      return objection === undefined;
    },
  });
  const sink = async (source: AsyncIterable<Buffer>): Promise<void> => {
    const failed = once(unpacking, 'error').then(([error]) => {
      throw error as Error;
    });
    // Heard below while it is waited for; a failure in between must not end the process.
    failed.catch(() => undefined);
    const closed = once(unpacking, 'close');
    for await (const chunk of source) if (!unpacking.write(chunk)) await Promise.race([once(unpacking, 'drain'), failed]);
    unpacking.end();
    await Promise.race([closed, failed]);
  };
  const unseal = (source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> => openStream(payloadKey, source);
  await pipeline(createReadStream(file, { start: bytes.length }), unseal, createGunzip(), sink);
  if (objection !== undefined) throw new Error(objection);
}

const PLAIN = new Set(['File', 'OldFile', 'Directory']);

function findObjection(path: string, type: string): string | undefined {
  if (!PLAIN.has(type)) return `${path} is no plain file or folder`;
  return path.startsWith('/') || path.split('/').includes('..') ? `${path} leads out of its folder` : undefined;
}

async function readStart(file: string): Promise<Buffer> {
  let handle;
  try {
    handle = await open(file, 'r');
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEADER_AT_MOST), 0, HEADER_AT_MOST, 0);
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    throw new OperationsError('BACKUP_UNREADABLE', `${file} cannot be read (${(error as Error).message}).`, 'Check the name of the file.');
  } finally {
    await handle?.close();
  }
}

function newDamaged(file: string, why: string): OperationsError {
  const hint = 'Nothing was touched. Take another copy of the archive, or the backup before it.';
  return new OperationsError('BACKUP_DAMAGED', `${file} is not as it was made: ${why}.`, hint);
}
