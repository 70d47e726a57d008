import fc from 'fast-check';
import { answerOf, questionOf, vectors } from '../../../test/support/rule-vectors';
import { secondOpinion, type SecondQuestion } from '../../../test/support/second-rule';
import { confidentialities } from '../confidentiality';
import type { ConsentException, ConsentSet } from '../consent-document';
import { accessReasons, decideAccess, type AccessDecision } from './decide-access';

describe('the rule', () => {
  test.each(vectors.map((vector) => [vector.name, vector] as const))('%s', (_, vector) => {
    const question = questionOf(vector);
    expect(decideAccess(question)).toEqual(answerOf(vector));
    expect(secondOpinion(question as unknown as SecondQuestion)).toEqual({ reason: vector.reason, obligations: vector.obligations ?? [] });
  });

  test('has more than two hundred vectors, each with a name of its own, and one for every reason', () => {
    expect(new Set(vectors.map(({ reason }) => reason))).toEqual(new Set(accessReasons));
    expect(new Set(vectors.map(({ name }) => name)).size).toBe(vectors.length);
    expect(vectors.length).toBeGreaterThanOrEqual(200);
  });
});

describe('the rule, of whatever documents and requests', () => {
  // Few values each, so that they meet.
  const some = <T>(...values: readonly T[]): fc.Arbitrary<T[]> =>
    fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 2 });
  const instants = ['2024-01-01T00:00:00.000Z', '2025-01-01T00:00:00.000Z', '2026-03-01T12:00:00.000Z', '2027-01-01T00:00:00.000Z'];
  const period = fc
    .tuple(fc.nat(2), fc.nat(2))
    .map(([from, more]) => ({ from: instants[from], until: instants[Math.min(3, from + 1 + more)] }));
  const codings = [
    { system: 'http://loinc.org', code: '4548-4' },
    { system: 'http://loinc.org', code: '2339-0' },
  ];
  const records = ['r'.repeat(43), 'q'.repeat(43)];
  const axesOf = {
    categories: some('laboratory', 'psychiatry'),
    types: some('Observation', 'Condition'),
    codes: some(...codings),
    records: some(...records),
    encounters: some('Encounter/e1', 'Encounter/e2'),
    authors: some('Practitioner/p1', 'Practitioner/p2'),
    labels: some('HIV', 'ETH'),
    confidentiality: fc.constantFrom(...confidentialities),
    dataPeriod: period,
    purposes: some('TREAT', 'COC', 'POPHLTH'),
    departments: some('cardiology', 'dentistry'),
    roles: some('physician', 'nurse'),
    teams: some('heart', 'teeth'),
    persons: some('lee', 'kim'),
  };
  const named = fc.record(axesOf, { requiredKeys: [] });
  const not = named.filter((given) => Object.keys(given).length > 0);
  const exception = fc.record(
    { decision: fc.constantFrom('permit' as const, 'deny' as const), ...axesOf, not, period },
    { requiredKeys: ['decision'] },
  ) as unknown as fc.Arbitrary<ConsentException>;
  // Mostly few axes: with many nothing matches.
  const sparse = fc.tuple(exception, fc.array(fc.constantFrom(...Object.keys(axesOf), 'not', 'period'), { minLength: 12, maxLength: 40 }));
  const exceptions = fc.array(
    sparse.map(([one, dropped]) => Object.fromEntries(Object.entries(one).filter(([name]) => !dropped.includes(name)))),
    { maxLength: 5 },
  ) as unknown as fc.Arbitrary<ConsentException[]>;
  const base = fc.constantFrom('permit' as const, 'deny' as const);
  const sets = fc.array(fc.record({ base, exceptions, period }, { requiredKeys: ['base', 'exceptions'] }), {
    minLength: 1,
    maxLength: 3,
  }) as unknown as fc.Arbitrary<ConsentSet[]>;
  const orNull = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { nil: null, freq: 3 });
  const date = fc.constantFrom('2024', '2024-02', '2024-12-31', '2025-06-01T10:00:00+02:00', '2026-03-01T12:00:00.5Z', '2026');
  const request = fc.record({
    now: fc.constantFrom(...instants),
    purpose: fc.constantFrom('TREAT', 'COC', 'POPHLTH'),
    person: fc.record({
      department: orNull(fc.constantFrom('cardiology', 'dentistry')),
      role: orNull(fc.constantFrom('physician', 'nurse')),
      person: orNull(fc.constantFrom('lee', 'kim')),
      teams: orNull(some('heart', 'teeth')),
    }),
    recordId: fc.constantFrom(...records),
    type: fc.constantFrom('Observation', 'Condition'),
    category: fc.constantFrom('laboratory', 'psychiatry'),
    codes: some(...codings),
    labels: fc.uniqueArray(fc.constantFrom('HIV', 'ETH', ...confidentialities), { maxLength: 3 }),
    dates: fc.record({ from: orNull(date), until: orNull(date) }),
    authors: some('Practitioner/p1', 'Practitioner/p2'),
    encounter: orNull(fc.constantFrom('Encounter/e1', 'Encounter/e2')),
  });
  const decide = (given: readonly ConsentSet[], asked: object): AccessDecision => decideAccess(questionOf({ ...asked, sets: given }));
  const isPermitted = (given: readonly ConsentSet[], asked: object): boolean => decide(given, asked).decision === 'permit';
  const check = (property: (given: readonly ConsentSet[], asked: object, more: readonly ConsentException[], at: number) => void): void => {
    fc.assert(fc.property(sets, request, exceptions, fc.nat(20), property), { numRuns: 1500 });
  };

  test('answers as the second implementation, which was written from its text alone', () => {
    check((given, asked) => {
      const question = questionOf({ ...asked, sets: given });
      const { reason, obligations } = decideAccess(question);
      expect({ reason, obligations }).toEqual(secondOpinion(question as unknown as SecondQuestion));
    });
  });

  test('never permits more when an exception that denies is added', () => {
    check((given, asked, more, at) => {
      const denying = more.map((one) => ({ ...one, decision: 'deny' as const }));
      const place = at % given.length;
      const denied = given.map((set, index) => (index === place ? { ...set, exceptions: [...set.exceptions, ...denying] } : set));
      if (isPermitted(denied, asked)) expect(isPermitted(given, asked)).toBe(true);
    });
  });

  test('never permits more when a set is added that names nothing', () => {
    check((given, asked, _, at) => {
      const silent = { base: at % 2 === 0 ? ('permit' as const) : ('deny' as const), exceptions: [] };
      if (isPermitted([...given, silent], asked)) {
        if (given.some(({ period: bounds }) => bounds === undefined)) expect(isPermitted(given, asked)).toBe(true);
      }
    });
  });

  test('permits nothing once it is revoked or closed', () => {
    check((given, asked) => {
      for (const status of ['revoked', 'closed']) expect(isPermitted(given, { ...asked, status })).toBe(false);
    });
  });

  test('never permits more when the purposes of a permit are narrowed', () => {
    const narrow = (one: ConsentException): ConsentException =>
      one.decision === 'permit' && one.purposes?.includes('TREAT') ? { ...one, purposes: ['POPHLTH'] } : one;
    check((given, asked) => {
      const narrowed = given.map((set) => ({ ...set, exceptions: set.exceptions.map(narrow) }));
      if (isPermitted(narrowed, asked)) expect(isPermitted(given, asked)).toBe(true);
    });
  });

  test('never permits more when less is attested of who asks', () => {
    check((given, asked) => {
      const person = { department: null, role: null, person: null, teams: null };
      if (isPermitted(given, { ...asked, person })) expect(isPermitted(given, asked)).toBe(true);
    });
  });

  const basisOf = fc.record({
    purpose: fc.constantFrom('TREAT', 'COC', 'POPHLTH'),
    roles: some('hospital', 'insurer', 'authority'),
    categories: some('laboratory', 'psychiatry'),
    confidentiality: fc.constantFrom(...confidentialities),
  });
  const rulesOf = fc.record({
    legalBases: fc.array(basisOf, { maxLength: 3 }),
    memberRole: fc.constantFrom('hospital', 'insurer', 'authority', null),
    suspended: fc.constantFrom([], [], [], ['AlphaMSP'], ['BetaMSP'], ['GammaMSP']),
    status: fc.constantFrom('in-force', 'in-force', 'revoked', 'closed'),
    held: fc.boolean(),
  });
  const checkLegal = (property: (given: readonly ConsentSet[], asked: object, rules: { suspended: readonly string[] }) => void): void => {
    fc.assert(fc.property(sets, request, rulesOf, property), { numRuns: 1500 });
  };

  test('answers as the second implementation where the rules have legal bases', () => {
    checkLegal((given, asked, rules) => {
      const question = questionOf({ ...asked, ...rules, sets: given });
      const { reason, obligations } = decideAccess(question);
      expect({ reason, obligations }).toEqual(secondOpinion(question as unknown as SecondQuestion));
    });
  });

  test('gives by a legal basis what it gives without any consent, and never more than it and the consent do', () => {
    checkLegal((given, asked, rules) => {
      const withBases = decide(given, { ...asked, ...rules });
      const none = { ...asked, ...rules, legalBases: [] };
      const byLaw = decide([{ base: 'deny', exceptions: [] }], { ...asked, ...rules, status: 'revoked' });
      if (withBases.reason === 'legal-basis') expect(byLaw.reason).toBe('legal-basis');
      expect(withBases.decision === 'permit').toBe(isPermitted(given, none) || byLaw.decision === 'permit');
    });
  });

  test('permits while she is held what the law opens, and nothing else', () => {
    checkLegal((given, asked, rules) => {
      const held = decide(given, { ...asked, ...rules, held: true });
      expect(['legal-basis', 'deny']).toContain(held.decision === 'permit' ? held.reason : 'deny');
      if (held.decision === 'permit') expect(isPermitted(given, { ...asked, ...rules, held: false })).toBe(true);
    });
  });

  test('permits nothing to or from a suspended member', () => {
    checkLegal((given, asked, rules) => {
      for (const suspended of [['AlphaMSP'], ['BetaMSP', 'GammaMSP']])
        expect(decide(given, { ...asked, ...rules, suspended }).reason).toBe('organisation-suspended');
    });
  });

  test('does not depend on the order of sets and exceptions', () => {
    check((given, asked) => {
      const turned = given.map((set) => ({ ...set, exceptions: set.exceptions.toReversed() })).toReversed();
      expect(decide(turned, asked)).toEqual(decide(given, asked));
    });
  });
});
