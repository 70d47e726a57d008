import { relative } from 'node:path';
import type { MemberPlace, OrdererPlace, PeerPlace } from '../../render';
import type { Organisation } from '../../topology';
import type { Site } from './site';

/** Folders inside the containers. The first two are volumes of the official images: left alone, each would get one of its own. */
export const FOLDERS = {
  config: '/etc/hyperledger/fabric',
  data: '/var/hyperledger',
  msp: '/etc/medaccord/msp',
  tls: '/etc/medaccord/tls',
  builder: '/etc/medaccord/builder',
  chaincode: '/etc/medaccord/chaincode',
  members: '/etc/medaccord/members',
  registrar: '/etc/medaccord/registrar',
} as const;

export const TLS_FILES = ['server.crt', 'server.key', 'ca.crt'] as const;

/** Folder beside `configtx.yaml` that holds the material of all members. */
const MATERIAL = 'organisations';
const EVERYWHERE = '0.0.0.0';

const tls = {
  certificate: `${FOLDERS.tls}/server.crt`,
  privateKey: `${FOLDERS.tls}/server.key`,
  rootCertificate: `${FOLDERS.tls}/ca.crt`,
};

/** A container has an address of its own, so it listens on all of them; ports are those of the topology, wherever the node runs. */
export function newContainerPeer(site: Site, organisation: Organisation): PeerPlace {
  const { ports } = organisation;
  return {
    address: { host: site.hostOf(organisation, 'peer'), port: ports.peer },
    listen: {
      host: EVERYWHERE,
      port: ports.peer,
      chaincode: { host: EVERYWHERE, port: ports.peerChaincode },
      operations: { host: EVERYWHERE, port: ports.peerOperations },
    },
    msp: FOLDERS.msp,
    tls,
    data: `${FOLDERS.data}/production`,
    builder: FOLDERS.builder,
  };
}

export function newContainerOrderer({ ports }: Organisation): OrdererPlace {
  return {
    listen: {
      host: EVERYWHERE,
      port: ports.orderer,
      admin: { host: EVERYWHERE, port: ports.ordererAdmin },
      operations: { host: EVERYWHERE, port: ports.ordererOperations },
    },
    msp: FOLDERS.msp,
    tls,
    data: `${FOLDERS.data}/production`,
  };
}

/** As the channel's configuration names a member; its files are beside `configtx.yaml`. */
export function newContainerMember(site: Site, organisation: Organisation): MemberPlace {
  const { ports, msp, identities, nodes, tls: servers } = organisation;
  const beside = (file: string): string => `${MATERIAL}/${relative(site.topology.paths.organisations, file)}`;
  const orderer = {
    host: site.hostOf(organisation, 'orderer'),
    port: ports.orderer,
    identity: beside(identities.orderer.certificate),
    tls: beside(servers.orderer.certificate),
  };
  return {
    msp: beside(msp.folder),
    peer: { host: site.hostOf(organisation, 'peer'), port: ports.peer },
    orderer: nodes.orderer === undefined ? undefined : orderer,
  };
}
