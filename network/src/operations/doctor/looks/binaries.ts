import { BinariesError, describeFabricBinaries, lookForFabric, type FabricBinaries } from '../../../binaries';
import type { BinariesFacts } from '../checks/binaries';
import type { VersionFacts } from '../checks/versions';
import type { Scene } from '../scene';

/** Looks where the next start would; fetches nothing. */
export async function lookAtBinaries(scene: Scene): Promise<BinariesFacts> {
  const found = await look(scene);
  if (!(found instanceof BinariesError)) return { found: describeFabricBinaries(found) };
  return { problem: found.message, isNamed: scene.settings.surroundings.folder !== undefined };
}

export async function lookAtVersions(scene: Scene): Promise<VersionFacts> {
  const { nodes, later = nodes } = scene;
  const found = await look(scene);
  return {
    installed: found instanceof BinariesError ? undefined : found.version,
    nodes: later.map((node) => ({
      member: node.organisation,
      name: node.name,
      version: node.kind === 'silent' ? undefined : node.version,
    })),
  };
}

async function look({ topology, settings }: Scene): Promise<FabricBinaries | BinariesError> {
  try {
    return await lookForFabric(topology.fabric, settings.surroundings);
  } catch (error) {
    if (error instanceof BinariesError) return error;
    throw error;
  }
}
