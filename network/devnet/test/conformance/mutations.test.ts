import { openLedger } from '../../src/ledger/open-ledger';
import { writeBlock } from '../../src/proto/blocks';
import { EMPTY, hex } from '../../src/proto/bytes';
import type { CommittedBlock } from '../../src/store/ledger';
import { MUTATIONS, type Mutation } from './mutation-rows';
import { chain, newReSignedRecording, type ReSignedRecording } from './re-signed-recording';
import { readRecordedBlocks } from './recorded-blocks';

const ROWS = 101;

const recorded = readRecordedBlocks();
let recording: ReSignedRecording;

beforeAll(async () => {
  recording = await newReSignedRecording();
});

/** Commits blocks 0..row.block, the last one with the row's items in place of its own. */
function commitMutated(row: Mutation): CommittedBlock {
  const blocks = recording.blocks.slice(0, row.block + 1);
  const items = blocks.map((block) => block.items);
  items[row.block] = row.items(recording);
  const [genesis, ...rest] = chain(blocks, items).map(writeBlock);
  const ledger = openLedger({ folder: ':memory:', genesis: genesis ?? EMPTY, hostedMsps: [] });
  try {
    return rest.map((block) => ledger.commit(block)).at(-1) as CommittedBlock;
  } finally {
    ledger.close();
  }
}

describe('the recording signed again', () => {
  it('replays to the codes and commit hashes of the recording: neither depends on who signs', () => {
    const [genesis, ...rest] = recording.blocks.map(writeBlock);
    const ledger = openLedger({ folder: ':memory:', genesis: genesis ?? EMPTY, hostedMsps: [] });
    const found = rest.map((block) => ledger.commit(block)).map(({ codes, commitHash }) => [codes, hex(commitHash ?? EMPTY)]);
    expect(found).toEqual(recorded.slice(1).map(({ codes, commitHash }) => [codes, commitHash]));
    ledger.close();
  });
});

describe('a changed block', () => {
  it('is tried in as many ways as are listed, each under its own name', () => {
    expect(MUTATIONS).toHaveLength(ROWS);
    expect(new Set(MUTATIONS.map(({ name }) => name)).size).toBe(ROWS);
  });

  it.each(MUTATIONS.map((row) => [row.name, row.codes.join(' '), row] as const))('%s: %s', (_name, _codes, row) => {
    const { codes, commitHash, explanations } = commitMutated(row);
    expect(codes).toEqual(row.codes);
    const isRecorded = hex(commitHash ?? EMPTY) === recorded[row.block]?.commitHash;
    if (row.sameUpdates !== undefined) expect(isRecorded).toBe(row.sameUpdates);
    expect([...explanations.keys()]).toEqual(codes.flatMap((code, index) => (code === 0 ? [] : [index])));
    if (row.explained !== undefined) expect([...explanations.values()].join('\n')).toMatch(row.explained);
  });
});
