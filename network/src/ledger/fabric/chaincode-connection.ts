import { existsSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { writePrivateFile } from '../../files';
import { chaincodeConnectionFolder, formatAddress } from '../../render';
import type { Organisation, Topology } from '../../topology';
import type { ChaincodePort } from '../ledger-engine';

/** Where a peer keeps what its external builder made of each package (core/container/externalbuilder). */
const BUILDS = 'externalbuilder/builds';
/** What of a package id is not in the name of its build. */
const NO_FOLDER_NAME = /[<>:"/\\|?*&]/g;
/** What the builder made of a package's `connection.json`. */
const RELEASED = 'release/chaincode/server/connection.json';

/**
 * Writes how an organisation's peer reaches its chaincode; the peer must not run. What it built before is forgotten, for that holds the
 * address and the certificates of its time: the peer builds again, in milliseconds, when it is first called. Keys and certificates are links,
 * so that a key is in one place only.
 */
export function writeChaincodeConnection(topology: Topology, organisation: Organisation): void {
  const { nodes, tls } = organisation;
  writeAddress(topology, organisation, 'chaincode');
  const links = { root_cert: tls.chaincode.rootCertificate, client_cert: tls.peer.certificate, client_key: tls.peer.privateKey };
  for (const [name, file] of Object.entries(links)) {
    const link = join(chaincodeConnectionFolder(nodes.peer), name);
    rmSync(link, { force: true });
    symlinkSync(file, link);
  }
  for (const build of listBuilds(organisation)) rmSync(build, { recursive: true, force: true });
}

/** Lets a running peer call a package at that port: one that is installed from now on, or one that it has from an earlier time. */
export function pointToChaincode(
  topology: Topology,
  organisation: Organisation,
  { packageId, port }: { readonly packageId: string; readonly port: ChaincodePort },
): void {
  const address = writeAddress(topology, organisation, port);
  const file = join(organisation.nodes.peer.data, BUILDS, packageId.replace(NO_FOLDER_NAME, '-'), RELEASED);
  if (existsSync(file)) writePrivateFile(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, 'utf8')) as object), address }));
}

function writeAddress({ host }: Topology, { nodes, ports }: Organisation, port: ChaincodePort): string {
  const address = formatAddress({ host, port: ports[port] });
  writePrivateFile(join(chaincodeConnectionFolder(nodes.peer), 'address'), `${address}\n`);
  return address;
}

function listBuilds({ nodes }: Organisation): string[] {
  const builds = join(nodes.peer.data, BUILDS);
  return existsSync(builds) ? readdirSync(builds).map((entry) => join(builds, entry)) : [];
}
