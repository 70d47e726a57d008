import { attempt, blockHeaderHash, parseChannel } from '@medaccord/devnet/blocks';
import type { BlockDigest } from './block-digest';
import type { BlockSource } from './block-source';
import { ChainWalk, type HeldConfiguration, type WalkFacts, type WalkStart } from './chain-walk';
import type { Finding } from './finding';
import { openBlock, type OpenedBlock } from './opened-block';
import { VerifyError } from './verify-error';

export interface VerifyOptions {
  /** The first block to prove; those before it are taken as they are. */
  readonly from?: number;
  readonly replay?: boolean;
  readonly keepDigests?: boolean;
  readonly onFinding?: (finding: Finding) => void;
  /** After every block. */
  readonly onBlock?: (number: number) => void;
}

/** What one copy of a chain was proved to be. */
export interface Verification extends WalkFacts {
  readonly source: string;
  readonly findings: readonly Finding[];
  /** Empty unless they were to be kept. */
  readonly digests: readonly BlockDigest[];
}

/** Proves all blocks of a source. @throws VerifyError where they cannot be had */
export async function verifySource(source: BlockSource, options: VerifyOptions = {}): Promise<Verification> {
  const { from = 0, replay = false, keepDigests = false } = options;
  const findings: Finding[] = [];
  const onFinding = (finding: Finding): void => {
    findings.push(finding);
    options.onFinding?.(finding);
  };
  const start = from === 0 ? undefined : await findStart(source, from);
  const walk = new ChainWalk({ replay, keepDigests, start, onFinding });
  for await (const block of source.blocks(from)) {
    walk.take(block);
    options.onBlock?.(block.number);
  }
  return { source: source.name, findings, digests: walk.digests, ...walk.facts };
}

/** The block before and the configuration that it names are believed; where there is none before, the configuration that the first one names. */
async function findStart(source: BlockSource, from: number): Promise<WalkStart> {
  const before = await open(source, from - 1);
  const first = before ?? (await open(source, from));
  const pointer = first?.lastConfigs[0];
  if (first === undefined || pointer === undefined)
    throw noConfiguration(source, `${source.name} has no block ${from} that says under which configuration it was made`);
  const block = before === undefined && pointer === from ? first : await open(source, pointer);
  return { from, headerHash: before && blockHeaderHash(before), configuration: readConfiguration(source, pointer, block) };
}

async function open(source: BlockSource, number: number): Promise<OpenedBlock | undefined> {
  const bytes = await source.block(number);
  return bytes && attempt(() => openBlock(bytes));
}

function readConfiguration(source: BlockSource, number: number, block: OpenedBlock | undefined): HeldConfiguration {
  const item = block?.configItem;
  if (block?.number !== number || item === undefined)
    throw noConfiguration(source, `${source.name} does not have the configuration that held, block ${number}`);
  return { block: number, channel: parseChannel(item), item };
}

function noConfiguration(source: BlockSource, problem: string): VerifyError {
  return new VerifyError(
    'VERIFY_NO_CONFIGURATION',
    problem,
    `Prove the chain from block 0 on, or put that block beside the others: ${source.name}`,
  );
}
