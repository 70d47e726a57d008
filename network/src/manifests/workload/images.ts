import type { Topology } from '../../topology';

/** Images by tag: what runs tomorrow is what ran today. */
export interface Images {
  readonly peer: string;
  readonly orderer: string;
  readonly ca: string;
  /** The project's own, for chaincode and gateway: `network/deploy/Dockerfile`. */
  readonly node: string;
}

const FABRIC_CA = '1.5.21';

export function newImages({ fabric }: Topology, projectVersion: string): Images {
  return {
    peer: `hyperledger/fabric-peer:${fabric.version}`,
    orderer: `hyperledger/fabric-orderer:${fabric.version}`,
    ca: `hyperledger/fabric-ca:${FABRIC_CA}`,
    node: `medaccord:${projectVersion}`,
  };
}
