import type { FabricBinaries, FabricWay } from './fabric-programs';

const WAYS: Readonly<Record<FabricWay, string>> = {
  environment: 'named by MEDACCORD_FABRIC_BIN',
  path: 'found on PATH',
  cache: 'from the cache',
  archive: 'unpacked from the release archive',
};

/** One line for a person: version, place and the way that led there. */
export function describeFabricBinaries({ version, folder, way, archiveDigest }: FabricBinaries): string {
  return `Fabric ${version} in ${folder}, ${WAYS[way]}${archiveDigest === undefined ? '' : ` (SHA-256 ${archiveDigest})`}`;
}
