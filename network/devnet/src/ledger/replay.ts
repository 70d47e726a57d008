import { METADATA, readBlock, withMetadata, writeBlock } from '../proto/blocks';
import { EMPTY } from '../proto/bytes';
import { BlockRefused } from '../committer/block-refused';
import { openLedger } from './open-ledger';

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
  let ledger: ReturnType<typeof openLedger> | undefined;
  for (const block of blocks) {
    const ordered = asOrdered(block);
    if (ledger === undefined) {
      if (readBlock(ordered).number !== 0) throw new BlockRefused(readBlock(ordered).number, 'block 0 is the next one');
      ledger = openLedger({ folder: ':memory:', genesis: ordered, hostedMsps: [] });
      codes.push([...(readBlock(ledger.block(0) ?? EMPTY).metadata[METADATA.transactionsFilter] ?? EMPTY)]);
      commitHashes.push(undefined);
      continue;
    }
    const committed = ledger.commit(ordered);
    codes.push(committed.codes);
    commitHashes.push(committed.commitHash);
  }
  ledger?.close();
  return { codes, commitHashes };
}

/** The block as its orderers made it: without validation codes and commit hash. */
export function asOrdered(block: Uint8Array): Uint8Array {
  const withoutCodes = withMetadata(readBlock(block), METADATA.transactionsFilter, EMPTY);
  return writeBlock(withMetadata(withoutCodes, METADATA.commitHash, EMPTY));
}
