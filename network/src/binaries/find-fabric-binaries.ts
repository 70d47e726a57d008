import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BinariesError } from './binaries-error';
import type { FabricBinaries, FabricWay } from './fabric-programs';
import type { FabricSurroundings, SearchOptions } from './fabric-surroundings';
import { ACCEPTED_VERSIONS, isAcceptedVersion } from './fabric-version';
import { lookInFolders, type Look } from './look-in-folders';

/** The release that is fetched when no other is there: the topology's `fabric.version`. */
export interface WantedFabric {
  readonly version: string;
}

/** A place that was looked at in vain. */
interface Miss {
  readonly place: string;
  readonly problem: string;
}

/**
 * Finds Fabric's programs where an operator may have them: a named folder, PATH, the project's cache, the release archive.
 * Each place counts only when its programs run here and say a version that fits.
 * @throws BinariesError FABRIC_NOT_FOUND with every place that was looked at, FABRIC_VERSION_UNSUPPORTED
 */
export async function findFabricBinaries(
  wanted: WantedFabric,
  surroundings: FabricSurroundings,
  options: SearchOptions = {},
): Promise<FabricBinaries> {
  const search = await searchInstalled(wanted, surroundings);
  if ('way' in search) return search;
  void options;
  throw newNotFound(wanted, surroundings, search);
}

/** As findFabricBinaries, but takes only what is on this machine: undefined when it would have to be downloaded. */
export async function findInstalledFabric(wanted: WantedFabric, surroundings: FabricSurroundings): Promise<FabricBinaries | undefined> {
  const search = await searchInstalled(wanted, surroundings);
  return 'way' in search ? search : undefined;
}

async function searchInstalled(wanted: WantedFabric, { folder, path, cache }: FabricSurroundings): Promise<FabricBinaries | Miss[]> {
  if (!isAcceptedVersion(wanted.version)) {
    throw new BinariesError('FABRIC_VERSION_UNSUPPORTED', `fabric.version ${wanted.version}: must be ${ACCEPTED_VERSIONS}`);
  }
  const cached = join(cache, 'fabric', wanted.version, 'bin');
  const places: readonly { way: FabricWay; place: string; folders: readonly string[] }[] =
    folder === undefined
      ? [
          { way: 'path', place: 'PATH', folders: path },
          { way: 'cache', place: cached, folders: existsSync(cached) ? [cached] : [] },
        ]
      : [{ way: 'environment', place: folder, folders: [folder] }];
  const misses: Miss[] = [];
  for (const { way, place, folders } of places) {
    const look: Look = await lookInFolders(folders);
    if ('found' in look) return { way, ...look.found };
    misses.push({ place, problem: look.problem });
  }
  return misses;
}

function newNotFound(wanted: WantedFabric, surroundings: FabricSurroundings, misses: readonly Miss[]): BinariesError {
  const lines = misses.map(({ place, problem }) => `${place}: ${problem}`);
  const { cache } = surroundings;
  return new BinariesError(
    'FABRIC_NOT_FOUND',
    `Hyperledger Fabric (${ACCEPTED_VERSIONS}) is not found.\n  ${lines.join('\n  ')}`,
    `Put it at ${join(cache, 'fabric', wanted.version)}`,
  );
}
