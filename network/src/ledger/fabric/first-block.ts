import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { compareConfigurations } from '../../channel';
import type { Organisation, Topology } from '../../topology';
import type { FirstBlock } from '../ledger-engine';
import { FabricError } from './fabric-error';
import { genesisFile, hasChain, makeGenesis, readGenesis, writeGenesis } from './genesis';

/**
 * The channel's first block: as it is here, or made now.
 * @throws FabricError FABRIC_MEMBER_UNKNOWN, FABRIC_GENESIS_FAILED, FABRIC_GENESIS_MISSING
 */
export async function beginChannel(topology: Topology, configtxgen: string): Promise<FirstBlock> {
  const before = readGenesis(topology);
  if (before !== undefined) return { bytes: before, isNew: false };
  assertNoChain(topology);
  assertAllKnown(topology);
  const bytes = await makeGenesis(topology, configtxgen);
  writeGenesis(topology, bytes);
  return { bytes, isNew: true };
}

/** Another member's first block, and what it must be where the topology cannot tell. */
export interface OfferedBlock {
  readonly block: Uint8Array;
  /** SHA-256, hex; undefined: it must be what this machine would have made. */
  readonly digest: string | undefined;
}

/**
 * Takes another member's first block. It must be what this machine would have made itself: members and their authorities, addresses and certificates
 * of the orderers, policies, timers. For one who was no member then, its digest must be the one that he was told.
 * @throws FabricError FABRIC_GENESIS_DIFFERS with every difference, FABRIC_MEMBER_UNKNOWN, FABRIC_GENESIS_FAILED; ChannelError
 */
export async function acceptChannel(topology: Topology, configtxgen: string, { block, digest }: OfferedBlock): Promise<FirstBlock> {
  const before = readGenesis(topology);
  if (before !== undefined && Buffer.compare(before, block) === 0) return { bytes: before, isNew: false };
  if (before !== undefined) throw newOther(topology);
  assertNoChain(topology);
  if (digest === undefined) await assertOwnOpinion(topology, configtxgen, block);
  else assertDigest(block, digest);
  writeGenesis(topology, block);
  return { bytes: block, isNew: true };
}

async function assertOwnOpinion(topology: Topology, configtxgen: string, block: Uint8Array): Promise<void> {
  assertAllKnown(topology);
  const differences = compareConfigurations(await makeGenesis(topology, configtxgen), block);
  if (differences.length > 0)
    throw new FabricError(
      'FABRIC_GENESIS_DIFFERS',
      ['The block is another than this topology and the public parts that are here make:', ...differences].join('\n  '),
      'Compare the topology files, and with `members` the fingerprints; then one member makes the block anew. Who joins later names the digest (`--digest`).',
    );
}

function assertDigest(block: Uint8Array, digest: string): void {
  const found = createHash('sha256').update(block).digest('hex');
  if (found === digest.toLowerCase()) return;
  throw new FabricError('FABRIC_GENESIS_DIFFERS', `The digest of the block is ${found}, not ${digest}.`, 'Ask two members for theirs.');
}

/** Of each member there is what its part of the configuration is made of. */
function assertAllKnown({ organisations }: Topology): void {
  const unknown = organisations.filter((each) => !publicFiles(each).every(existsSync));
  if (unknown.length === 0) return;
  throw new FabricError(
    'FABRIC_MEMBER_UNKNOWN',
    `The public parts of ${unknown.map(({ title }) => title).join(', ')} are not on this machine.`,
    'Each member writes its own with `members export`; take them in with `members import FILE...`.',
  );
}

function publicFiles({ msp, nodes, identities, tls }: Organisation): string[] {
  const roots = [msp.caCertificate, msp.tlsCaCertificate, msp.config];
  return nodes.orderer === undefined ? roots : [...roots, identities.orderer.certificate, tls.orderer.certificate];
}

function assertNoChain(topology: Topology): void {
  if (!hasChain(topology)) return;
  throw new FabricError(
    'FABRIC_GENESIS_MISSING',
    `The orderer of this machine has the channel ${topology.channel}, but its first block is not in ${genesisFile(topology)}.`,
    'The next `up` gets it from the orderer.',
  );
}

function newOther(topology: Topology): FabricError {
  return new FabricError(
    'FABRIC_GENESIS_DIFFERS',
    `This machine has another first block of the channel ${topology.channel} already: ${genesisFile(topology)}.`,
    'Compare the digests with the other members (`channel show FILE`). If no orderer has used this one, remove the file and accept the other.',
  );
}
