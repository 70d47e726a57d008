import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  billedClaimOf,
  decideClaim,
  formatCanonical,
  parseBenefitPlan,
  type Accumulators,
  type AdjudicationDocument,
  type BenefitPlan,
  type ClaimBody,
  type ClaimFacts,
} from '@medaccord/chaincode/model';
import { assumedFacts } from '../claims';
import { nameOf, type DecidedClaim } from './decided-claim';
import { rerunCoverage, type Rerun } from './rerun-coverage';

const plan = parseBenefitPlan(JSON.parse(readFileSync(join(__dirname, '../../samples/demonstration-plan.json'), 'utf8')), 'plan');
/** 500.00 deductible then, 200.00 now; 20 % of a test beyond it. */
const draft: BenefitPlan = { ...plan, version: 2, deductible: 20_000 };
const year = 'year/2026-01-01';

/** A chain of adjudications of tests, as the plan decided them. */
class Chain {
  readonly decided: DecidedClaim[] = [];
  readonly bodies = new Map<string, ClaimBody>();
  used: Accumulators;

  constructor(used: Accumulators = {}) {
    this.used = used;
  }

  /** @param charge of a test for which the plan has no tariff */
  test(claimId: string, charge: number, more: { n?: number; manner?: 'rule' | 'person'; changed?: Partial<ClaimFacts> } = {}): void {
    const body = newBody(claimId, charge);
    const facts = assumedFacts(plan, billedClaimOf(body), more.changed);
    const before = this.used;
    const result = decideClaim(plan, { before, elsewhere: {} }, body, facts);
    this.used = result.accumulators;
    this.bodies.set(nameOf(body), body);
    const ruling = { facts, releases: [], result: formatCanonical(result), overrides: [], authorized: [] };
    this.#add(claimId, more.n ?? 1, { before, decided: ruling, manner: more.manner ?? 'rule' });
  }

  /** @param before what was used without the claim */
  takeBack(claimId: string, before: Accumulators): void {
    this.used = before;
    this.#add(claimId, 2, { before, decided: null, manner: 'rule' });
  }

  rerun(by: BenefitPlan = draft): Rerun[] {
    return [...rerunCoverage({ plan: by, published: new Map([[1, plan]]) }, this.decided, this.bodies)];
  }

  #add(claimId: string, n: number, more: Pick<AdjudicationDocument, 'before' | 'decided' | 'manner'>): void {
    const claim = { relationRef: 'r', claimId, use: 'claim' } as DecidedClaim['claim'];
    const entry = { relationRef: 'r', claimId, n, manner: more.manner, isOverridden: false } as DecidedClaim['entry'];
    const document = { planId: plan.planId, planVersion: 1, elsewhere: {}, ...more } as AdjudicationDocument;
    this.decided.push({ claim, entry, document });
  }
}

function newBody(claimId: string, charge: number): ClaimBody {
  const service = { system: 'http://snomed.info/sct', code: '73761001' };
  const records = [{ recordId: 'a', version: 1, type: 'Procedure', subjectSalt: 's' }];
  const line = { sequence: 1, service, day: '2026-03-09', units: 1, charge, records, item: { recordId: 'a', subjectSalt: 's' } };
  return {
    relationRef: 'r',
    claimId,
    use: 'claim',
    related: null,
    type: 'professional',
    currency: 'USD',
    lines: [line],
  } as unknown as ClaimBody;
}

/** Per claim what was paid, and what would be. */
function paid(reruns: readonly Rerun[]): (readonly [string, ...(number | string)[]])[] {
  return reruns.map((one) => {
    if (one.kind === 'rerun') return [one.claim.claimId, one.before.totals.benefit, one.after.totals.benefit];
    return one.kind === 'apart' ? [one.claim.claimId, one.reason, one.paid] : [one.claim.claimId, one.kind];
  });
}

describe('deciding a coverage again by a draft', () => {
  it('goes on from claim to claim with what the draft uses', () => {
    const chain = new Chain();
    chain.test('a', 30_000);
    chain.test('b', 30_000);
    // Then: 300.00 and 200.00 deductible, 80 % of 100.00. Now: 200.00 deductible, 80 % of 100.00, 80 % of 300.00.
    expect(paid(chain.rerun())).toEqual([
      ['a', 0, 8_000],
      ['b', 8_000, 24_000],
    ]);
  });

  it('begins with what was used before the period, as it was', () => {
    const chain = new Chain({ [`${year}/deductible`]: 15_000, [`${year}/outOfPocket`]: 15_000 });
    chain.test('a', 30_000);
    // Then 300.00 of the 350.00 that were left; now 50.00 are left: 80 % of 250.00.
    expect(paid(chain.rerun())).toEqual([['a', 0, 20_000]]);
  });

  it('gives back under the draft what the draft used when a claim is taken back', () => {
    const chain = new Chain();
    chain.test('a', 30_000);
    const { used } = chain;
    chain.test('b', 10_000);
    const alone = new Chain();
    alone.test('b', 10_000);
    chain.takeBack('a', alone.used);
    chain.test('c', 30_000);
    expect(used[`${year}/deductible`]).toBe(30_000);
    // b, now: 200.00 are used up by a, so 80 % of 100.00. c, then: 400.00 of the deductible are left; now all 200.00 of it.
    expect(paid(chain.rerun())).toEqual([
      ['b', 0, 8_000],
      ['a', 'reversed'],
      ['c', 0, 8_000],
    ]);
  });

  it('takes a claim as a person left it, and what it used at every place of the chain', () => {
    const chain = new Chain();
    chain.test('a', 600_000);
    chain.test('b', 30_000);
    const { used: afterB } = chain;
    chain.test('a', 600_000, { n: 2, manner: 'person', changed: { decisions: [{ line: 1, reason: 'own-rule', decision: 'clear' }] } });
    chain.test('c', 30_000);
    expect(afterB[`${year}/deductible`]).toBe(30_000);
    // a, by a person: the 200.00 that were left of the deductible, and 80 % of 5800.00. b, now: 80 % of 100.00. c: 80 % of 300.00 by both.
    expect(paid(chain.rerun())).toEqual([
      ['b', 0, 8_000],
      ['a', 'by-person', 464_000],
      ['c', 24_000, 24_000],
    ]);
  });

  it('decides as if the draft had been in force then', () => {
    const chain = new Chain();
    chain.test('a', 30_000);
    expect(paid(chain.rerun({ ...draft, period: { from: '2099-01-01', until: null } as never }))).toEqual([['a', 0, 8_000]]);
  });

  it('sets apart what it has no papers of, and what was billed in another currency', () => {
    const chain = new Chain();
    chain.test('a', 30_000);
    chain.test('b', 60_000);
    chain.bodies.delete('r/a');
    expect(paid(chain.rerun())).toEqual([
      ['a', 'papers-missing', 0],
      // a used 300.00 as it did: more than the draft's deductible, so that 80 % of 600.00 are paid.
      ['b', 32_000, 48_000],
    ]);
    expect(paid(chain.rerun({ ...draft, currency: 'EUR' }))).toContainEqual(['b', 'other-currency', 32_000]);
  });

  it('sets apart what reads evidence that nobody asked for', () => {
    const chain = new Chain();
    chain.test('a', 30_000);
    const asking = { id: 'more', services: { categories: ['diagnostics'] }, recordTypes: ['Observation'], otherwise: 'deny' } as const;
    expect(paid(chain.rerun({ ...draft, evidence: [asking] }))).toEqual([['a', 'evidence-not-asked', 0]]);
    expect(paid(chain.rerun({ ...draft, evidence: [] }))).toEqual([['a', 0, 8_000]]);
  });
});
