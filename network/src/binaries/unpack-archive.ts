import { extract, type ReadEntry } from 'tar';
import { BinariesError } from './binaries-error';

/** Far above any release (about 200 MB in a hundred files), far below what fills a disk. */
const LIMITS = { bytes: 2_000_000_000, entries: 10_000 } as const;
const PLAIN = new Set(['File', 'OldFile', 'Directory']);

/**
 * Unpacks a .tar.gz into a folder. It may hold plain files and folders only, each inside the folder: nothing is written for an entry that
 * leads elsewhere, and the whole archive is refused for it.
 * @throws BinariesError; what was unpacked until then is in the folder
 */
export async function unpackArchive(file: string, name: string, folder: string): Promise<void> {
  const total = { bytes: 0, entries: 0 };
  let objection: string | undefined;
  const accept = (path: string, { type, size }: Pick<ReadEntry, 'type' | 'size'>): boolean => {
    total.bytes += size;
    total.entries += 1;
    objection ??= findObjection(path, type) ?? (isTooMuch(total) ? 'it unpacks to more than any release' : undefined);
    return objection === undefined;
  };
  try {
    await extract({
      file,
      cwd: folder,
      strict: true,
      preserveOwner: false,
      filter: (path, entry) => accept(path, entry as ReadEntry),
    });
  } catch (error) {
    objection ??= `it is not a whole .tar.gz (${(error as Error).message})`;
  }
  if (objection !== undefined) throw newRefusal(name, objection);
}

function findObjection(path: string, type: string): string | undefined {
  if (!PLAIN.has(type)) return `${path} is no plain file or folder (${type})`;
  const parts = path.split(/[/\\]/);
  const leavesFolder = path.startsWith('/') || parts.includes('..') || /^[A-Za-z]:/.test(path);
  return leavesFolder ? `${path} leads out of the folder that it is unpacked to` : undefined;
}

function isTooMuch({ bytes, entries }: { bytes: number; entries: number }): boolean {
  return bytes > LIMITS.bytes || entries > LIMITS.entries;
}

function newRefusal(name: string, objection: string): BinariesError {
  return new BinariesError('FABRIC_ARCHIVE_REFUSED', `${name} is refused: ${objection}.`, 'Fetch it anew, or name another archive.');
}
