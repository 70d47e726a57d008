import fc from 'fast-check';
import { secondOpinion, type SecondQuestion } from '../../../test/support/second-rule';
import type { ConsentException, ConsentSet } from '../consent-document';
import { decideAccess, type AccessQuestion } from './decide-access';
import { nextChangeOf } from './next-change';

const RELATION = 'R'.repeat(22);
const NOW = '2026-03-01T12:00:00.000Z';
const instants = ['2026-03-01T11:59:59.999Z', NOW, '2026-03-01T12:00:00.001Z'];

interface Asked {
  readonly sets: readonly ConsentSet[];
  readonly status: string;
  readonly validity: object | null;
  readonly assistance: object | undefined;
  readonly purpose: string;
  readonly category: string;
  readonly labels: readonly string[];
  readonly legalBases: readonly object[];
  readonly patient: object;
}

function questionOf(
  { sets, status, validity, assistance, purpose, legalBases, patient, ...record }: Asked,
  assisted: boolean,
): AccessQuestion {
  return {
    relation: { custodian: 'AlphaMSP', counterparty: 'BetaMSP', kinds: ['care'], ...(assisted && { assisted }) },
    assistance,
    patient,
    consent: { relationRef: RELATION, version: 1, status, validity },
    document: { relationRef: RELATION, version: 1, salt: 'A'.repeat(22), sets },
    rules: {
      version: 3,
      purposes: ['TREAT'],
      roles: { BetaMSP: 'hospital' },
      suspended: [],
      legalBases,
      emergency: { categories: ['laboratory'] },
    },
    proof: null,
    now: NOW,
    purpose,
    emergencyUntil: instants[2],
    person: { department: null, role: null, person: null, teams: null },
    record: {
      ...{ recordId: 'r'.repeat(43), type: 'Observation', codes: [], dates: { from: null, until: null }, authors: [], encounter: null },
      ...record,
    },
  } as unknown as AccessQuestion;
}

describe('an assisted relation, of whatever documents and requests', () => {
  const decision = fc.constantFrom('permit' as const, 'deny' as const);
  const category = fc.constantFrom('laboratory', 'imaging', 'psychiatry', 'hiv');
  const exception = fc.record(
    {
      decision,
      categories: fc.tuple(category),
      confidentiality: fc.constantFrom('N', 'R', 'V'),
      records: fc.constant(['r'.repeat(43)]),
      purposes: fc.constantFrom(['TREAT'], ['ETREAT']),
    },
    { requiredKeys: ['decision'] },
  ) as unknown as fc.Arbitrary<ConsentException>;
  const asked: fc.Arbitrary<Asked> = fc.record({
    sets: fc.array(fc.record({ base: decision, exceptions: fc.array(exception, { maxLength: 3 }) }), { minLength: 1, maxLength: 2 }),
    status: fc.constantFrom('in-force', 'in-force', 'in-force', 'revoked', 'closed'),
    validity: fc.constantFrom(null, { from: instants[0], until: instants[2] }, { from: instants[2], until: '2027-01-01T00:00:00.000Z' }),
    assistance: fc.option(fc.record({ effectiveAt: fc.constantFrom(null, ...instants), isEnded: fc.constantFrom(false, false, true) }), {
      nil: undefined,
    }),
    purpose: fc.constantFrom('TREAT', 'TREAT', 'COC', 'ETREAT'),
    category,
    labels: fc.constantFrom([], ['N'], ['R'], ['V'], ['HIV']),
    patient: fc.constantFrom({}, {}, {}, { hold: {} }),
    legalBases: fc.constantFrom([], [], [{ purpose: 'TREAT', roles: ['hospital'], categories: ['hiv'], confidentiality: 'R' }]),
  });
  const check = (property: (given: Asked) => void): void => {
    fc.assert(fc.property(asked, property), { numRuns: 3000 });
  };

  test('answers as the second implementation', () => {
    check((given) => {
      for (const assisted of [true, false]) {
        const question = questionOf(given, assisted);
        const { reason, obligations } = decideAccess(question);
        expect({ reason, obligations }).toEqual(secondOpinion(question as unknown as SecondQuestion));
      }
    });
  });

  test('never permits what the same unassisted one does not', () => {
    check((given) => {
      if (decideAccess(questionOf(given, true)).decision === 'permit')
        expect(decideAccess(questionOf(given, false)).decision).toBe('permit');
    });
  });

  test('by its consent never permits what is R, V or sensitive, nor before its notice counts, nor after its end', () => {
    check((given) => {
      if (decideAccess(questionOf(given, true)).reason !== 'permitted') return;
      const assistance = given.assistance as { effectiveAt: string; isEnded: boolean };
      expect([['R', 'V'].includes(given.labels[0] ?? ''), ['psychiatry', 'hiv'].includes(given.category)]).toEqual([false, false]);
      expect([assistance.isEnded, assistance.effectiveAt <= NOW]).toEqual([false, true]);
    });
  });

  test('tells when its answer changes: not before the notice counts', () => {
    const permits: ConsentSet = { base: 'permit', exceptions: [] };
    const given = {
      sets: [permits],
      status: 'in-force',
      purpose: 'TREAT',
      category: 'laboratory',
      labels: [],
      legalBases: [],
      patient: {},
    };
    const question = questionOf({ ...given, validity: null, assistance: { effectiveAt: instants[2], isEnded: false } }, true);
    expect([decideAccess(question).reason, nextChangeOf(question, NOW as never)]).toEqual(['not-yet-valid', instants[2]]);
    expect(nextChangeOf(question, instants[2] as never)).toBeNull();
  });
});
