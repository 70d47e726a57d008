import { endLeftovers, openRunFolder } from '../../deployment';
import type { Topology } from '../../topology';

/**
 * Works in the run folder of a network that does not run, and does not while the work lasts.
 * @throws DeploymentError NETWORK_RUNNING, RUN_FOLDER_FOREIGN
 */
export async function withStoppedNetwork<T>(topology: Topology, work: () => Promise<T>): Promise<T> {
  const release = openRunFolder(topology);
  try {
    await endLeftovers(topology);
    return await work();
  } finally {
    release();
  }
}
