import { join } from 'node:path';
import { loadTopology, type Organisation, type Topology } from '@medaccord/network';
import { readNodes } from '../../../../network/src/operations';
import { compareChains, openDeliverSource, verifySource, type Verification } from '../../../../network/src/verify';
import { TEST_LEDGER } from '../../../../network/test/support/test-ledger';
import { until, type CommandedNetwork } from './commanded-network';

const ROOT = join(__dirname, '../../../..');

export function topologyOf({ topologyFile, run, basePort }: CommandedNetwork): Topology {
  return loadTopology(topologyFile, { root: ROOT, runFolder: run, basePort, ledger: TEST_LEDGER });
}

/**
 * Every peer has as many blocks as every other; all peers of the devnet have at any time. An orderer that was away may learn of the last
 * blocks with the next transaction only.
 */
export async function untilLevel(topology: Topology): Promise<void> {
  await until('all peers have the same number of blocks', async () => {
    const peers = (await readNodes(topology)).filter(({ name }) => name.startsWith('peer-'));
    const heights = peers.map((node) => (node.kind === 'silent' ? undefined : node.height));
    return new Set(heights).size <= 1;
  });
}

/**
 * Proves the blocks that every peer has from a number on (hashes, orderers' signatures, commit hashes) and that they are the same ones: their
 * headers, their transactions' codes, and the hashes of all that was ever written. With `replay`, the first peer's codes are worked out anew.
 * Returns the number of blocks of the chain.
 */
export async function proveChains(topology: Topology, from = 0, replay = false): Promise<number> {
  const proofs: Verification[] = [];
  for (const [index, organisation] of topology.organisations.entries())
    proofs.push(await prove(topology, organisation, { from, replay: replay && index === 0, keepDigests: true }));
  const [first, ...others] = proofs as [Verification, ...Verification[]];
  expect(proofs.flatMap(({ findings }) => findings)).toEqual([]);
  for (const other of others)
    expect(compareChains(first, other)).toEqual({ same: first.digests.length, fork: undefined, ahead: undefined });
  expect(first.digests.every(({ commitHash }, index) => commitHash !== undefined || from + index === 0)).toBe(true);
  return (first.last?.number ?? -1) + 1;
}

async function prove(topology: Topology, organisation: Organisation, options: Parameters<typeof verifySource>[1]): Promise<Verification> {
  const source = openDeliverSource(topology, organisation);
  try {
    return await verifySource(source, options);
  } finally {
    source.close();
  }
}
