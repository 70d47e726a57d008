import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BinariesError } from './binaries-error';
import { DownloadFailure } from './download-failure';
import type { FabricBinaries, FabricWay } from './fabric-programs';
import type { FabricSurroundings, SearchOptions } from './fabric-surroundings';
import { ACCEPTED_VERSIONS, isAcceptedVersion } from './fabric-version';
import { installArchive } from './install-archive';
import { lookInFolders } from './look-in-folders';
import { newNotFound, type Miss } from './not-found';
import { chooseArchive, formatArchive } from './release-archive';

/** The release that is fetched when no other is there: the topology's `fabric.version`. */
export interface WantedFabric {
  readonly version: string;
}

/**
 * Finds Fabric's programs where an operator may have them: a named folder, PATH, the project's cache, the release archive.
 * A place counts only when its programs run here and say a version that fits.
 * @throws BinariesError FABRIC_NOT_FOUND with every place and what is the matter there; FABRIC_ARCHIVE_REFUSED for an archive that is not
 *   what it must be; FABRIC_VERSION_UNSUPPORTED
 */
export async function findFabricBinaries(
  wanted: WantedFabric,
  surroundings: FabricSurroundings,
  options: SearchOptions = {},
): Promise<FabricBinaries> {
  const search = await searchMachine(wanted, surroundings);
  if ('way' in search) return search;
  const place = join(surroundings.cache, 'fabric', wanted.version);
  // An operator who names a folder wants its programs, not others that happen to be found.
  if (surroundings.folder !== undefined) throw newNotFound(search, place);
  const archive = chooseArchive(wanted.version, surroundings.archive, process);
  if (archive === undefined) {
    throw newNotFound([...search, { place: 'archive', problem: `none is released for ${process.platform}/${process.arch}` }], place);
  }
  try {
    const folder = join(surroundings.cache, 'fabric');
    return await installArchive({ archive, version: wanted.version, folder, pin: surroundings.sha256 }, options);
  } catch (error) {
    if (!(error instanceof DownloadFailure)) throw error;
    throw newNotFound([...search, { place: `archive ${formatArchive(archive)}`, problem: error.message }], place);
  }
}

/** As findFabricBinaries, but takes only what is on this machine: undefined when it would have to be fetched. */
export async function findInstalledFabric(wanted: WantedFabric, surroundings: FabricSurroundings): Promise<FabricBinaries | undefined> {
  const search = await searchMachine(wanted, surroundings);
  return 'way' in search ? search : undefined;
}

/** As findInstalledFabric, but says what is the matter at each place where it is not. */
export async function lookForFabric(wanted: WantedFabric, surroundings: FabricSurroundings): Promise<FabricBinaries | BinariesError> {
  const search = await searchMachine(wanted, surroundings);
  return 'way' in search ? search : newNotFound(search, join(surroundings.cache, 'fabric', wanted.version));
}

async function searchMachine(wanted: WantedFabric, surroundings: FabricSurroundings): Promise<FabricBinaries | Miss[]> {
  if (!isAcceptedVersion(wanted.version)) {
    throw new BinariesError('FABRIC_VERSION_UNSUPPORTED', `fabric.version ${wanted.version}: must be ${ACCEPTED_VERSIONS}`);
  }
  const misses: Miss[] = surroundings.folder === undefined ? [{ place: 'MEDACCORD_FABRIC_BIN', problem: 'is not set' }] : [];
  for (const { way, place, folders } of listPlaces(wanted, surroundings)) {
    const look = await lookInFolders(folders);
    if ('found' in look) return { way, ...look.found };
    misses.push({ place, problem: look.problem });
  }
  return misses;
}

interface Place {
  readonly way: FabricWay;
  readonly place: string;
  readonly folders: readonly string[];
}

function listPlaces(wanted: WantedFabric, { folder, path, cache }: FabricSurroundings): Place[] {
  if (folder !== undefined) return [{ way: 'environment', place: `MEDACCORD_FABRIC_BIN ${folder}`, folders: [folder] }];
  const cached = join(cache, 'fabric', wanted.version, 'bin');
  return [
    { way: 'path', place: 'PATH', folders: path },
    { way: 'cache', place: `cache ${cached}`, folders: existsSync(cached) ? [cached] : [] },
  ];
}
