import type { Topology } from '../../topology';

/** Images by tag: what runs tomorrow is what ran today. */
export interface Images {
  readonly peer: string;
  readonly orderer: string;
  readonly ca: string;
  /** The project's own, for chaincode and gateway: `network/deploy/Dockerfile`. */
  readonly node: string;
  readonly prometheus: string;
  readonly grafana: string;
  readonly exporter: string;
}

const FABRIC_CA = '1.5.21';
/** The line with long-term support. */
const PROMETHEUS = 'v3.13.1';
const GRAFANA = '13.1.1';
const NODE_EXPORTER = 'v1.11.1';

export function newImages({ fabric }: Topology, projectVersion: string): Images {
  return {
    peer: `hyperledger/fabric-peer:${fabric.version}`,
    orderer: `hyperledger/fabric-orderer:${fabric.version}`,
    ca: `hyperledger/fabric-ca:${FABRIC_CA}`,
    node: `medaccord:${projectVersion}`,
    prometheus: `prom/prometheus:${PROMETHEUS}`,
    grafana: `grafana/grafana:${GRAFANA}`,
    exporter: `prom/node-exporter:${NODE_EXPORTER}`,
  };
}
