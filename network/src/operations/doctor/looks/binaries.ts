import { BinariesError, describeFabricBinaries } from '../../../binaries';
import type { BinariesFacts } from '../checks/binaries';
import type { VersionFacts } from '../checks/versions';
import type { Scene } from '../scene';

export async function lookAtBinaries({ binaries, settings }: Scene): Promise<BinariesFacts> {
  const found = await binaries();
  if (!(found instanceof BinariesError)) return { found: describeFabricBinaries(found) };
  return { problem: found.message, isNamed: settings.surroundings.folder !== undefined };
}

export async function lookAtVersions({ binaries, nodes, later = nodes }: Scene): Promise<VersionFacts> {
  const found = await binaries();
  return {
    installed: found instanceof BinariesError ? undefined : found.version,
    nodes: later.map((node) => ({
      member: node.organisation,
      name: node.name,
      version: node.kind === 'silent' ? undefined : node.version,
    })),
  };
}
