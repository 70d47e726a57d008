import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { acknowledgementKey, adjudicationKey, claimKey } from '@medaccord/chaincode/model';
import type { LedgerEvent } from '../ledger/ledger';
import { Facts } from './facts';

const folder = mkdtempSync(join(tmpdir(), 'medaccord-events-'));
const [relationRef, coverageId, claimId] = ['R', 'C', 'x'].map((one) => one.repeat(22)) as never[] as [never, never, never];
const hash = 'A'.repeat(43);
const by = { mspId: 'AlphaMSP', role: 'gateway', actor: hash };
const at = '2026-03-01T08:00:00.000Z';

let facts: Facts;

beforeEach(() => {
  facts = new Facts(join(mkdtempSync(join(folder, 'f-')), 'projection.sqlite'), 'AlphaMSP');
});
afterEach(() => {
  facts.close();
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function apply(writes: readonly [string, object][], event?: LedgerEvent): void {
  const entries = writes.map(([key, value]) => ({ key, value: JSON.stringify(value) }));
  const transaction = { index: 0, transactionId: `tx${String(facts.height)}`, code: 0, event, writes: entries };
  facts.apply({ number: facts.height, time: Date.parse(at), transactions: [transaction] });
}

const claim = (more: object = {}): [string, object] => [
  claimKey(relationRef, claimId),
  {
    ...{ relationRef, claimId, use: 'claim', coverageId, related: null, hospital: 'AlphaMSP', insurer: 'GammaMSP', body: hash, sealed: {} },
    ...{ tags: [hash], duplicates: [], by, submittedAt: at, acknowledgeBy: at, adjudicateBy: at },
    ...more,
  },
];
const acknowledgement = (reason: string | null): [string, object] => [
  acknowledgementKey(relationRef, claimId),
  { relationRef, claimId, outcome: reason === null ? 'received' : 'returned', reason, by, at },
];
const adjudication = (more: object = {}): [string, object] => [
  adjudicationKey(relationRef, claimId),
  {
    ...{ relationRef, claimId, n: 1, outcome: 'complete', document: hash, sealed: {}, explanation: hash, coverageVersion: 1 },
    ...{ isOverridden: false, manner: 'person', status: 'final', by, persons: [], at },
    ...more,
  },
];
const stored = (...keys: readonly unknown[]): LedgerEvent => ({ name: 'SealedStored', payload: JSON.stringify({ keys }) });
const told = (): unknown[] =>
  facts.claimEvents.list({ block: 0, place: 0 }, 100).map(({ block, place, kind, status, more }) => [block, place, kind, status, more]);

describe('events of claims', () => {
  it('tell what changed, and nothing when the same is written again', () => {
    apply([claim(), adjudication({ n: 0, outcome: null, document: null, status: 'open' })]);
    for (const reason of ['body-not-received', 'body-not-received', null, null]) apply([acknowledgement(reason)]);
    apply([adjudication({ status: 'proposed' })]);
    apply([adjudication()]);
    apply([adjudication({ settled: { n: 1, number: 7 } })]);
    apply([adjudication({ settled: { n: 1, number: 7 } })]);
    expect(told()).toEqual([
      [0, 1, 'submitted', 'submitted', { use: 'claim' }],
      [1, 1, 'acknowledged', 'returned', { outcome: 'returned', reason: 'body-not-received' }],
      [3, 1, 'acknowledged', 'received', { outcome: 'received', reason: null }],
      [5, 1, 'adjudicated', 'proposed', { n: 1, outcome: 'complete', isFinal: false }],
      [6, 1, 'adjudicated', 'complete', { n: 1, outcome: 'complete', isFinal: true }],
      [7, 1, 'settled', 'complete', { n: 1, statement: 7 }],
    ]);
  });

  it('have a place each, also within a block, and are read from any place on', () => {
    apply(
      [claim(), adjudication({ settled: { n: 1, number: 7 } })],
      stored(
        { kind: 'explanation', ref: relationRef, id: `${String(claimId)}.1` },
        { kind: 'adjudication', ref: relationRef, id: `${String(claimId)}.1` },
      ),
    );
    expect(told()).toEqual([
      [0, 1, 'submitted', 'submitted', expect.anything()],
      [0, 2, 'adjudicated', 'complete', expect.anything()],
      [0, 3, 'settled', 'complete', expect.anything()],
      [0, 4, 'documented', 'complete', { n: 1 }],
    ]);
    expect(facts.claimEvents.list({ block: 0, place: 2 }, 1)).toMatchObject([{ kind: 'settled' }]);
    expect(facts.claimEvents.list(facts.claimEvents.end, 1)).toEqual([]);
  });

  it('are of the claims of this hospital alone, and not of what is none', () => {
    apply([claim({ hospital: 'BetaMSP' })]);
    const payloads = [
      ...[{ kind: 'adjudication', ref: relationRef, id: `${String(claimId)}.1` }, { kind: 'claim' }, null, 7],
      ...[
        { kind: 'adjudication', ref: 7, id: {} },
        { kind: 'adjudication', ref: relationRef, id: 'y'.repeat(22) },
      ],
    ];
    for (const payload of payloads) apply([], stored(payload));
    for (const payload of ['no JSON', 'null', '7', '{"keys":7}']) apply([], { name: 'SealedStored', payload });
    expect(told()).toEqual([]);
  });
});
