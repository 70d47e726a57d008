import fc from 'fast-check';
import { formatInstant, type Instant } from '../instant';
import { decideAccess, type AccessQuestion } from './decide-access';
import { nextChangeOf } from './next-change';

const at = (ms: number): Instant => formatInstant(Date.UTC(2026, 0) + ms);
const LAST = 12;

// Few instants, so that bounds, answers and questions meet to the millisecond.
const period = fc.tuple(fc.nat(LAST - 1), fc.nat(4)).map(([from, more]) => ({ from: at(from), until: at(from + 1 + more) }));
const decision = fc.constantFrom('permit' as const, 'deny' as const);
const exception = fc.record({ decision, categories: fc.constant(['laboratory']), period }, { requiredKeys: ['decision'] });
const set = fc.record(
  { base: decision, period, exceptions: fc.array(exception, { maxLength: 3 }) },
  { requiredKeys: ['base', 'exceptions'] },
);
const consent = fc.record({ sets: fc.array(set, { minLength: 1, maxLength: 3 }), validity: fc.option(period) });

const questionOf = (given: { readonly sets: readonly object[]; readonly validity: object | null }, now: Instant): AccessQuestion =>
  ({
    relation: { custodian: 'AlphaMSP', counterparty: 'BetaMSP', kinds: ['care'] },
    consent: { relationRef: 'R', version: 1, status: 'in-force', validity: given.validity },
    document: { relationRef: 'R', version: 1, salt: 'A', sets: given.sets },
    rules: { version: 1, purposes: ['TREAT'], suspended: [] },
    patient: {},
    now,
    purpose: 'TREAT',
    person: { department: null, role: null, person: null, teams: null },
    record: {
      ...{ recordId: 'X', type: 'Observation', category: 'laboratory', codes: [], labels: [] },
      ...{ dates: { from: null, until: null }, authors: [], encounter: null },
    },
  }) as unknown as AccessQuestion;

describe('the next change of an answer', () => {
  test('comes never before it is told: until then the rule answers the same, to the millisecond', () => {
    fc.assert(
      fc.property(consent, fc.nat(LAST), (given, now) => {
        const answer = decideAccess(questionOf(given, at(now)));
        const next = nextChangeOf(questionOf(given, at(now)), at(now));
        for (let later = now + 1; later <= LAST + 5 && (next === null || at(later) < next); later += 1)
          expect(decideAccess(questionOf(given, at(later)))).toEqual(answer);
      }),
      { numRuns: 2000 },
    );
  });

  test('is the first bound after now, of whichever period the rule looks at', () => {
    const given = {
      validity: { from: at(0), until: at(9) },
      sets: [
        {
          base: 'deny',
          period: { from: at(2), until: at(8) },
          exceptions: [{ decision: 'permit', period: { from: at(4), until: at(6) } }],
        },
      ],
    };
    const told = [0, 1, 2, 3, 4, 6, 8, 9].map((now) => nextChangeOf(questionOf(given, at(now)), at(now)));
    expect(told).toEqual([at(2), at(2), at(4), at(4), at(6), at(8), at(9), null]);
  });
});
