import { findValue, isConsenter, readMetrics } from '../../lifecycle';
import { listHere, type Topology } from '../../topology';
import type { NodeHeight } from '../ledger-engine';

/** How many blocks each orderer and each peer of this machine has, by its metrics: one question each. */
export async function readNodeHeights(topology: Topology): Promise<NodeHeight[]> {
  const { host, channel } = topology;
  const here = listHere(topology);
  const orderers = here.filter(({ nodes }) => nodes.orderer !== undefined);
  return Promise.all([
    ...orderers.map(async ({ name, ports }): Promise<NodeHeight> => {
      const samples = (await readMetrics(host, ports.ordererOperations)) ?? [];
      return { name: `orderer-${name}`, height: findHeight(samples, channel), decides: isConsenter(samples, channel) ?? true };
    }),
    ...here.map(async ({ name, ports }): Promise<NodeHeight> => {
      const samples = (await readMetrics(host, ports.peerOperations)) ?? [];
      return { name: `peer-${name}`, height: findHeight(samples, channel), decides: false };
    }),
  ]);
}

function findHeight(samples: Parameters<typeof findValue>[0], channel: string): number | undefined {
  return findValue(samples, 'ledger_blockchain_height', channel);
}
