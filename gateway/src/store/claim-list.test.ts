import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { acknowledgementKey, adjudicationKey, claimKey, epochMsOf, formatInstant } from '@medaccord/chaincode/model';
import type { LedgerBlock } from '../ledger/ledger';
import type { ClaimPage, ClaimPlace, ClaimQuery } from './claim-list';
import { Facts } from './facts';

const folder = mkdtempSync(join(tmpdir(), 'medaccord-claims-'));
const [relationRef, coverageId, other] = ['R', 'C', 'D'].map((one) => one.repeat(22)) as never[] as [never, never, never];
const hash = 'A'.repeat(43);
const by = { mspId: 'AlphaMSP', role: 'gateway', actor: hash };
const begin = epochMsOf('2026-03-01T08:00:00.000Z' as never);
const at = (minute: number): string => formatInstant(begin + minute * 60_000);
const idOf = (number: number): never => `${String(number).padStart(6, '0')}${'x'.repeat(16)}` as never;

let facts: Facts;

beforeEach(() => {
  facts = new Facts(join(mkdtempSync(join(folder, 'f-')), 'projection.sqlite'), 'GammaMSP');
});
afterEach(() => {
  facts.close();
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function apply(...writes: [string, object][]): void {
  const block: LedgerBlock = {
    number: facts.height,
    time: begin,
    transactions: [
      {
        index: 0,
        transactionId: `tx${String(facts.height)}`,
        code: 0,
        event: undefined,
        writes: writes.map(([key, value]) => ({ key, value: JSON.stringify(value) })),
      },
    ],
  };
  facts.apply(block);
}

const claim = (number: number, more: object = {}): [string, object] => [
  claimKey(relationRef, idOf(number)),
  {
    ...{ relationRef, claimId: idOf(number), use: 'claim', coverageId, related: null, hospital: 'AlphaMSP', insurer: 'GammaMSP' },
    ...{ body: hash, sealed: {}, tags: [hash], duplicates: [], by, submittedAt: at(number), acknowledgeBy: at(9e5), adjudicateBy: at(9e5) },
    ...more,
  },
];
const adjudication = (number: number, more: object): [string, object] => [
  adjudicationKey(relationRef, idOf(number)),
  {
    ...{ relationRef, claimId: idOf(number), n: 1, outcome: 'complete', document: hash, sealed: {}, explanation: hash, coverageVersion: 1 },
    ...{ isOverridden: false, manner: 'rule', status: 'final', by, persons: [], at: at(0) },
    ...more,
  },
];
const open = (number: number): [string, object] =>
  adjudication(number, {
    n: 0,
    outcome: null,
    document: null,
    explanation: null,
    coverageVersion: null,
    manner: null,
    status: 'open',
    by: null,
    at: null,
  });
const acknowledgement = (number: number, reason: string | null): [string, object] => [
  acknowledgementKey(relationRef, idOf(number)),
  { relationRef, claimId: idOf(number), outcome: reason === null ? 'received' : 'returned', reason, by, at: at(0) },
];

const numbers = (query: ClaimQuery, page: Partial<ClaimPage> = {}): number[] =>
  facts.claims.list(query, { order: 'submittedAt', most: 100, ...page }).claims.map(({ claimId }) => Number(claimId.slice(0, 6)));
const statusOf = (number: number): string | undefined => facts.claims.find(relationRef, idOf(number))?.status;
const work = (): readonly string[] =>
  facts.claims.listWorkOf(relationRef, coverageId).map((claimId) => String(Number(claimId.slice(0, 6))));

describe('the list of claims', () => {
  it('tells where each stands, and which of them wait for the agent', () => {
    apply(claim(1), open(1), claim(2), open(2), claim(3), open(3), claim(4), open(4));
    expect([statusOf(1), work()]).toEqual(['submitted', ['1', '2', '3', '4']]);
    apply(acknowledgement(1, null), acknowledgement(2, 'tag-mismatch'), acknowledgement(3, 'body-not-received'));
    expect([1, 2, 3].map(statusOf)).toEqual(['received', 'returned', 'returned']);
    expect(work()).toEqual(['1', '4']);
    // What came back because the body was not there can still arrive.
    expect(facts.claims.listWorkOf(relationRef, coverageId, 'lost')).toEqual([idOf(3)]);
    expect(facts.claims.listWork('lost')).toEqual([{ relationRef, coverageId }]);
    apply(adjudication(1, {}), adjudication(3, { outcome: 'partial' }), adjudication(4, { status: 'proposed' }));
    expect([1, 3, 4].map(statusOf)).toEqual(['complete', 'partial', 'proposed']);
    expect([work(), facts.claims.listWork(), facts.claims.listWork('lost')]).toEqual([[], [], []]);
  });

  it('has work for a claim that takes another back until that is done', () => {
    apply(claim(1), open(1), adjudication(1, {}));
    apply(claim(2, { related: { claimId: idOf(1), relationship: 'reversal' }, tags: [] }), open(2));
    expect([statusOf(2), work()]).toEqual(['submitted', ['2']]);
    apply(adjudication(1, { n: 2, outcome: 'reversed' }));
    expect([statusOf(1), statusOf(2), work()]).toEqual(['reversed', 'complete', []]);
  });

  it('knows nothing of claims between others', () => {
    apply(claim(1, { hospital: 'BetaMSP', insurer: 'DeltaMSP' }), open(1));
    expect(numbers({})).toEqual([]);
  });

  it('finds by status, time, hospital, coverage and flag, all at once', () => {
    apply(claim(1), claim(2, { duplicates: [0] }), claim(3, { coverageId: other }), claim(4, { hospital: 'BetaMSP', duplicates: [0] }));
    apply(open(1), open(2), open(3), open(4));
    apply(adjudication(2, { isOverridden: true }));
    expect(numbers({ status: 'submitted' })).toEqual([1, 3, 4]);
    expect(numbers({ coverageId: other })).toEqual([3]);
    expect(numbers({ hospital: 'BetaMSP' })).toEqual([4]);
    expect(numbers({ flag: 'duplicate' })).toEqual([2, 4]);
    expect(numbers({ flag: 'overridden', status: 'complete', hospital: 'AlphaMSP' })).toEqual([2]);
    expect(numbers({ from: at(2), until: at(4) })).toEqual([2, 3]);
    expect(numbers({ flag: 'duplicate', status: 'submitted' })).toEqual([4]);
    expect(numbers({}, { order: '-submittedAt' })).toEqual([4, 3, 2, 1]);
  });

  it('gives page after page, each claim once, whatever comes meanwhile', () => {
    for (let number = 1; number <= 25; number += 1) apply(claim(number), open(number));
    const seen: number[] = [];
    let after: ClaimPlace | undefined;
    do {
      const page = facts.claims.list({ insurer: 'GammaMSP' }, { order: '-submittedAt', after, most: 10 });
      seen.push(...page.claims.map(({ claimId }) => Number(claimId.slice(0, 6))));
      apply(claim(100 + seen.length), open(100 + seen.length));
      after = page.next;
    } while (after !== undefined);
    expect(seen).toEqual(Array.from({ length: 25 }, (_, place) => 25 - place));
  });

  it('looks at a bounded number of claims, and then says where to go on', () => {
    const writes = Array.from({ length: 4_500 }, (_, place) => claim(place + 1, { hospital: place === 4_499 ? 'BetaMSP' : 'AlphaMSP' }));
    apply(...writes);
    const query: ClaimQuery = { coverageId, hospital: 'BetaMSP' };
    const first = facts.claims.list(query, { order: 'submittedAt', most: 10 });
    expect([first.claims, first.next]).toEqual([[], { submitted: at(4_000), claimId: idOf(4_000) }]);
    const second = facts.claims.list(query, { order: 'submittedAt', after: first.next, most: 10 });
    expect([second.claims.length, second.next]).toEqual([1, undefined]);
  });
});
