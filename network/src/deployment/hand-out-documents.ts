import { writeConnections } from '../connection';
import { writePrivateFile } from '../files';
import type { Topology } from '../topology';

/** Writes what the processes of a network are told: the resolved topology, and each organisation's connection document. */
export function handOutDocuments(topology: Topology): void {
  writePrivateFile(topology.paths.topology, `${JSON.stringify(topology, undefined, 2)}\n`);
  writeConnections(topology);
}
