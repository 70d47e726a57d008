import type { GatewayFacts } from '../checks/gateways';
import type { Scene } from '../scene';
import { askHttp } from './ask-http';

export async function lookAtGateways({ topology }: Scene): Promise<GatewayFacts[]> {
  if (topology.gateway === undefined) return [];
  return Promise.all(
    topology.organisations.map(async ({ name, ports }) => {
      const url = `http://${topology.host}:${String(ports.gateway)}/readyz`;
      return { member: name, url, status: (await askHttp(url))?.status };
    }),
  );
}
