import { join } from 'node:path';
import type { CaNode, IdentityType, MspIdentity, NodeFolders, Organisation, OrganisationPorts, TlsIdentity } from './topology';
import type { TopologySpec } from './topology-spec';

interface OrganisationPlace {
  /** Of the machine that its processes run on, as they call it themselves. */
  readonly host: string;
  readonly firstPort: number;
  readonly folder: string;
  /** Name of the network. */
  readonly network: string;
  readonly domain: string;
}

const REGISTRAR = 'registrar';
const EVERYWHERE = '0.0.0.0';

/** Names every port, address, identity and file of one organisation. */
export function resolveOrganisation(
  spec: TopologySpec['organisations'][number],
  { host, firstPort, folder, network, domain }: OrganisationPlace,
): Organisation {
  const ports = allotPorts(firstPort);
  const outside = spec.host ?? host;
  const msp = join(folder, 'msp');
  const mspIdentity = newMspIdentity.bind(undefined, join(folder, 'identities'));
  const tlsIdentity = (id: string, type: IdentityType): TlsIdentity => {
    // Containers and machines of their own, then Kubernetes.
    const named = [`${id}.${spec.name}.${domain}`, `${id}.${network}-${spec.name}.svc.cluster.local`];
    const hosts = spec.host === undefined ? named : [...named, spec.host];
    return newTlsIdentity(join(folder, 'identities', id, 'tls'), { id, type, hosts });
  };
  return {
    name: spec.name,
    title: spec.title,
    mspId: spec.mspId,
    role: spec.role,
    isHere: true,
    host: outside,
    listens: outside === host ? host : EVERYWHERE,
    ports,
    endpoints: {
      peer: `${outside}:${String(ports.peer)}`,
      orderer: `${outside}:${String(ports.orderer)}`,
      ordererAdmin: `${host}:${String(ports.ordererAdmin)}`,
      ca: `http://${host}:${String(ports.ca)}`,
      chaincode: `${host}:${String(ports.chaincode)}`,
      gateway: spec.gateway ?? `http://${host}:${String(ports.gateway)}`,
    },
    folder,
    ca: newCaNode(`ca-${spec.name}`, join(folder, 'ca')),
    tlsCa: newCaNode(`tlsca-${spec.name}`, join(folder, 'tlsca')),
    msp: {
      folder: msp,
      caCertificate: join(msp, 'cacerts', 'ca.pem'),
      tlsCaCertificate: join(msp, 'tlscacerts', 'tlsca.pem'),
      config: join(msp, 'config.yaml'),
    },
    identities: {
      admin: mspIdentity('admin', 'admin'),
      peer: mspIdentity('peer', 'peer'),
      orderer: mspIdentity('orderer', 'orderer'),
      gateway: mspIdentity('gateway', 'client', { role: 'gateway' }),
    },
    tls: { peer: tlsIdentity('peer', 'peer'), orderer: tlsIdentity('orderer', 'orderer'), chaincode: tlsIdentity('chaincode', 'client') },
    nodes: {
      peer: newNodeFolders(join(folder, 'peer')),
      orderer: spec.orderer ? newNodeFolders(join(folder, 'orderer')) : undefined,
    },
    connection: join(folder, 'connection.json'),
    gatewayData: join(folder, 'gateway'),
  };
}

function allotPorts(first: number): OrganisationPorts {
  return {
    peer: first,
    ca: first + 1,
    chaincode: first + 2,
    gateway: first + 3,
    orderer: first + 4,
    ordererAdmin: first + 5,
    ordererOperations: first + 6,
    peerOperations: first + 7,
    peerChaincode: first + 8,
    chaincodeBeside: first + 9,
  };
}

function newNodeFolders(folder: string): NodeFolders {
  return { config: folder, data: join(folder, 'data') };
}

function newCaNode(name: string, folder: string): CaNode {
  return {
    name,
    folder,
    database: join(folder, 'ca.db'),
    certificate: join(folder, 'ca-cert.pem'),
    privateKey: join(folder, 'ca-key.pem'),
    registrar: { id: REGISTRAR, secretFile: join(folder, 'registrar-secret') },
  };
}

function newMspIdentity(
  identities: string,
  id: string,
  type: IdentityType,
  attributes: Readonly<Record<string, string>> = {},
): MspIdentity {
  const folder = join(identities, id, 'msp');
  return {
    id,
    type,
    attributes,
    folder,
    certificate: join(folder, 'signcerts', 'cert.pem'),
    privateKey: join(folder, 'keystore', 'key.pem'),
  };
}

function newTlsIdentity(folder: string, named: Pick<TlsIdentity, 'id' | 'type' | 'hosts'>): TlsIdentity {
  return {
    ...named,
    folder,
    certificate: join(folder, 'server.crt'),
    privateKey: join(folder, 'server.key'),
    rootCertificate: join(folder, 'ca.crt'),
  };
}
