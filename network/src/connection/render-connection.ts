import type { MspIdentity, Organisation, Topology } from '../topology';
import type { ConnectedIdentity, ConnectedOrganisation, ConnectedPeer, ConnectionDocument } from './connection-document';

/** Name that every peer's TLS certificate carries, whatever the machine is called. */
const SERVER_NAME = 'localhost';

/** Renders the connection document of one organisation. Pure. */
export function renderConnection(topology: Topology, organisation: Organisation): ConnectionDocument {
  const others = topology.organisations.filter(({ mspId }) => mspId !== organisation.mspId);
  return {
    version: 1,
    network: topology.name,
    ledger: topology.ledger,
    channel: topology.channel,
    chaincode: topology.chaincode.name,
    organisation: describeOrganisation(organisation),
    members: topology.organisations.map((member) => ({ ...describeOrganisation(member), gateway: member.endpoints.gateway })),
    peers: [organisation, ...others].map(describePeer),
    certificateAuthority: {
      url: organisation.endpoints.ca,
      name: organisation.ca.name,
      certificate: organisation.msp.caCertificate,
      registrar: { ...organisation.ca.registrar },
    },
    identities: { admin: describeIdentity(organisation.identities.admin), gateway: describeIdentity(organisation.identities.gateway) },
    listen: { host: topology.host, port: organisation.ports.gateway },
    data: organisation.gatewayData,
  };
}

function describeOrganisation({ name, title, mspId, role }: Organisation): ConnectedOrganisation {
  return { name, title, mspId, role };
}

function describePeer({ mspId, endpoints, msp }: Organisation): ConnectedPeer {
  return { mspId, endpoint: endpoints.peer, serverName: SERVER_NAME, tlsRootCertificates: msp.tlsCaCertificate };
}

function describeIdentity({ certificate, privateKey }: MspIdentity): ConnectedIdentity {
  return { certificate, privateKey };
}
