import type { Topology } from '../../topology';

/** How an ordering service of n nodes bears losses (fabric/common/policies/bft.go). */
export interface Quorum {
  readonly orderers: number;
  /** May be away or lie. */
  readonly dispensable: number;
  /** Must work together for a block. */
  readonly needed: number;
}

export function countQuorum({ organisations }: Topology): Quorum {
  const orderers = organisations.filter(({ nodes }) => nodes.orderer !== undefined).length;
  const dispensable = countDispensable(orderers);
  return { orderers, dispensable, needed: Math.ceil((orderers + dispensable + 1) / 2) };
}

/** Of n orderers f = (n - 1) / 3 may be away or lie. */
export function countDispensable(orderers: number): number {
  return Math.floor((orderers - 1) / 3);
}
