import fc from 'fast-check';
import { secondOpinion, type SecondQuestion } from '../../../test/support/second-rule';
import { purposes } from '../purpose';
import { relationKinds } from '../signed-payload';
import { findReasonAgainst, type StandingQuestion } from './decide-access';
import type { ProofFacts } from './purpose-proof';

// Few values each, so that they meet.
const members = ['AlphaMSP', 'BetaMSP', 'DeltaMSP'];
const instants = ['2026-01-01T00:00:00.000Z', '2026-03-01T12:00:00.000Z', '2026-03-01T12:00:00.001Z', '2027-01-01T00:00:00.000Z'];
const member = fc.constantFrom(...members);
const role = fc.constantFrom('hospital', 'authority');
const relationRef = fc.constantFrom('R'.repeat(22), 'S'.repeat(22));
const time = fc.record({
  validity: fc.tuple(fc.nat(2), fc.nat(2)).map(([from, more]) => ({ from: instants[from], until: instants[Math.min(3, from + 1 + more)] })),
  endedAt: fc.option(fc.constantFrom(...instants), { nil: null, freq: 4 }),
});
const someOf = <T>(values: readonly T[]): fc.Arbitrary<T[]> => fc.uniqueArray(fc.constantFrom(...values), { minLength: 1 });
const missing = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined, freq: 6 });
const merge = ([one, other]: [object, object]): object => ({ ...one, ...other });

const referral = fc.tuple(time, fc.record({ relationRef, custodian: member, counterparty: member })).map(merge);
const claim = fc.record({ relationRef, hospital: member, insurer: member, isOver: fc.boolean() });
const study = fc
  .tuple(time, fc.record({ authority: member, sponsors: someOf(members), purposes: someOf(['HRESCH', 'CLINTRCH', 'DSRCH']) }))
  .map(merge);
const proof = fc.oneof(
  missing(referral).map((one) => ({ kind: 'referral', referral: one })),
  missing(claim).map((one) => ({ kind: 'claim', claim: one })),
  missing(study).map((one) => ({ kind: 'study', study: one })),
) as unknown as fc.Arbitrary<ProofFacts>;
const question = fc
  .record({
    kinds: someOf(relationKinds),
    relationRef,
    roles: fc.record({ BetaMSP: role, DeltaMSP: role }, { requiredKeys: [] }),
    suspended: fc.constantFrom<string[]>([], ['DeltaMSP']),
    now: fc.constantFrom(...instants),
    purpose: fc.constantFrom(...purposes),
  })
  .map(({ kinds, relationRef: ref, roles, suspended, now, purpose }) => ({
    relation: { custodian: 'AlphaMSP', counterparty: 'BetaMSP', kinds },
    consent: { relationRef: ref, version: 1, status: 'in-force', validity: null },
    rules: { version: 1, purposes, roles, suspended },
    patient: {},
    ...{ now, purpose, proof: null },
  })) as unknown as fc.Arbitrary<StandingQuestion>;

describe('what proves a purpose, of whatever relation, purpose and proof', () => {
  const check = (property: (asked: StandingQuestion, named: ProofFacts) => void): void => {
    fc.assert(fc.property(question, proof, property), { numRuns: 3000 });
  };
  const isProved = (asked: StandingQuestion): boolean => findReasonAgainst(asked) === undefined;

  test('is what the second implementation says, which was written from its text alone', () => {
    check((asked, named) => {
      const document = { relationRef: asked.consent.relationRef, version: 1, salt: '', sets: [{ base: 'permit', exceptions: [] }] };
      const record = { category: 'laboratory', labels: [] };
      const second = secondOpinion({ ...asked, proof: named, document, record } as unknown as SecondQuestion);
      expect(findReasonAgainst({ ...asked, proof: named }) ?? 'permitted').toBe(second.reason);
    });
  });

  test('naming a proof never forbids what is permitted without, nor does leaving it out permit what is forbidden with it', () => {
    check((asked, named) => {
      if (isProved(asked)) expect(isProved({ ...asked, proof: named })).toBe(true);
    });
  });

  test('another kind of the relation never forbids', () => {
    check((asked, named) => {
      const wider = { ...asked.relation, kinds: relationKinds };
      if (isProved({ ...asked, proof: named })) expect(isProved({ ...asked, proof: named, relation: wider })).toBe(true);
    });
  });

  test('no relation and no proof make an emergency of their own', () => {
    check((asked, named) => {
      for (const purpose of ['ETREAT', 'BTG', 'ERTREAT'] as const) expect(isProved({ ...asked, proof: named, purpose })).toBe(false);
    });
  });

  test('a proof that somebody ended proves nothing', () => {
    check((asked, named) => {
      const ended = { endedAt: instants[0] };
      const over = {
        ...named,
        ...('referral' in named && { referral: named.referral && { ...named.referral, ...ended } }),
        ...('claim' in named && { claim: named.claim && { ...named.claim, isOver: true } }),
        ...('study' in named && { study: named.study && { ...named.study, ...ended } }),
      } as ProofFacts;
      expect(isProved({ ...asked, proof: over })).toBe(isProved(asked));
    });
  });
});
