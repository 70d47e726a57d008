import { listAddresses } from '../deployment';
import type { Topology } from '../topology';

/** Where each organisation is reached, a line each. */
export function formatAddresses(topology: Topology): string {
  const organisations = listAddresses(topology);
  const width = Math.max(...organisations.map(({ title }) => title.length));
  return organisations
    .map(({ title, gateway, peer, ca }) => `  ${title.padEnd(width)}  gateway ${gateway}  peer ${peer}  CA ${ca}`)
    .join('\n');
}
