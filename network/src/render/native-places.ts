import { join } from 'node:path';
import type { NodeFolders, Organisation, Topology } from '../topology';
import type { MemberPlace, OrdererPlace, PeerPlace } from './places';

/** A member of a network whose nodes are native processes, its peer and orderer where others reach them. */
export function newNativeMember({ host, ports, msp, identities, tls, nodes }: Organisation): MemberPlace {
  const orderer = { host, port: ports.orderer, identity: identities.orderer.certificate, tls: tls.orderer.certificate };
  return { msp: msp.folder, peer: { host, port: ports.peer }, orderer: nodes.orderer === undefined ? undefined : orderer };
}

export function newNativePeer({ host }: Topology, organisation: Organisation): PeerPlace {
  const { ports, identities, tls, nodes } = organisation;
  return {
    address: { host: organisation.host, port: ports.peer },
    listen: {
      host: organisation.listens,
      port: ports.peer,
      chaincode: { host, port: ports.peerChaincode },
      operations: { host, port: ports.peerOperations },
    },
    msp: identities.peer.folder,
    tls: tls.peer,
    data: nodes.peer.data,
    builder: builderFolder(nodes.peer),
  };
}

export function newNativeOrderer(
  { host }: Topology,
  { listens, ports, identities, tls }: Organisation,
  folders: NodeFolders,
): OrdererPlace {
  return {
    listen: {
      host: listens,
      port: ports.orderer,
      admin: { host, port: ports.ordererAdmin },
      operations: { host, port: ports.ordererOperations },
    },
    msp: identities.orderer.folder,
    tls: tls.orderer,
    data: folders.data,
  };
}

/** Where the external builder of a peer of this machine is. */
export function builderFolder({ config }: NodeFolders): string {
  return join(config, 'builder');
}

/** Where a peer of this machine finds how to reach its chaincode: see `BUILDER_SCRIPTS`. */
export function chaincodeConnectionFolder({ config }: NodeFolders): string {
  return join(config, 'chaincode');
}
