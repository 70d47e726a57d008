import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { acknowledgementKey, adjudicationKey, claimKey, epochMsOf, formatInstant } from '@medaccord/chaincode/model';
import type { LedgerBlock } from '../ledger/ledger';
import { claimOrders, type ClaimOrder, type ClaimPage, type ClaimPlace } from './claim-list';
import { seekStatements } from './claim-places';
import { claimStatuses, claimTable, type OpenedContent, type ListedClaim } from './claim-row';
import type { ClaimQuery } from './claim-terms';
import { openDatabase } from './database';
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
    expect(numbers({ statuses: ['submitted'] })).toEqual([1, 3, 4]);
    expect(numbers({ coverageId: other })).toEqual([3]);
    expect(numbers({ hospital: 'BetaMSP' })).toEqual([4]);
    expect(numbers({ flag: 'duplicate' })).toEqual([2, 4]);
    expect(numbers({ flag: 'overridden', statuses: ['complete'], hospital: 'AlphaMSP' })).toEqual([2]);
    expect(numbers({ from: at(2), until: at(4) })).toEqual([2, 3]);
    expect(numbers({ flag: 'duplicate', statuses: ['submitted'] })).toEqual([4]);
    expect(numbers({}, { order: '-submittedAt' })).toEqual([4, 3, 2, 1]);
  });

  it('gives page after page, each claim once, whatever comes meanwhile', () => {
    for (let number = 1; number <= 25; number += 1) apply(claim(number), open(number));
    const seen: number[] = [];
    let start: ClaimPlace | undefined;
    do {
      const page = facts.claims.list({ insurer: 'GammaMSP' }, { order: '-submittedAt', start, most: 10 });
      seen.push(...page.claims.map(({ claimId }) => Number(claimId.slice(0, 6))));
      apply(claim(100 + seen.length), open(100 + seen.length));
      start = page.next;
    } while (start !== undefined);
    expect(seen).toEqual(Array.from({ length: 25 }, (_, place) => 25 - place));
  });

  it('leaps to the few that have all that is asked for, however many have a part of it', () => {
    const writes = Array.from({ length: 4_500 }, (_, place) => claim(place + 1, { hospital: place === 4_499 ? 'BetaMSP' : 'AlphaMSP' }));
    apply(...writes);
    const page = facts.claims.list({ coverageId, hospital: 'BetaMSP' }, { order: 'submittedAt', most: 10 });
    expect([page.claims.map(({ claimId }) => claimId), page.next]).toEqual([[idOf(4_500)], undefined]);
  });

  it('looks at a bounded number of claims, and then says where to go on', () => {
    const writes = Array.from({ length: 9_000 }, (_, place) => {
      return claim(
        place + 1,
        place === 8_999 ? { hospital: 'BetaMSP', duplicates: [0] } : place % 2 === 0 ? { hospital: 'BetaMSP' } : { duplicates: [0] },
      );
    });
    apply(...writes);
    const query: ClaimQuery = { flag: 'duplicate', hospital: 'BetaMSP' };
    const first = facts.claims.list(query, { order: 'submittedAt', most: 10 });
    expect([first.claims, first.next?.at]).toEqual([[], epochMsOf(at(8_000) as never)]);
    const second = facts.claims.list(query, { order: 'submittedAt', start: first.next, most: 10 });
    expect([second.claims.length, second.next]).toEqual([1, undefined]);
  });

  it('finds by what a body holds once it is opened, and whatever the ledger says later', () => {
    apply(claim(1), open(1), claim(2), open(2));
    expect(facts.claims.listUnopened().map(({ claimId }) => claimId)).toEqual([idOf(1), idOf(2)]);
    facts.claims.open([{ relationRef, claimId: idOf(2), amount: 12_916, currency: 'USD', services: ['s1', 's2'] }]);
    expect(facts.claims.listUnopened().map(({ claimId }) => claimId)).toEqual([idOf(1)]);
    expect(facts.claims.find(relationRef, idOf(2))).toMatchObject({ amount: 12_916, currency: 'USD' });
    apply(adjudication(2, {}));
    const all = { service: 's2', currency: 'USD', minAmount: 12_916, maxAmount: 12_916, statuses: ['complete' as const] };
    expect(numbers(all)).toEqual([2]);
    expect(numbers(all, { order: '-amount' })).toEqual([2]);
    for (const other of [
      { service: 's3' },
      { currency: 'EUR' },
      { minAmount: 12_917 },
      { maxAmount: 12_915 },
      { statuses: ['queued' as const] },
    ])
      expect(numbers({ ...all, ...other })).toEqual([]);
  });

  it('is told of bodies as a whole: of all or of none', () => {
    apply(claim(1), open(1), claim(2), open(2));
    const content = { relationRef, claimId: idOf(1), amount: 5, currency: 'USD', services: [] };
    expect(() => {
      facts.claims.open([content, { ...content, claimId: idOf(2), amount: 'x' as never }]);
    }).toThrow();
    expect([facts.claims.listUnopened().length, numbers({ currency: 'USD' })]).toEqual([2, []]);
  });

  it('forgets where a claim stood when it stands elsewhere', () => {
    apply(claim(1), open(1));
    expect(numbers({ statuses: ['submitted'] })).toEqual([1]);
    apply(acknowledgement(1, null));
    expect([numbers({ statuses: ['submitted'] }), numbers({ statuses: ['received'] })]).toEqual([[], [1]]);
  });

  describe('by whatever it is asked and ordered', () => {
    const random = newRandom(7);
    const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
    const hospitals = ['AlphaMSP', 'BetaMSP'];
    const currencies = ['USD', 'JPY'];
    const contents = new Map<string, OpenedContent>();

    beforeEach(() => {
      contents.clear();
      for (let number = 1; number <= 300; number += 1) {
        apply(
          claim(number, {
            ...{ hospital: pick(hospitals), coverageId: pick([coverageId, other]), submittedAt: at(Math.floor(random() * 90 * 1_440)) },
            ...(random() < 0.3 && { duplicates: [0] }),
          }),
          open(number),
        );
        if (random() < 0.7) apply(adjudication(number, { outcome: pick(['complete', 'partial', 'queued']), isOverridden: random() < 0.2 }));
        if (random() < 0.1) continue;
        const amount = Math.floor(10 ** (random() * 7));
        const services = ['a', 'b', 'c'].filter(() => random() < 0.4);
        const content = { relationRef, claimId: idOf(number), amount, currency: pick(currencies), services };
        contents.set(idOf(number), content);
        facts.claims.open([content]);
      }
    });

    it('gives, page after page, what a walk through all of them gives', () => {
      const all = facts.claims.list({}, { order: 'submittedAt', most: 1_000 }).claims;
      expect(all).toHaveLength(300);
      for (let round = 0; round < 150; round += 1) {
        const order = pick(claimOrders);
        const asked = newQuery(order);
        const expected = all.filter((one) => isAsked(one, asked)).sort(comparing(order));
        expect([asked, order, pagesOf(asked, order)]).toEqual([asked, order, expected.map(({ claimId }) => claimId)]);
      }
    });

    function newQuery(order: ClaimOrder): ClaimQuery {
      const maybe = <T>(value: T): T | undefined => (random() < 0.3 ? value : undefined);
      const [day, amount] = [Math.floor(random() * 90), Math.floor(10 ** (random() * 7))];
      const hasAmount = order.endsWith('amount') || random() < 0.4;
      return {
        hospital: maybe(pick(hospitals)),
        coverageId: maybe(coverageId as string),
        statuses: maybe([pick(claimStatuses), 'complete' as const]),
        flag: maybe(pick(['duplicate', 'overridden'] as const)),
        service: maybe(pick(['a', 'b', 'c'])),
        from: maybe(at(day * 1_440)),
        until: maybe(at((day + 20) * 1_440 + 7)),
        ...(hasAmount && { currency: pick(currencies), minAmount: maybe(amount), maxAmount: maybe(amount * 50) }),
      };
    }

    function isAsked(one: ListedClaim, query: ClaimQuery): boolean {
      const { hospital, statuses, flag, service, currency, minAmount = 0, maxAmount = Infinity, from = '', until = '~' } = query;
      const isMet = [
        hospital === undefined || one.hospital === hospital,
        query.coverageId === undefined || one.coverageId === query.coverageId,
        statuses === undefined || statuses.includes(one.status),
        flag === undefined || one.flags.includes(flag),
        service === undefined || contents.get(one.claimId)?.services.includes(service) === true,
        currency === undefined || one.currency === currency,
        currency === undefined || (minAmount <= (one.amount ?? -1) && (one.amount ?? -1) <= maxAmount),
        from <= one.submittedAt && one.submittedAt < until,
      ];
      return isMet.every(Boolean);
    }

    function comparing(order: ClaimOrder): (one: ListedClaim, other: ListedClaim) => number {
      const sign = order.startsWith('-') ? -1 : 1;
      const keysOf = ({ status, amount, submittedAt, number }: ListedClaim): number[] => [
        ...(order.endsWith('status') ? [claimStatuses.indexOf(status)] : []),
        order.endsWith('amount') ? (amount ?? 0) : epochMsOf(submittedAt as never),
        number,
      ];
      return (one, other) => {
        const mine = keysOf(one);
        const at = keysOf(other)
          .map((key, place) => (mine[place] ?? 0) - key)
          .find((difference) => difference !== 0);
        return sign * (at ?? 0);
      };
    }

    function pagesOf(query: ClaimQuery, order: ClaimOrder): readonly string[] {
      const seen: string[] = [];
      let start: ClaimPlace | undefined;
      do {
        const { claims, next } = facts.claims.list(query, { order, start, most: 7 });
        seen.push(...claims.map(({ claimId }) => claimId));
        start = next;
      } while (start !== undefined);
      return seen;
    }
  });

  it('leaps by the primary key, never by walking through a table or sorting', () => {
    const database = openDatabase(join(folder, `${randomUUID()}.sqlite`), [claimTable]);
    for (const sql of Object.values(seekStatements)) {
      const plan = database
        .prepare(`EXPLAIN QUERY PLAN ${sql}`)
        .all('time all', 0, 0)
        .map(({ detail }) => detail);
      expect(plan).toEqual([expect.stringMatching(/^SEARCH claim_term USING PRIMARY KEY \(term=\? AND \(at,number\)[<>]\(\?,\?\)\)$/)]);
    }
    database.close();
  });
});

/** The same numbers in each run. */
function newRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}
