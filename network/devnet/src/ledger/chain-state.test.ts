import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { METADATA, readBlock } from '../proto/blocks';
import { EMPTY, asBytes, hex } from '../proto/bytes';
import { ChainState } from './chain-state';

const FOLDER = join(__dirname, '../../test/data/fabric-golden/blocks');
const [genesis, ...blocks] = readdirSync(FOLDER)
  .sort()
  .map((file) => readBlock(asBytes(readFileSync(join(FOLDER, file)))));

const codesOf = (metadata: readonly Uint8Array[]): Uint8Array => metadata[METADATA.transactionsFilter] ?? EMPTY;
/** What follows the tag and length of common.Metadata's only field. */
const commitHashOf = (metadata: readonly Uint8Array[]): string => hex((metadata[METADATA.commitHash] ?? EMPTY).subarray(2));

function newState(): ChainState {
  if (genesis === undefined) throw new Error('the recording has a block 0');
  return new ChainState(genesis);
}

describe('the state of a recorded chain', () => {
  it('leads to the recorded commit hashes when the recorded codes are taken', () => {
    const state = newState();
    const hashes = blocks.map((block) => {
      const outcome = state.follow(block, codesOf(block.metadata));
      outcome.keep();
      return hex(outcome.commitHash ?? EMPTY);
    });
    expect(hashes).toEqual(blocks.map(({ metadata }) => commitHashOf(metadata)));
  });

  it('stays as it is until an outcome is kept: the same block can be followed and judged', () => {
    const state = newState();
    for (const block of blocks.slice(0, 20)) state.judge(block).keep();
    const next = blocks[20];
    if (next === undefined) throw new Error('the recording has a block 21');
    const taken = state.follow(next, Uint8Array.of(10));
    const judged = state.judge(next);
    expect([taken.codes, judged.codes]).toEqual([[10], [0]]);
    expect(hex(judged.commitHash ?? EMPTY)).toBe(commitHashOf(next.metadata));
    expect(hex(taken.commitHash ?? EMPTY)).not.toBe(commitHashOf(next.metadata));
    expect(state.height).toBe(21);
  });

  it('says why a transaction is invalid', () => {
    const state = newState();
    const explained = blocks.flatMap((block) => {
      const outcome = state.judge(block);
      outcome.keep();
      return outcome.codes.flatMap((code, index) => (code === 0 ? [] : [outcome.explanations.get(index)]));
    });
    expect(explained).toHaveLength(18);
    expect(explained.every((text) => text !== undefined && text !== '')).toBe(true);
  });

  it('refuses a block that is not the next one, and one whose transactions are not those of its header', () => {
    const state = newState();
    const [first, second] = blocks;
    if (first === undefined || second === undefined) throw new Error('the recording has blocks');
    expect(() => state.judge(second)).toThrow('block 1 is the next one');
    expect(() => state.follow({ ...first, items: second.items }, Uint8Array.of(0))).toThrow('data hash');
  });
});
