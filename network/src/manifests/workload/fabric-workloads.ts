import { BUILDER_SCRIPTS, CONNECTION_FOLDER_VARIABLE, renderCore, renderOrderer } from '../../render';
import type { Organisation } from '../../topology';
import { CA_FOLDERS, CA_OPERATIONS_PORT, renderCaConfiguration } from './ca-configuration';
import type { Images } from './images';
import { Material } from './material';
import { FOLDERS, newContainerOrderer, newContainerPeer, TLS_FILES } from './places';
import type { Site } from './site';
import type { Workload, WorkloadPort } from './workload';

/** What v3.1.5 says at `info` of every connection would hide the rest. */
const FABRIC_ENVIRONMENT = { FABRIC_CFG_PATH: FOLDERS.config, FABRIC_LOGGING_SPEC: 'info:grpc=warn:comm.grpc.server=warn:gossip=warn' };

export function newPeerWorkload(site: Site, organisation: Organisation, images: Images): Workload {
  const { ports, identities, tls } = organisation;
  const material = new Material(site.topology, organisation);
  const place = newContainerPeer(site, organisation);
  const chaincode = `${site.hostOf(organisation, 'chaincode')}:${String(ports.chaincode)}`;
  return {
    node: 'peer',
    image: images.peer,
    // What it built of a package holds the certificates of that time: it builds again, in milliseconds, when the chaincode is first called.
    command: ['sh', '-c', `rm -rf ${place.data}/externalbuilder/builds && exec peer node start`],
    environment: { ...FABRIC_ENVIRONMENT, [CONNECTION_FOLDER_VARIABLE]: FOLDERS.chaincode },
    ports: [
      { name: 'tls-grpc', port: ports.peer, publish: 'members' },
      { name: 'operations', port: ports.peerOperations, publish: 'machine' },
    ],
    mounts: [
      {
        name: 'config',
        folder: FOLDERS.config,
        files: [{ path: 'core.yaml', text: renderCore(site.topology, organisation, place) }],
      },
      {
        name: 'builder',
        folder: `${FOLDERS.builder}/bin`,
        executable: true,
        files: Object.entries(BUILDER_SCRIPTS).map(([path, text]) => ({ path, text })),
      },
      { name: 'msp', folder: FOLDERS.msp, files: material.identity(identities.peer) },
      { name: 'tls', folder: FOLDERS.tls, files: material.tls(tls.peer, TLS_FILES) },
      {
        name: 'chaincode',
        folder: FOLDERS.chaincode,
        files: [{ path: 'address', text: `${chaincode}\n` }, ...material.tls(tls.peer, ['client_cert', 'client_key', 'root_cert'])],
      },
    ],
    data: { folder: FOLDERS.data, gibibytes: 50 },
    scratch: ['/tmp'],
    alive: { kind: 'http', port: ports.peerOperations, path: '/healthz' },
    // `/healthz` is well before the channel is loaded, and when it failed to load.
    ready: { kind: 'metric', port: ports.peerOperations, line: `ledger_blockchain_height{channel="${site.topology.channel}"}` },
    resources: { milliCpu: 500, memoryMiB: 384, memoryLimitMiB: 2048 },
  };
}

/** Undefined: the organisation runs no node of the ordering service. */
export function newOrdererWorkload(site: Site, organisation: Organisation, images: Images): Workload | undefined {
  const { ports, identities, tls, nodes } = organisation;
  if (nodes.orderer === undefined) return undefined;
  const material = new Material(site.topology, organisation);
  return {
    node: 'orderer',
    image: images.orderer,
    environment: FABRIC_ENVIRONMENT,
    ports: [
      { name: 'tls-grpc', port: ports.orderer, publish: 'members' },
      { name: 'admin', port: ports.ordererAdmin, publish: 'machine' },
      { name: 'operations', port: ports.ordererOperations, publish: 'machine' },
    ],
    mounts: [
      {
        name: 'config',
        folder: FOLDERS.config,
        files: [{ path: 'orderer.yaml', text: renderOrderer(organisation, newContainerOrderer(organisation)) }],
      },
      { name: 'msp', folder: FOLDERS.msp, files: material.identity(identities.orderer) },
      { name: 'tls', folder: FOLDERS.tls, files: material.tls(tls.orderer, TLS_FILES) },
    ],
    data: { folder: FOLDERS.data, gibibytes: 50 },
    scratch: ['/tmp'],
    alive: { kind: 'http', port: ports.ordererOperations, path: '/healthz' },
    ready: { kind: 'metric', port: ports.ordererOperations, line: `participation_status{channel="${site.topology.channel}"} 1` },
    resources: { milliCpu: 500, memoryMiB: 256, memoryLimitMiB: 2048 },
  };
}

export function newCaWorkload(site: Site, organisation: Organisation, images: Images): Workload {
  const material = new Material(site.topology, organisation);
  const files = Object.entries(renderCaConfiguration(site, organisation)).map(([path, text]) => ({ path, text }));
  const operations: WorkloadPort = { name: 'operations', port: CA_OPERATIONS_PORT, publish: 'nobody' };
  const healthy = { kind: 'http', port: CA_OPERATIONS_PORT, path: '/healthz' } as const;
  return {
    node: 'ca',
    image: images.ca,
    command: ['sh', `${CA_FOLDERS.config}/start.sh`],
    environment: {},
    ports: [{ name: 'https', port: organisation.ports.ca, publish: 'machine' }, operations],
    mounts: [
      { name: 'config', folder: CA_FOLDERS.config, files },
      { name: 'ca', folder: `${CA_FOLDERS.material}/ca`, files: material.authority(organisation.ca, 'ca') },
      { name: 'tlsca', folder: `${CA_FOLDERS.material}/tlsca`, files: material.authority(organisation.tlsCa, 'tlsca') },
    ],
    data: { folder: CA_FOLDERS.data, gibibytes: 1 },
    scratch: ['/tmp', CA_FOLDERS.run],
    alive: healthy,
    ready: healthy,
    resources: { milliCpu: 50, memoryMiB: 64, memoryLimitMiB: 256 },
  };
}
