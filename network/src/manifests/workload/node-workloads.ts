import type { Organisation } from '../../topology';
import { GATEWAY_DATA, renderContainerConnection } from './connection';
import type { Images } from './images';
import { Material } from './material';
import { FOLDERS, TLS_FILES } from './places';
import type { Site } from './site';
import type { Workload } from './workload';

/** Where the project's image has the two programs: `network/deploy/Dockerfile`. */
const PROJECT = '/srv/medaccord';
const CONFIG = '/etc/medaccord/config';

/** Which package the chaincode answers for is known when it has been installed: whoever deploys sets it. */
export const PACKAGE_ID_VARIABLE = 'CORE_CHAINCODE_ID';

/** The stock shim as a service; only who holds a certificate of the organisation's own TLS authority may talk to it. */
export function newChaincodeWorkload(site: Site, organisation: Organisation, images: Images): Workload {
  const { ports, tls, mspId } = organisation;
  const listening = { kind: 'tcp', port: ports.chaincode } as const;
  return {
    node: 'chaincode',
    image: images.node,
    command: ['node', `${PROJECT}/node_modules/fabric-shim/cli.js`, 'server', '--module-path', `${PROJECT}/chaincode`],
    environment: {
      CORE_CHAINCODE_ADDRESS: `0.0.0.0:${String(ports.chaincode)}`,
      CORE_CHAINCODE_TLS_CERT_FILE: `${FOLDERS.tls}/server.crt`,
      CORE_CHAINCODE_TLS_KEY_FILE: `${FOLDERS.tls}/server.key`,
      CORE_CHAINCODE_TLS_CLIENT_CACERT_FILE: `${FOLDERS.tls}/ca.crt`,
      CORE_PEER_LOCALMSPID: mspId,
      CORE_CHAINCODE_LOGGING_LEVEL: 'WARNING',
    },
    ports: [{ name: 'tls-grpc', port: ports.chaincode, publish: 'nobody' }],
    mounts: [{ name: 'tls', folder: FOLDERS.tls, files: new Material(site.topology, organisation).tls(tls.chaincode, TLS_FILES) }],
    scratch: ['/tmp'],
    alive: listening,
    ready: listening,
    resources: { milliCpu: 250, memoryMiB: 192, memoryLimitMiB: 512 },
  };
}

export function newGatewayWorkload(site: Site, organisation: Organisation, images: Images): Workload {
  const { ports, identities, ca } = organisation;
  const material = new Material(site.topology, organisation);
  return {
    node: 'gateway',
    image: images.node,
    command: ['node', `${PROJECT}/gateway/dist/main.js`],
    environment: {
      MEDACCORD_CONNECTION: `${CONFIG}/connection.json`,
      // Prometheus asks from the containers' network.
      MEDACCORD_METRICS_FROM: '127.0.0.0/8,::1,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fd00::/8',
      // The organisation's certificate authority answers with a certificate of the organisation's own TLS authority.
      NODE_EXTRA_CA_CERTS: `${FOLDERS.msp}/tlscacerts/tlsca.pem`,
    },
    ports: [{ name: 'http', port: ports.gateway, publish: 'machine' }],
    mounts: [
      { name: 'config', folder: CONFIG, files: [{ path: 'connection.json', text: renderContainerConnection(site, organisation) }] },
      { name: 'msp', folder: FOLDERS.msp, files: material.identity(identities.gateway) },
      { name: 'members', folder: FOLDERS.members, files: material.memberRoots() },
      { name: 'registrar', folder: FOLDERS.registrar, files: material.registrar(ca, 'ca') },
    ],
    data: { folder: GATEWAY_DATA, gibibytes: 20 },
    scratch: ['/tmp'],
    alive: { kind: 'http', port: ports.gateway, path: '/healthz' },
    ready: { kind: 'http', port: ports.gateway, path: '/readyz' },
    resources: { milliCpu: 250, memoryMiB: 256, memoryLimitMiB: 1024 },
  };
}
