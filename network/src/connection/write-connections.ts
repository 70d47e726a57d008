import { makePrivateFolder, writePrivateFile } from '../files';
import { listHere, type Topology } from '../topology';
import { renderConnection } from './render-connection';

/** Writes the connection document of every organisation of this machine, and makes the folder that its gateway may fill. */
export function writeConnections(topology: Topology): void {
  for (const organisation of listHere(topology)) {
    makePrivateFolder(organisation.gatewayData);
    writePrivateFile(organisation.connection, `${JSON.stringify(renderConnection(topology, organisation), null, 2)}\n`);
  }
}
