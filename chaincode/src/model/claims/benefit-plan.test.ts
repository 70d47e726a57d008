import fc from 'fast-check';
import { writeQuestion } from '../../../test/support/claim-vectors';
import { formatCanonical } from '../encoding/canonical-json';
import { RequestInvalid } from '../encoding/parser';
import { parseAccumulators, subtractAccumulators } from './accumulators';
import { parseBenefitPlan } from './benefit-plan';
import { parseBilledClaim, parseClaimFacts } from './claim';
import { addDays, parseDay, yearOf, type Day } from './day';
import { digitsOf, divide, parseCurrency, roundings } from './money';

const { plan, claim, facts } = writeQuestion({ lines: [{}, {}] }) as {
  plan: { categories: object[] };
  claim: { lines: object[] };
  facts: object;
};
const [category] = plan.categories;
const service = { system: 'urn:s', code: 'visit' };

function placeOf(parse: () => unknown): unknown {
  try {
    parse();
  } catch (error) {
    return error instanceof RequestInvalid ? error.details.place : error;
  }
  return undefined;
}

const exclusion = (services: object): object => ({ exclusions: [{ id: 'x', title: 'X', services }] });

describe('a benefit plan', () => {
  test('comes back as it was published', () => {
    expect(formatCanonical(parseBenefitPlan(plan, 'plan'))).toBe(formatCanonical(plan));
  });

  test.each<[string, object, string]>([
    ['an unknown part', { bonus: 1 }, 'plan'],
    ['an unknown part of a category', { categories: [{ ...category, bonus: 1 }] }, 'plan.categories[0]'],
    ['no category', { categories: [] }, 'plan.categories'],
    ['a category twice', { categories: [category, category] }, 'plan.categories[1]'],
    [
      'a benefit category that HL7 does not have',
      { categories: [{ ...category, benefitCategory: '99' }] },
      'plan.categories[0].benefitCategory',
    ],
    ['services without an axis', { categories: [{ ...category, services: {} }] }, 'plan.categories[0].services'],
    ['a category by categories', { categories: [{ ...category, services: { categories: ['a'] } }] }, 'plan.categories[0].services'],
    ['a fraction of money', { deductible: 0.5 }, 'plan.deductible'],
    ['money as text', { deductible: '50000' }, 'plan.deductible'],
    ['money below nothing', { deductible: -1 }, 'plan.deductible'],
    ['money above its bound', { deductible: 100_000_000_001 }, 'plan.deductible'],
    ['more than the whole', { untariffed: { inNetwork: 10_001, outOfNetwork: 0 } }, 'plan.untariffed.inNetwork'],
    ['a currency that ISO 4217 does not have', { currency: 'XYZ' }, 'plan.currency'],
    ['a rounding that is none', { rounding: 'nearest' }, 'plan.rounding'],
    ['a maximum below the deductible', { outOfPocketMaximum: 49_999 }, 'plan.outOfPocketMaximum'],
    ['a period that ends before it begins', { period: { from: '2026-01-01', until: '2026-01-01' } }, 'plan.period.until'],
    ['a day that is none', { period: { from: '2026-02-30', until: null } }, 'plan.period.from'],
    ['a year that begins on a leap day', { yearBegins: '02-29' }, 'plan.yearBegins'],
    ['an exclusion of an unknown category', exclusion({ categories: ['visits', 'nails'] }), 'plan.exclusions[0].services.categories[1]'],
    ['an unknown axis', exclusion({ diagnoses: [service] }), 'plan.exclusions[0].services'],
    [
      'two tariffs for one service',
      { tariffs: [0, 1].map((inNetwork) => ({ service, unit: null, inNetwork, outOfNetwork: null })) },
      'plan.tariffs[1]',
    ],
    ['a part that is its own whole', { bundles: [{ id: 'b', whole: service, part: service }] }, 'plan.bundles[0].part'],
    [
      'a rule about nothing known',
      { rules: [{ id: 'r', title: 'R', services: null, when: { age: 3 }, then: 'deny' }] },
      'plan.rules[0].when',
    ],
  ])('with %s is refused with its path', (_, different, place) => {
    expect(placeOf(() => parseBenefitPlan({ ...plan, ...different }, 'plan'))).toBe(place);
  });

  test('is refused where any of its parts is missing', () => {
    for (const name of Object.keys(plan)) {
      const rest = Object.fromEntries(Object.entries(plan).filter(([one]) => one !== name));
      expect(placeOf(() => parseBenefitPlan(rest, 'plan'))).toBe(`plan.${name}`);
    }
  });
});

describe('what is decided by it', () => {
  test.each<[string, object, string]>([
    ['lines out of order', { lines: claim.lines.toReversed() }, 'claim.lines[1].sequence'],
    ['a line twice', { lines: [claim.lines[0], claim.lines[0]] }, 'claim.lines[1].sequence'],
    ['half a unit', { lines: [{ ...claim.lines[0], units: 0.5 }] }, 'claim.lines[0].units'],
    ['no unit', { lines: [{ ...claim.lines[0], units: 0 }] }, 'claim.lines[0].units'],
    ['an unknown part', { diagnosis: 'x' }, 'claim'],
  ])('a claim with %s is refused with its path', (_, different, place) => {
    expect(placeOf(() => parseBilledClaim({ ...claim, ...different }, 'claim'))).toBe(place);
  });

  test('facts name a reason of the closed list', () => {
    const decisions = [{ line: 1, reason: 'because', decision: 'clear' }];
    expect(placeOf(() => parseClaimFacts({ ...facts, decisions }, 'facts'))).toBe('facts.decisions[0].reason');
  });

  test('accumulators have names that are known and are never below nothing', () => {
    for (const bad of [{ 'week/2026-01-01/benefit': 1 }, { 'year/2026/benefit': 1 }, { 'year/2026-01-01/benefit': -1 }])
      expect(placeOf(() => parseAccumulators(bad, 'used'))).toBe('used{0}');
    expect(() => subtractAccumulators({ a: 1 }, { a: 2 })).toThrow(RangeError);
  });
});

describe('the arithmetic', () => {
  test('divides as the exact quotient says, rounded as its name says', () => {
    fc.assert(
      fc.property(
        fc.bigInt(0n, 10n ** 15n),
        fc.integer({ min: 1, max: 10_000 }),
        fc.constantFrom(...roundings),
        (dividend, divisor, rounding) => {
          const result = BigInt(divide(Number(dividend), divisor, rounding));
          const twiceError = 2n * (result * BigInt(divisor) - dividend);
          const whole = BigInt(divisor);
          const bounds = {
            down: [-2n * whole + 1n, 0n],
            up: [0n, 2n * whole - 1n],
            'half-up': [-whole + 1n, whole],
            'half-even': [-whole, whole],
          } as const;
          const [least, most] = bounds[rounding];
          expect(twiceError >= least && twiceError <= most).toBe(true);
          if (rounding === 'half-even' && (twiceError === whole || twiceError === -whole)) expect(result % 2n).toBe(0n);
        },
      ),
    );
  });

  test('knows the minor units of currencies', () => {
    expect(['JPY', 'USD', 'EUR', 'KWD'].map(digitsOf)).toEqual([0, 2, 2, 3]);
    expect(placeOf(() => parseCurrency('usd', 'currency'))).toBe('currency');
  });

  test('counts days and plan years by the calendar', () => {
    expect(addDays('2024-02-28' as Day, 2)).toBe('2024-03-01');
    expect(addDays('2025-12-31' as Day, 1)).toBe('2026-01-01');
    expect(['2026-06-30', '2026-07-01'].map((day) => yearOf(day as Day, '07-01'))).toEqual(['2025-07-01', '2026-07-01']);
    expect(placeOf(() => parseDay('2026-1-1', 'day'))).toBe('day');
  });
});
