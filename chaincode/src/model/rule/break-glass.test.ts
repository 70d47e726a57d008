import fc from 'fast-check';
import { secondOpinion, type SecondQuestion } from '../../../test/support/second-rule';
import type { ConsentException, ConsentSet } from '../consent-document';
import { purposes, type Purpose } from '../purpose';
import { isBreakGlass } from './break-glass';
import { decideAccess, type AccessQuestion } from './decide-access';

type Asked = Readonly<Record<string, unknown>>;

const RELATION = 'R'.repeat(22);
const categories = ['allergies', 'laboratory', 'imaging', 'psychiatry'] as const;
const emergency = { categories: ['allergies', 'laboratory'], accessHours: 24, reviewHours: 72, openReviews: 50 };

function questionOf(sets: readonly ConsentSet[] | undefined, asked: Asked): AccessQuestion {
  const { status, validity, suspended, purpose, emergencyUntil, department, category, labels } = asked;
  return {
    relation: { custodian: 'AlphaMSP', counterparty: 'BetaMSP', kinds: ['care'] },
    consent: { relationRef: RELATION, version: 1, status, validity },
    document: sets && { relationRef: RELATION, version: 1, salt: 'A'.repeat(22), sets },
    rules: { version: 3, purposes: ['TREAT'], suspended, emergency },
    now: '2026-03-01T12:00:00.000Z',
    purpose,
    emergencyUntil,
    person: { department, role: null, person: null, teams: null },
    record: {
      recordId: 'r'.repeat(43),
      type: 'Observation',
      category,
      codes: [],
      labels,
      dates: { from: null, until: null },
      authors: [],
      encounter: null,
    },
  } as unknown as AccessQuestion;
}

describe('break-glass, of whatever documents and requests', () => {
  const emergencies = purposes.filter(isBreakGlass);
  const some = <T>(...values: readonly T[]): fc.Arbitrary<T[]> =>
    fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 2 });
  const axes = {
    categories: some(...categories),
    purposes: some<Purpose>('TREAT', 'ETREAT', 'BTG', 'COC'),
    departments: some('emergency', 'dentistry'),
  };
  const exception = fc.record(
    { decision: fc.constantFrom('permit' as const, 'deny' as const), ...axes, not: fc.record(axes, { requiredKeys: ['departments'] }) },
    { requiredKeys: ['decision'] },
  ) as unknown as fc.Arbitrary<ConsentException>;
  const exceptions = fc.array(exception, { maxLength: 4 });
  const sets = fc.array(fc.record({ base: fc.constantFrom('permit' as const, 'deny' as const), exceptions }), {
    minLength: 1,
    maxLength: 3,
  });
  const request = fc.record({
    status: fc.constantFrom('in-force', 'revoked', 'closed'),
    validity: fc.constantFrom(null, { from: '2024-01-01T00:00:00.000Z', until: '2024-02-01T00:00:00.000Z' }),
    suspended: fc.constantFrom([], [], [], ['BetaMSP']),
    purpose: fc.constantFrom<Purpose>('ETREAT', 'BTG'),
    emergencyUntil: fc.constantFrom('2026-03-02T00:00:00.000Z', '2026-03-01T12:00:00.001Z', '2026-03-01T12:00:00.000Z', undefined),
    department: fc.constantFrom('emergency', 'dentistry', null),
    category: fc.constantFrom(...categories),
    labels: fc.constantFrom([], [], ['N'], ['R'], ['V'], ['HIV']),
  });
  const isPermitted = (given: readonly ConsentSet[] | undefined, asked: Asked): boolean =>
    decideAccess(questionOf(given, asked)).decision === 'permit';
  const check = (property: (given: readonly ConsentSet[], asked: Asked, more: readonly ConsentException[], at: number) => void): void => {
    fc.assert(fc.property(sets, request, exceptions, fc.nat(20), property), { numRuns: 1500 });
  };
  const denying = (given: readonly ConsentException[]): ConsentException[] => given.map((one) => ({ ...one, decision: 'deny' as const }));
  const extended = (given: readonly ConsentSet[], more: readonly ConsentException[], at: number): readonly ConsentSet[] =>
    given.map((set, index) => (index === at % given.length ? { ...set, exceptions: [...set.exceptions, ...more] } : set));

  test('answers as the second implementation', () => {
    check((given, asked) => {
      const question = questionOf(given, asked);
      const { reason, obligations } = decideAccess(question);
      expect({ reason, obligations }).toEqual(secondOpinion(question as unknown as SecondQuestion));
    });
  });

  test('is for ETREAT and what stands below it, and for no other purpose', () => {
    expect(emergencies).toEqual(['ETREAT', 'BTG', 'ERTREAT']);
  });

  test('never opens what is sensitive, restricted or beside the subset', () => {
    check((given, asked) => {
      if (!isPermitted(given, asked)) return;
      expect(emergency.categories).toContain(asked['category']);
      expect(['R', 'V'].some((label) => (asked['labels'] as readonly string[]).includes(label))).toBe(false);
    });
  });

  test('never opens more when an exception that denies is added', () => {
    check((given, asked, more, at) => {
      if (isPermitted(extended(given, denying(more), at), asked)) expect(isPermitted(given, asked)).toBe(true);
    });
  });

  test('never opens more when the consent is revoked, closed or expires', () => {
    const inForce = { status: 'in-force', validity: null };
    check((given, asked) => {
      if (isPermitted(given, asked)) expect(isPermitted(given, { ...asked, ...inForce })).toBe(true);
    });
  });

  test('never opens more when less is attested of who asks', () => {
    check((given, asked) => {
      if (isPermitted(given, { ...asked, department: null })) expect(isPermitted(given, asked)).toBe(true);
    });
  });

  test('does not depend on the order of sets and exceptions', () => {
    check((given, asked) => {
      const turned = given.map((set) => ({ ...set, exceptions: set.exceptions.toReversed() })).toReversed();
      expect(decideAccess(questionOf(turned, asked))).toEqual(decideAccess(questionOf(given, asked)));
    });
  });

  test('needs no document, and no exception that names no emergency changes it', () => {
    check((given, asked, more, at) => {
      const silent = more.map(({ purposes: _, ...rest }) => rest);
      expect(isPermitted(extended(given, silent, at), asked)).toBe(isPermitted(given, asked));
      if (isPermitted(given, asked)) expect(isPermitted(undefined, asked)).toBe(true);
    });
  });
});
