import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLedger } from '../../src/ledger/open-ledger';
import { blockDataHash, blockHeaderHash, readBlock, writeBlock } from '../../src/proto/blocks';
import { EMPTY, sha256, text, utf8 } from '../../src/proto/bytes';
import { readEnvelope, readChannelHeader, readPayload } from '../../src/proto/envelopes';
import { readPrivateSets, writePrivateSets } from '../../src/proto/private-set';
import { writeKvSet } from '../../src/proto/rwset';
import type { CommittedBlock, Ledger } from '../../src/store/ledger';
import { openTransaction, renew, sealTransaction } from './editable-transaction';
import { newReSignedRecording, type ReSignedRecording } from './re-signed-recording';

/** Collection `strict` of the recording: Northside and Lakeview are members and endorse; block to live 4. */
const [NORTHSIDE, LAKEVIEW, UNITY] = ['NorthsideMSP', 'LakeviewMSP', 'UnityMSP'] as const;
const MEMBERS = [NORTHSIDE, LAKEVIEW];
const WRITES_STRICT = 77;
const BLOCK_TO_LIVE = 4;

let recording: ReSignedRecording;
const folders: string[] = [];

beforeAll(async () => {
  recording = await newReSignedRecording();
});

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'devnet-private-'));
  folders.push(folder);
  return folder;
}

/** A ledger at the height at which the recording begins to use its collections. */
function open(folder = ':memory:'): Ledger {
  const [genesis, ...rest] = recording.blocks.slice(0, 7).map(writeBlock);
  const ledger = openLedger({ folder, genesis: genesis ?? EMPTY, hostedMsps: [NORTHSIDE, LAKEVIEW, UNITY] });
  for (const block of rest) ledger.commit(block);
  return ledger;
}

interface PrivateTransaction {
  readonly item: Uint8Array;
  readonly txId: string;
  readonly sets: Uint8Array;
}

/** An endorsed transaction that writes one key of the collection; no value: it deletes, or purges. */
function write(value: string | undefined, isPurge = false): PrivateTransaction {
  const transaction = openTransaction(recording.blocks[WRITES_STRICT]?.items[0] ?? EMPTY, recording.signerOf);
  renew(transaction);
  const rwset = writeKvSet({ writes: [{ key: 'key', isDelete: value === undefined, value: utf8(value ?? '') }] });
  const golden = transaction.rwset.find(({ namespace }) => namespace === 'golden');
  const [collection] = golden?.collections ?? [];
  if (collection === undefined) throw new Error('the recorded transaction writes no collection');
  const valueHash = value === undefined ? EMPTY : sha256(utf8(value));
  collection.hashedWrites = [{ keyHash: sha256(utf8('key')), isDelete: value === undefined, isPurge, valueHash }];
  collection.pvtHash = sha256(rwset);
  const item = sealTransaction(transaction);
  const { txId } = readChannelHeader(readPayload(readEnvelope(item).payload).channelHeader);
  return { item, txId, sets: writePrivateSets([{ namespace: 'golden', collection: 'strict', rwset }]) };
}

function stage(ledger: Ledger, { txId, sets }: PrivateTransaction): void {
  for (const mspId of MEMBERS) ledger.peer(mspId)?.stage(txId, sets);
}

function commit(ledger: Ledger, ...items: readonly Uint8Array[]): CommittedBlock {
  const last = readBlock(ledger.block(ledger.height - 1) ?? EMPTY);
  const block = {
    number: ledger.height,
    previousHash: blockHeaderHash(last),
    dataHash: blockDataHash(items),
    items,
    metadata: last.metadata,
  };
  return ledger.commit(writeBlock({ ...block, metadata: recording.blocks[6]?.metadata ?? [] }));
}

/** A block that changes nothing: its one transaction is no transaction. */
function commitNothing(ledger: Ledger): void {
  commit(ledger, Uint8Array.of(0xff));
}

function plain(ledger: Ledger, mspId: string): string | undefined {
  const snapshot = ledger.peer(mspId)?.snapshot();
  const found = snapshot?.privates.get('golden', 'strict', 'key');
  snapshot?.release();
  return found && text(found.value);
}

function hasHash(ledger: Ledger): boolean {
  const snapshot = ledger.peer(UNITY)?.snapshot();
  const found = snapshot?.state.getHash('golden', 'strict', sha256(utf8('key')));
  snapshot?.release();
  return found !== undefined;
}

const seen = (ledger: Ledger): readonly unknown[] => [
  plain(ledger, NORTHSIDE),
  plain(ledger, LAKEVIEW),
  plain(ledger, UNITY),
  hasHash(ledger),
];
const setsOf = (ledger: Ledger, mspId: string, block: number): number =>
  [...(ledger.peer(mspId)?.privateDataOf(block).values() ?? [])].flatMap(readPrivateSets).length;

describe('a private value', () => {
  it('is in the files of its members, and its hash is everywhere', () => {
    const ledger = open();
    const transaction = write('secret');
    stage(ledger, transaction);
    expect(commit(ledger, transaction.item).codes).toEqual([0]);
    expect(seen(ledger)).toEqual(['secret', 'secret', undefined, true]);
    expect([NORTHSIDE, UNITY].map((mspId) => setsOf(ledger, mspId, ledger.height - 1))).toEqual([1, 0]);
    ledger.close();
  });

  it('that nobody staged leaves its hash alone', () => {
    const ledger = open();
    expect(commit(ledger, write('secret').item).codes).toEqual([0]);
    expect(seen(ledger)).toEqual([undefined, undefined, undefined, true]);
    ledger.close();
  });

  it('lives for its blocks and goes with the next one, hash and set too', () => {
    const ledger = open();
    const transaction = write('secret');
    stage(ledger, transaction);
    const { number } = commit(ledger, transaction.item);
    for (let count = 0; count < BLOCK_TO_LIVE; count++) commitNothing(ledger);
    expect(seen(ledger)).toEqual(['secret', 'secret', undefined, true]);
    commitNothing(ledger);
    expect(seen(ledger)).toEqual([undefined, undefined, undefined, false]);
    expect(setsOf(ledger, NORTHSIDE, number)).toBe(0);
    ledger.close();
  });

  it('lives on when it was written again, also by the block that would have removed it', () => {
    for (const pause of [1, BLOCK_TO_LIVE]) {
      const ledger = open();
      const [first, second] = [write('first'), write('second')];
      stage(ledger, first);
      stage(ledger, second);
      commit(ledger, first.item);
      for (let count = 0; count < pause; count++) commitNothing(ledger);
      commit(ledger, second.item);
      for (let count = 0; count < BLOCK_TO_LIVE; count++) commitNothing(ledger);
      expect(seen(ledger)).toEqual(['second', 'second', undefined, true]);
      commitNothing(ledger);
      expect(seen(ledger)).toEqual([undefined, undefined, undefined, false]);
      ledger.close();
    }
  });

  it('is deleted with its hash, and purged with its set', () => {
    const ledger = open();
    const transaction = write('secret');
    stage(ledger, transaction);
    const { number } = commit(ledger, transaction.item);
    commit(ledger, write(undefined).item);
    expect([seen(ledger), setsOf(ledger, NORTHSIDE, number)]).toEqual([[undefined, undefined, undefined, false], 1]);
    commit(ledger, write(undefined, true).item);
    const kept = ledger.peer(NORTHSIDE)?.privateDataOf(number).get(0) ?? EMPTY;
    expect(Buffer.from(kept).includes('secret')).toBe(false);
    ledger.close();
  });
});

describe('a process that ends between the chain and a peer', () => {
  it('leaves the peer behind, and the next one brings it up to the chain', () => {
    const folder = newFolder();
    const file = join(folder, 'peers', `${NORTHSIDE}.sqlite`);
    const ledger = open(folder);
    const transaction = write('secret');
    stage(ledger, transaction);
    ledger.close();
    copyFileSync(file, join(folder, 'before'));
    const again = openLedger({ folder, genesis: EMPTY, hostedMsps: MEMBERS });
    commit(again, transaction.item);
    again.close();
    copyFileSync(join(folder, 'before'), file);
    const recovered = openLedger({ folder, genesis: EMPTY, hostedMsps: MEMBERS });
    expect([plain(recovered, NORTHSIDE), plain(recovered, LAKEVIEW)]).toEqual(['secret', 'secret']);
    commitNothing(recovered);
    expect(plain(recovered, NORTHSIDE)).toBe('secret');
    recovered.close();
  });

  it('never leaves a peer ahead of the chain: such files are refused', () => {
    const folder = newFolder();
    const ledger = open(folder);
    const transaction = write('secret');
    stage(ledger, transaction);
    commit(ledger, transaction.item);
    ledger.close();
    const other = newFolder();
    const [genesis] = recording.blocks.map(writeBlock);
    openLedger({ folder: other, genesis: genesis ?? EMPTY, hostedMsps: [] }).close();
    copyFileSync(join(other, 'chain.sqlite'), join(folder, 'chain.sqlite'));
    const refusal = expect.objectContaining({ code: 'DEVNET_STORE_REFUSED' }) as Error;
    expect(() => openLedger({ folder, genesis: EMPTY, hostedMsps: [NORTHSIDE] })).toThrow(refusal);
  });
});
