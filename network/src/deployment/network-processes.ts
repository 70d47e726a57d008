import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { ChaincodePort } from '../ledger';
import { newNodeProcess, type Platform, type ProcessSpec } from '../process';
import { listHere, type Organisation, type Topology } from '../topology';
import { DeploymentError } from './deployment-error';

/** The shim's usual level tells of every call and its success. */
const LOG_LEVEL = 'WARNING';
const ENTRY = join(__dirname, '../../dist/cli/main.js');

/** One process for the certificate authorities of all organisations of this machine, each on its own port. */
export function newCaProcess(topology: Topology, platform: Platform): ProcessSpec {
  const listens = listHere(topology).map(({ ports }) => ({ host: topology.host, port: ports.ca }));
  const named = { name: 'ca', title: 'the certificate authorities', listens };
  return newNodeProcess(named, platform, [ENTRY, 'ca', '--resolved', topology.paths.topology], topology.paths.run);
}

/** The stock shim as a service, with mutual TLS: only who holds a certificate of the organisation's own TLS CA may talk to it. */
export function newChaincodeProcess(
  topology: Topology,
  organisation: Organisation,
  service: { readonly packageId: string; readonly port: ChaincodePort },
  platform: Platform,
): ProcessSpec {
  const { folder } = topology.chaincode;
  const { chaincode: tls } = organisation.tls;
  const address = { host: topology.host, port: organisation.ports[service.port] };
  const named = { name: `chaincode-${organisation.name}`, title: `the chaincode of ${organisation.title}`, listens: [address] };
  const shim = createRequire(join(folder, 'package.json')).resolve('fabric-shim/cli.js');
  const program = [
    '--module-path',
    folder,
    '--chaincode-address',
    `${address.host}:${String(address.port)}`,
    '--chaincode-id',
    service.packageId,
  ];
  const mutualTls = ['--chaincode-tls-cert-file', tls.certificate, '--chaincode-tls-key-file', tls.privateKey];
  const peersOnly = ['--chaincode-tls-client-cacert-file', tls.rootCertificate];
  const spec = newNodeProcess(named, platform, [shim, 'server', ...program, ...mutualTls, ...peersOnly], folder);
  return {
    ...spec,
    env: { ...spec.env, CORE_PEER_LOCALMSPID: organisation.mspId, CORE_CHAINCODE_LOGGING_LEVEL: LOG_LEVEL },
    readiness: { kind: 'port', ...address },
  };
}

/** A gateway for each organisation of this machine, or none at all where the topology has no gateway. @throws DeploymentError NOT_BUILT */
export function newGatewayProcesses(topology: Topology, platform: Platform): ProcessSpec[] {
  const { gateway } = topology;
  if (gateway === undefined) return [];
  return listHere(topology).map((organisation) => newGatewayProcess(topology, organisation, gateway.folder, platform));
}

/** All that a gateway is told is where its connection document is. */
function newGatewayProcess(topology: Topology, organisation: Organisation, folder: string, platform: Platform): ProcessSpec {
  const program = join(folder, 'dist/main.js');
  if (!existsSync(program))
    throw new DeploymentError('NOT_BUILT', `There is no built gateway: ${program} is missing.`, 'Run `npm run build`.');
  const address = { host: topology.host, port: organisation.ports.gateway };
  const named = { name: `gateway-${organisation.name}`, title: `the gateway of ${organisation.title}`, listens: [address] };
  const spec = newNodeProcess(named, platform, [program], folder);
  const readiness = { kind: 'http', url: `http://${address.host}:${String(address.port)}/readyz` } as const;
  return { ...spec, env: { ...spec.env, MEDACCORD_CONNECTION: organisation.connection }, readiness };
}
