import fc from 'fast-check';
import { questionOfClaim } from '../../../test/support/claim-vectors';
import { secondAdjudication } from '../../../test/support/second-adjudication';
import { formatCanonical } from '../encoding/canonical-json';
import { addAccumulators, subtractAccumulators, type Accumulators } from './accumulators';
import { adjudicate } from './adjudicate';
import type { Adjudication } from './adjudication';

const RUNS = 150;
const code = (name: string): object => ({ system: 'urn:s', code: name });
const names = ['visit', 'call', 'surgery', 'scan', 'whole', 'part', 'addon', 'infusion'] as const;
const money = fc.oneof(fc.nat(200), fc.nat(60_000), fc.constant(0));
const orNull = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { nil: null });
const basisPoints = fc.constantFrom(0, 1, 2000, 3333, 5000, 10_000);
const share = fc.record({ deductible: fc.boolean(), copay: fc.oneof(fc.constant(0), fc.nat(3000)), coinsurance: basisPoints });
const services = fc.oneof(
  fc.uniqueArray(fc.constantFrom(...names), { minLength: 1, maxLength: 3 }).map((codes) => ({ codes: codes.map(code) })),
  fc.uniqueArray(fc.constantFrom('one', 'two', 'three'), { minLength: 1, maxLength: 2 }).map((categories) => ({ categories })),
);
const withIds = <T extends object>(arbitrary: fc.Arbitrary<T>, most: number): fc.Arbitrary<object[]> =>
  fc.array(arbitrary, { maxLength: most }).map((all) => all.map((one, at) => ({ id: `n${String(at)}`, ...one })));
const effect = fc.constantFrom('deny', 'review');

const categoryRows = [
  ['one', ['visit', 'call']],
  ['two', ['surgery', 'scan', 'whole', 'part']],
  ['three', ['addon', 'infusion']],
] as const;
const categories = fc.tuple(
  ...categoryRows.map(([id, codes]) =>
    fc.record({ inNetwork: share, outOfNetwork: orNull(share), yearLimit: orNull(money) }).map((money) => ({
      id,
      title: id,
      benefitCategory: '1',
      services: { codes: codes.map(code) },
      ...money,
    })),
  ),
);

const plan = fc
  .record({
    rounding: fc.constantFrom('down', 'half-even', 'half-up', 'up'),
    deductible: money,
    outOfPocket: orNull(money),
    yearLimit: orNull(money),
    coordination: fc.constantFrom('standard', 'non-duplication'),
    yearBegins: fc.constantFrom('01-01', '03-10'),
    untariffed: fc.record({ inNetwork: basisPoints, outOfNetwork: basisPoints }),
    categories,
    tariff: orNull(money),
    bundles: fc.constantFrom([], [{ id: 'b', whole: code('whole'), part: code('part') }]),
    companions: fc.constantFrom([], [{ id: 'c', service: code('addon'), needs: [code('surgery'), code('scan')] }]),
    quantities: withIds(fc.record({ services, per: fc.constantFrom('day', 'year'), maximum: fc.nat(6), over: effect }), 2),
    exclusions: withIds(fc.record({ title: fc.constant('X'), services }), 1),
    rules: withIds(fc.record({ title: fc.constant('R'), services, when: money.map((chargeOver) => ({ chargeOver })), then: effect }), 1),
  })
  .map(({ outOfPocket, tariff, ...rest }) => ({
    ...rest,
    outOfPocketMaximum: outOfPocket === null ? null : rest.deductible + outOfPocket,
    tariffs: tariff === null ? [] : [{ service: code('scan'), unit: null, inNetwork: tariff, outOfNetwork: null }],
  }));

const line = fc.record({
  service: fc.constantFrom(...names).map(code),
  day: fc.constantFrom('2026-03-09', '2026-03-10', '2026-03-11'),
  units: fc.integer({ min: 1, max: 4 }),
  charge: money,
  prior: fc.integer({ min: 0, max: 100 }),
  authorization: fc.constantFrom('A1', 'none'),
});
const lines = fc.array(line, { minLength: 1, maxLength: 7 });
const facts = fc.record({ isInNetwork: fc.boolean(), order: fc.constantFrom('primary', 'secondary') });

type Sample<A> = A extends fc.Arbitrary<infer T> ? T : never;
type Plan = Sample<typeof plan>;
type Lines = Sample<typeof lines>;
type Facts = Sample<typeof facts>;

interface Given {
  readonly plan: Plan;
  readonly facts: Facts;
}

const authorizations = [{ id: 'A1', service: code('surgery'), days: { from: '2026-01-01', until: null }, units: 3 }];

function ask({ plan: parts, facts: told }: Given, all: Lines): ReturnType<typeof questionOfClaim> {
  const written = all.map(({ prior, ...one }) => ({
    ...one,
    ...(told.order === 'secondary' && { priorPaid: Math.floor((one.charge * prior) / 100) }),
  }));
  return questionOfClaim({ plan: parts, facts: { ...told, authorizations }, lines: written });
}

function decide(given: Given, all: Lines, used: Accumulators = {}): Adjudication {
  const question = ask(given, all);
  return adjudicate(question.plan, used, question.claim, question.facts);
}

/** Claims one after another, each with what those before it used. */
function decideBatch(given: Given, batch: readonly Lines[]): { readonly answers: readonly Adjudication[]; readonly used: Accumulators } {
  let used: Accumulators = {};
  const answers = batch.map((all) => {
    const answer = decide(given, all, used);
    used = answer.accumulators;
    return answer;
  });
  return { answers, used };
}

const paidOf = (answers: readonly Adjudication[]): number => answers.reduce((sum, { totals }) => sum + totals.benefit, 0);

function check(
  property: (given: Given, batch: readonly Lines[]) => void,
  batches: fc.Arbitrary<Lines[]> = fc.array(lines, { minLength: 1, maxLength: 3 }),
): void {
  fc.assert(fc.property(fc.record({ plan, facts }), batches, property), { numRuns: RUNS });
}

describe('of whatever plans and claims, the rule', () => {
  test('answers as the second implementation, which was written from its text alone', () => {
    check((given, batch) => {
      let used: Accumulators = {};
      for (const all of batch) {
        const question = ask(given, all);
        const answer = decide(given, all, used);
        expect(formatCanonical(answer)).toBe(formatCanonical(secondAdjudication(question.plan, used, question.claim, question.facts)));
        used = answer.accumulators;
      }
    });
  });

  test('never pays more than is charged, with what was paid before, nor more than is eligible', () => {
    check((given, batch) => {
      for (const { lines: answers } of decideBatch(given, batch).answers) {
        for (const { amounts } of answers) {
          expect(amounts.benefit + amounts.priorpayerpaid).toBeLessThanOrEqual(amounts.submitted);
          expect(amounts.benefit).toBeLessThanOrEqual(amounts.eligible);
          for (const amount of Object.values(amounts)) expect(amount).toBeGreaterThanOrEqual(0);
        }
      }
    });
  });

  test('gives every minor unit of a charge to somebody, and a reason to each that it does not pay', () => {
    check((given, batch) => {
      for (const { lines: answers, totals } of decideBatch(given, batch).answers) {
        const reasons = answers.flatMap(({ adjustments }) => adjustments);
        for (const { amounts, adjustments } of [...answers, { amounts: totals, adjustments: reasons }]) {
          const { submitted, benefit, deductible, copay, coinsurance, noncovered, discount, priorpayerpaid, pending } = amounts;
          expect(benefit + deductible + copay + coinsurance + noncovered + discount + priorpayerpaid + pending).toBe(submitted);
          expect(adjustments.map(({ amount }) => amount).reduce((sum, one) => sum + one, benefit)).toBe(submitted);
        }
      }
    });
  });

  test('overruns no limit, in whatever order the claims come', () => {
    check((given, batch) => {
      for (const inOrder of [batch, batch.toReversed()]) {
        const { used } = decideBatch(given, inOrder);
        for (const year of ['2026-01-01', '2025-03-10', '2026-03-10']) {
          const of = (name: string): number => used[`year/${year}/${name}`] ?? 0;
          const atMost = (name: string, most: number | null): void => {
            if (most !== null) expect(of(name)).toBeLessThanOrEqual(most);
          };
          atMost('benefit', given.plan.yearLimit);
          atMost('deductible', given.plan.deductible);
          atMost('outOfPocket', given.plan.outOfPocketMaximum);
          for (const { id, yearLimit } of given.plan.categories) atMost(`benefit/${id}`, yearLimit);
        }
        for (const [name, units] of Object.entries(used)) {
          const quantity = given.plan.quantities.find((one) => name.endsWith(`/units/${(one as { id: string }).id}`));
          if (quantity !== undefined) expect(units).toBeLessThanOrEqual((quantity as unknown as { maximum: number }).maximum);
        }
        expect(used['authorization/A1'] ?? 0).toBeLessThanOrEqual(3);
      }
    });
  });

  test('never pays more when an exclusion is added, also where units are scarce', () => {
    // Few services under one quantity: what is excluded could make room for the others.
    const visits = fc.array(
      line.chain((one) => fc.constantFrom('visit', 'call', 'surgery').map((name) => ({ ...one, service: code(name) }))),
      { minLength: 2, maxLength: 6 },
    );
    const scarce = fc
      .integer({ min: 1, max: 4 })
      .map((maximum) => ({ id: 'few', services: { categories: ['one'] }, per: 'year', maximum, over: 'deny' }));
    const excluded = fc.oneof(
      services,
      fc.constantFrom('visit', 'call').map((name) => ({ codes: [code(name)] })),
    );
    fc.assert(
      fc.property(
        fc.record({ plan, facts }),
        fc.array(visits, { minLength: 1, maxLength: 2 }),
        scarce,
        excluded,
        (drawn, batch, few, less) => {
          const given = { ...drawn, plan: { ...drawn.plan, quantities: [...drawn.plan.quantities, few] } };
          const exclusions = [...given.plan.exclusions, { id: 'more', title: 'More', services: less }];
          const narrower = { ...given, plan: { ...given.plan, exclusions } };
          expect(paidOf(decideBatch(narrower, batch).answers)).toBeLessThanOrEqual(paidOf(decideBatch(given, batch).answers));
        },
      ),
      { numRuns: RUNS * 4 },
    );
  });

  test('never pays more when the deductible is raised', () => {
    fc.assert(
      fc.property(fc.record({ plan, facts }), fc.array(lines, { minLength: 1, maxLength: 3 }), fc.nat(5000), (given, batch, more) => {
        const { deductible, outOfPocketMaximum: most } = given.plan;
        const raised = most === null ? deductible + more : Math.min(deductible + more, most);
        const dearer = { ...given, plan: { ...given.plan, deductible: raised } };
        expect(paidOf(decideBatch(dearer, batch).answers)).toBeLessThanOrEqual(paidOf(decideBatch(given, batch).answers));
      }),
      { numRuns: RUNS * 3 },
    );
  });

  test('never pays more when a claim is split', () => {
    fc.assert(
      fc.property(fc.record({ plan, facts }), fc.array(line, { minLength: 2, maxLength: 9 }), fc.nat(7), (given, all, at) => {
        const cut = 1 + (at % (all.length - 1));
        const split = paidOf(decideBatch(given, [all.slice(0, cut), all.slice(cut)]).answers);
        const whole = paidOf([decide(given, all)]);
        expect(split).toBeLessThanOrEqual(whole);
        if (given.plan.companions.length === 0) expect(split).toBe(whole);
      }),
      { numRuns: RUNS * 3 },
    );
  });

  test('gives the same bytes when it is run again', () => {
    check((given, batch) => {
      const bytes = (): string => formatCanonical(decideBatch(given, batch));
      expect(bytes()).toBe(bytes());
    });
  });

  test('adds to the accumulators of a batch what its claims used, and takes it back', () => {
    check((given, batch) => {
      const { answers, used } = decideBatch(given, batch);
      expect(answers.reduce<Accumulators>((sum, answer) => addAccumulators(sum, answer.used), {})).toEqual(used);
      expect(answers.reduceRight<Accumulators>((left, answer) => subtractAccumulators(left, answer.used), used)).toEqual({});
      const paid = ['2025-03-10', '2026-01-01', '2026-03-10'].map((year) => used[`year/${year}/benefit`] ?? 0);
      expect(paid.reduce((sum, one) => sum + one, 0)).toBe(paidOf(answers));
    });
  });
});
