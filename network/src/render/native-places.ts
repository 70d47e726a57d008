import { join } from 'node:path';
import type { NodeFolders, Organisation, Topology } from '../topology';
import type { MemberPlace, OrdererPlace, PeerPlace } from './places';

/** A member of a network whose nodes all run on this machine. */
export function newNativeMember({ host }: Topology, { ports, msp, identities, tls, nodes }: Organisation): MemberPlace {
  const orderer = { host, port: ports.orderer, identity: identities.orderer.certificate, tls: tls.orderer.certificate };
  return { msp: msp.folder, peer: { host, port: ports.peer }, orderer: nodes.orderer === undefined ? undefined : orderer };
}

export function newNativePeer({ host }: Topology, { ports, identities, tls, nodes }: Organisation): PeerPlace {
  const address = { host, port: ports.peer };
  return {
    address,
    listen: { ...address, chaincodePort: ports.peerChaincode, operations: { host, port: ports.peerOperations } },
    msp: identities.peer.folder,
    tls: tls.peer,
    data: nodes.peer.data,
    builder: builderFolder(nodes.peer),
  };
}

export function newNativeOrderer({ host }: Topology, { ports, identities, tls }: Organisation, folders: NodeFolders): OrdererPlace {
  return {
    listen: {
      host,
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
