import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { tryLock } from '../process';
import { ArchiveDigests, digestFile, parsePin } from './archive-digests';
import { BinariesError } from './binaries-error';
import { download } from './download';
import { DownloadFailure } from './download-failure';
import type { FabricBinaries } from './fabric-programs';
import type { SearchOptions } from './fabric-surroundings';
import { lookInFolders } from './look-in-folders';
import { PartialFile } from './partial-file';
import { formatArchive, type Archive } from './release-archive';
import { unpackArchive } from './unpack-archive';

const BETWEEN_LOOKS_MS = 200;

export interface Installation {
  readonly archive: Archive;
  /** The version that the archive must hold. */
  readonly version: string;
  /** Holds a folder per version, and what is kept between attempts. */
  readonly folder: string;
  readonly pin: string | undefined;
}

/**
 * Brings a release archive into the cache: downloaded if need be, compared with the digest that it must have, unpacked beside its place,
 * tried out there, and only then put in its place as a whole. One process at a time; a second one waits and takes what the first brought.
 * @throws DownloadFailure when it could not be had, BinariesError when it was had and is not what it must be
 */
export async function installArchive(installation: Installation, options: SearchOptions): Promise<FabricBinaries> {
  const { folder, version } = installation;
  mkdirSync(folder, { recursive: true });
  const release = await waitForLock(join(folder, 'install.lock'), options);
  try {
    const look = await lookInFolders([join(folder, version, 'bin')]);
    if ('found' in look) return { way: 'cache', ...look.found };
    return await install(installation, options);
  } finally {
    release();
  }
}

async function install({ archive, version, folder, pin }: Installation, options: SearchOptions): Promise<FabricBinaries> {
  const pinned = parsePin(pin);
  const digests = new ArchiveDigests(folder);
  const { file, discard } = await obtain(archive, folder, options);
  const draft = join(folder, `${version}.unpacking`);
  try {
    const archiveDigest = await digestFile(file);
    digests.assertExpected(archive.name, archiveDigest, pinned);
    rmSync(draft, { recursive: true, force: true });
    mkdirSync(draft);
    await unpackArchive(file, archive.name, draft);
    await assertHolds(version, join(draft, 'bin'), archive);
    digests.record(archive.name, archiveDigest, formatArchive(archive));
    replaceFolder(draft, join(folder, version));
    const look = await lookInFolders([join(folder, version, 'bin')]);
    if (!('found' in look)) throw new BinariesError('FABRIC_ARCHIVE_REFUSED', `${archive.name}: ${look.problem}`);
    return { way: 'archive', ...look.found, archiveDigest };
  } finally {
    rmSync(draft, { recursive: true, force: true });
    // Refused or unpacked, a download has done its service; one that was broken off never comes here.
    discard();
  }
}

async function obtain(archive: Archive, folder: string, options: SearchOptions): Promise<{ file: string; discard: () => void }> {
  const { tell = (): void => undefined, limits } = options;
  if ('file' in archive) {
    if (!existsSync(archive.file) || !statSync(archive.file).isFile()) throw new DownloadFailure('there is no such file');
    return { file: archive.file, discard: () => undefined };
  }
  const partial = new PartialFile(join(folder, 'downloads', archive.name));
  mkdirSync(dirname(partial.path), { recursive: true });
  tell(`Fabric is not on this machine; fetching ${formatArchive(archive)}`);
  await download(archive.url, partial, { tell, limits });
  return {
    file: partial.path,
    discard: () => {
      partial.remove();
    },
  };
}

/** The programs must run here and be what the name of their folder will say. */
async function assertHolds(version: string, bin: string, archive: Archive): Promise<void> {
  const look = await lookInFolders([bin]);
  const problem = 'problem' in look ? look.problem : `it holds ${look.found.version}, not ${version}`;
  if ('found' in look && look.found.version === version) return;
  throw new BinariesError(
    'FABRIC_ARCHIVE_REFUSED',
    `${archive.name} is refused: ${problem.replaceAll(`${bin}/`, 'bin/')}.`,
    'Name the archive of this version and for this machine.',
  );
}

function replaceFolder(draft: string, place: string): void {
  const old = `${place}.replaced`;
  rmSync(old, { recursive: true, force: true });
  if (existsSync(place)) renameSync(place, old);
  renameSync(draft, place);
  rmSync(old, { recursive: true, force: true });
}

async function waitForLock(file: string, { tell }: SearchOptions): Promise<() => void> {
  for (let looks = 0; ; looks += 1) {
    const release = tryLock(file);
    if (release !== undefined) return release;
    if (looks === 0) tell?.('another process is fetching Fabric; waiting for it');
    await pause(BETWEEN_LOOKS_MS);
  }
}
