import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { makePrivateFolder, writePrivateFile } from '../../files';
import { BUILDER_SCRIPTS, builderFolder, newNativeOrderer, newNativePeer, renderCore, renderOrderer } from '../../render';
import type { Organisation, Topology } from '../../topology';
import { writeChaincodeConnection } from './chaincode-connection';
import { clearUnbornDatabases } from './clear-unborn-databases';

const EXECUTABLE = 0o700;

/** Writes all that the nodes of these organisations read when they start, and clears what a start that was cut off left half made. They must not run. */
export function writeNodeFiles(topology: Topology, organisations: readonly Organisation[]): void {
  for (const organisation of organisations) {
    writePeerFiles(topology, organisation);
    writeOrdererFiles(topology, organisation);
  }
}

/** Writes what an organisation's orderer reads when it starts, if it runs one. */
export function writeOrdererFiles(topology: Topology, organisation: Organisation): void {
  const { orderer } = organisation.nodes;
  if (orderer === undefined) return;
  makePrivateFolder(orderer.data);
  clearUnbornDatabases(orderer.data);
  writePrivateFile(join(orderer.config, 'orderer.yaml'), renderOrderer(organisation, newNativeOrderer(topology, organisation, orderer)));
}

function writePeerFiles(topology: Topology, organisation: Organisation): void {
  const { peer } = organisation.nodes;
  makePrivateFolder(peer.data);
  clearUnbornDatabases(peer.data);
  writePrivateFile(join(peer.config, 'core.yaml'), renderCore(topology, organisation, newNativePeer(topology, organisation)));
  writeBuilder(organisation);
  writeChaincodeConnection(topology, organisation);
}

function writeBuilder({ nodes }: Organisation): void {
  for (const [name, script] of Object.entries(BUILDER_SCRIPTS)) {
    const file = join(builderFolder(nodes.peer), 'bin', name);
    writePrivateFile(file, script);
    chmodSync(file, EXECUTABLE);
  }
}
