import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLedger } from '../../src/ledger/open-ledger';
import { replay } from '../../src/ledger/replay';
import { METADATA, readBlock } from '../../src/proto/blocks';
import { equalBytes, hex, EMPTY } from '../../src/proto/bytes';
import type { CommittedBlock } from '../../src/store/ledger';
import { readRecordedBlocks } from './recorded-blocks';

const BLOCKS = 87;
const TRANSACTIONS_AFTER_GENESIS = 89;
const MEMBERS = ['NorthsideMSP', 'LakeviewMSP', 'UnityMSP', 'AuthorityMSP'];

const recorded = readRecordedBlocks();
const genesis = recorded[0]?.ordered ?? EMPTY;
const folders: string[] = [];

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'devnet-blocks-'));
  folders.push(folder);
  return folder;
}

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function verdictsOf(blocks: readonly CommittedBlock[]): readonly { codes: readonly number[]; commitHash: string }[] {
  return blocks.map(({ codes, commitHash }) => ({ codes, commitHash: hex(commitHash ?? EMPTY) }));
}

const expected = recorded.slice(1).map(({ codes, commitHash }) => ({ codes, commitHash }));

describe('the blocks of a real Fabric network', () => {
  it('are all there, with the codes that make them worth replaying', () => {
    expect(recorded).toHaveLength(BLOCKS);
    const codes = recorded.slice(1).flatMap((block) => block.codes);
    expect(codes).toHaveLength(TRANSACTIONS_AFTER_GENESIS);
    const counts = [0, 10, 11, 12].map((code) => codes.filter((other) => other === code).length);
    expect(counts).toEqual([71, 12, 3, 3]);
    expect(recorded.slice(1).every(({ commitHash }) => commitHash.length === 64)).toBe(true);
  });

  it('replay from block 0 to the recorded validation codes and commit hashes', () => {
    const found = replay(recorded.map(({ bytes }) => bytes));
    expect(found.codes).toEqual(recorded.map(({ codes }) => codes));
    expect(found.commitHashes.map((hash) => hex(hash ?? EMPTY))).toEqual(recorded.map(({ commitHash }) => commitHash));
  });

  it('are kept byte for byte as the peer of the network handed them out', () => {
    const ledger = openLedger({ folder: ':memory:', genesis, hostedMsps: [] });
    for (const { ordered } of recorded.slice(1)) ledger.commit(ordered);
    const differing = recorded.filter(({ number, bytes }) => !equalBytes(ledger.block(number) ?? EMPTY, bytes));
    expect(differing.map(({ number }) => number)).toEqual([]);
    expect(ledger.height).toBe(BLOCKS);
    ledger.close();
  });

  it('replay equally through files, closed and opened again after every tenth block', () => {
    const folder = newFolder();
    let ledger = openLedger({ folder, genesis, hostedMsps: MEMBERS });
    const committed: CommittedBlock[] = [];
    for (const { number, ordered } of recorded.slice(1)) {
      committed.push(ledger.commit(ordered));
      if (number % 10 !== 0) continue;
      ledger.close();
      ledger = openLedger({ folder, genesis: EMPTY, hostedMsps: MEMBERS });
    }
    expect(verdictsOf(committed)).toEqual(expected);
    expect(ledger.height).toBe(BLOCKS);
    ledger.close();
  });

  it('leave files that only their owner can read', () => {
    const folder = newFolder();
    openLedger({ folder, genesis, hostedMsps: ['UnityMSP'] }).close();
    const modes = ['chain.sqlite', 'peers/UnityMSP.sqlite'].map((file) => statSync(join(folder, file)).mode & 0o777);
    expect(modes).toEqual([0o600, 0o600]);
  });

  it('say where each transaction is, with its code', () => {
    const ledger = openLedger({ folder: ':memory:', genesis, hostedMsps: [] });
    const committed = recorded.slice(1).map(({ ordered }) => ledger.commit(ordered));
    const places = committed.flatMap(({ number, txIds, codes }) =>
      txIds.map((txId, index) => ({ txId, place: { block: number, index, code: codes[index] } })),
    );
    expect(places.map(({ txId }) => ledger.transaction(txId))).toEqual(places.map(({ place }) => place));
    expect(ledger.transaction('unknown')).toBeUndefined();
    ledger.close();
  });

  it('read as they were before a block for a snapshot taken before it', () => {
    const ledger = openLedger({ folder: ':memory:', genesis, hostedMsps: ['NorthsideMSP'] });
    const peer = ledger.peer('NorthsideMSP');
    for (const { ordered } of recorded.slice(1, 40)) ledger.commit(ordered);
    const snapshot = peer?.snapshot();
    const rows = () =>
      [...(snapshot?.state.range('golden', '', '') ?? [])].map(({ key, value, version }) => ({ key, value: hex(value), version }));
    const before = rows();
    for (const { ordered } of recorded.slice(40)) ledger.commit(ordered);
    expect(before.length).toBeGreaterThan(0);
    expect(rows()).toEqual(before);
    const now = peer?.snapshot();
    expect([...(now?.state.range('golden', '', '') ?? [])]).not.toHaveLength(before.length);
    snapshot?.release();
    now?.release();
    ledger.close();
  });

  it('show a peer that is held back an older height, which never goes back', () => {
    const ledger = openLedger({ folder: ':memory:', genesis, hostedMsps: ['NorthsideMSP', 'UnityMSP'] });
    for (const { ordered } of recorded.slice(1, 10)) ledger.commit(ordered);
    ledger.holdBack('UnityMSP', 3);
    const heights = recorded.slice(10, 15).map(({ ordered }) => {
      ledger.commit(ordered);
      return [ledger.height, ledger.peer('NorthsideMSP')?.height, ledger.peer('UnityMSP')?.height];
    });
    expect(heights).toEqual([
      [11, 11, 10],
      [12, 12, 10],
      [13, 13, 10],
      [14, 14, 11],
      [15, 15, 12],
    ]);
    ledger.holdBack('UnityMSP', 0);
    expect(ledger.peer('UnityMSP')?.height).toBe(15);
    ledger.close();
  });
});

describe('a block that does not continue the chain', () => {
  const ledger = openLedger({ folder: ':memory:', genesis, hostedMsps: [] });
  afterAll(() => {
    ledger.close();
  });
  const second = recorded[2]?.ordered ?? EMPTY;

  it('is refused, and nothing of it is kept', () => {
    expect(() => ledger.commit(second)).toThrow(expect.objectContaining({ code: 'DEVNET_BLOCK_REFUSED', block: 2 }) as Error);
    expect(ledger.height).toBe(1);
    expect(readBlock(ledger.block(0) ?? EMPTY).metadata[METADATA.transactionsFilter]).toEqual(Uint8Array.of(0));
  });
});
