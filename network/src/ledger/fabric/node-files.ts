import { chmodSync, existsSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { makePrivateFolder, writePrivateFile } from '../../files';
import {
  BUILDER_SCRIPTS,
  builderFolder,
  chaincodeConnectionFolder,
  newNativeOrderer,
  newNativePeer,
  renderCore,
  renderOrderer,
} from '../../render';
import type { Organisation, Topology } from '../../topology';

const EXECUTABLE = 0o700;
/** Where a peer keeps what its external builder made of each package (core/container/externalbuilder). */
const BUILDS = 'externalbuilder/builds';

/** Writes all that the nodes read when they start. They must not run. */
export function writeNodeFiles(topology: Topology): void {
  for (const organisation of topology.organisations) {
    const { peer, orderer } = organisation.nodes;
    makePrivateFolder(peer.data);
    writePrivateFile(join(peer.config, 'core.yaml'), renderCore(topology, organisation, newNativePeer(topology, organisation)));
    writeBuilder(organisation);
    writeChaincodeConnection(topology, organisation);
    forgetBuilds(organisation);
    if (orderer === undefined) continue;
    makePrivateFolder(orderer.data);
    writePrivateFile(join(orderer.config, 'orderer.yaml'), renderOrderer(organisation, newNativeOrderer(topology, organisation, orderer)));
  }
}

function writeBuilder({ nodes }: Organisation): void {
  for (const [name, script] of Object.entries(BUILDER_SCRIPTS)) {
    const file = join(builderFolder(nodes.peer), 'bin', name);
    writePrivateFile(file, script);
    chmodSync(file, EXECUTABLE);
  }
}

/** Links, so that a key is in one place only and a renewed certificate counts at the next start. */
function writeChaincodeConnection({ host }: Topology, { nodes, ports, tls }: Organisation): void {
  const folder = chaincodeConnectionFolder(nodes.peer);
  writePrivateFile(join(folder, 'address'), `${host}:${String(ports.chaincode)}\n`);
  const links = {
    root_cert: tls.chaincode.rootCertificate,
    client_cert: tls.peer.certificate,
    client_key: tls.peer.privateKey,
  };
  for (const [name, file] of Object.entries(links)) {
    rmSync(join(folder, name), { force: true });
    symlinkSync(file, join(folder, name));
  }
}

/** A build holds the address and the certificates of its time; without it the peer builds again, in milliseconds, when it is first called. */
function forgetBuilds({ nodes }: Organisation): void {
  const builds = join(nodes.peer.data, BUILDS);
  if (!existsSync(builds)) return;
  for (const entry of readdirSync(builds)) rmSync(join(builds, entry), { recursive: true, force: true });
}
