import { BlockRefused } from '../committer/block-refused';
import { CODE } from '../committer/validation-code';
import { METADATA, blockHeaderHash, readBlock, withMetadata, writeBlock, type Block } from '../proto/blocks';
import { EMPTY, equalBytes } from '../proto/bytes';
import { ChainState, type Outcome } from './chain-state';

/** What a replay found, by block number: validation codes of the transactions, and the commit hash (block 0 has none). */
export interface Replay {
  readonly codes: readonly (readonly number[])[];
  readonly commitHashes: readonly (Uint8Array | undefined)[];
}

/**
 * Judges a chain from its block 0 by the transactions alone: what its blocks say of codes and commit hashes is taken out first.
 * @param blocks serialized common.Block, in order from block 0
 * @throws BlockRefused for blocks that make no chain
 */
export function replay(blocks: Iterable<Uint8Array>): Replay {
  const codes: (readonly number[])[] = [];
  const commitHashes: (Uint8Array | undefined)[] = [];
  let state: ChainState | undefined;
  let headerHash = EMPTY;
  for (const bytes of blocks) {
    const block = readBlock(asOrdered(bytes));
    if (state === undefined && block.number !== 0) throw new BlockRefused(block.number, 'block 0 is the next one');
    if (!equalBytes(block.previousHash, headerHash))
      throw new BlockRefused(block.number, 'its previous hash is not the hash of the last block');
    const isFirst = state === undefined;
    state ??= new ChainState(block);
    const outcome = isFirst ? { codes: [CODE.valid], commitHash: undefined } : commit(state, block);
    codes.push(outcome.codes);
    commitHashes.push(outcome.commitHash);
    headerHash = blockHeaderHash(block);
  }
  return { codes, commitHashes };
}

function commit(state: ChainState, block: Block): Outcome {
  const outcome = state.judge(block);
  outcome.keep();
  return outcome;
}

/** The block as its orderers made it: without validation codes and commit hash. */
export function asOrdered(block: Uint8Array): Uint8Array {
  const withoutCodes = withMetadata(readBlock(block), METADATA.transactionsFilter, EMPTY);
  return writeBlock(withMetadata(withoutCodes, METADATA.commitHash, EMPTY));
}
