import {
  accumulatorKey,
  addAccumulators,
  authorizationId,
  formatCanonical,
  type Accumulators,
  type AdjudicationDocument,
  type ClaimId,
  type Day,
  type RelatedClaim,
} from '../src/model';
import {
  adjudicate,
  claimFor,
  cover,
  decideByRule,
  lineOf,
  newClaim,
  PLAN,
  prepare,
  publish,
  resultOf,
  serviceOf,
  submitted,
  treat,
  usedCommitment,
  type Cover,
  type Deciding,
  type SubmittedClaim,
} from './support/claim-story';
import { refusalOf, type ConsortiumTwin } from './support/consortium-twin';
import { HOSPITAL, INSURER, newConsortium, register, type TestRecord } from './support/story';
import { newRef, Patient } from './support/wallet';

let twin: ConsortiumTwin;
let patient: Patient;
let covered: Cover;

const refusal = async (
  of: Cover,
  decidings: readonly Deciding[],
  preauthorizations: readonly AdjudicationDocument[] = [],
): Promise<string> => {
  const { code, details } = await refusalOf(adjudicate(of, prepare(of, decidings, { preauthorizations })));
  return code === 'ADJUDICATION_INVALID' ? (details as { problem: string }).problem : code;
};
const newest = (of: Cover, { body }: SubmittedClaim): AdjudicationDocument | undefined => of.documents.get(body.claimId)?.at(-1);
const benefitOf = (of: Cover, claim: SubmittedClaim): number => resultOf(newest(of, claim)).totals.benefit;
const used = (of: Cover): Accumulators => of.used?.used ?? {};
const related = ({ body: { claimId } }: SubmittedClaim, relationship: RelatedClaim['relationship']): RelatedClaim => ({
  claimId,
  relationship,
});
const reversalOf = (claim: SubmittedClaim): Promise<SubmittedClaim> =>
  submitted(newClaim(claim.cover, [], { use: claim.body.use, related: related(claim, 'reversal') }));

beforeEach(async () => {
  twin = await newConsortium();
  patient = new Patient(HOSPITAL);
  await register(twin, patient);
  await publish(twin);
  covered = await cover(twin, patient);
});

describe('claims of one coverage', () => {
  test('in one list share a deductible as if they came one by one', async () => {
    const apart = await cover(twin, patient);
    const charges = [4_000, 4_000, 9_000, 20_000];
    const together: SubmittedClaim[] = [];
    for (const charge of charges) together.push(await claimFor(covered, { charge }));
    await decideByRule(covered, ...together);
    const oneByOne: SubmittedClaim[] = [];
    for (const charge of charges) {
      const claim = await claimFor(apart, { charge });
      await decideByRule(apart, claim);
      oneByOne.push(claim);
    }
    expect(together.map((claim) => benefitOf(covered, claim))).toEqual([0, 0, 5_600, 16_000]);
    expect(oneByOne.map((claim) => benefitOf(apart, claim))).toEqual([0, 0, 5_600, 16_000]);
    expect(used(apart)).toEqual(used(covered));
    expect(apart.position).toBe(4);
  });

  test('skip no place inside of their list, and stand in it once', async () => {
    const [one, other] = [await claimFor(covered), await claimFor(covered)];
    expect(await refusal(covered, [{ claim: one }, { claim: other, change: { position: 3 } }])).toBe('ADJUDICATION_NOT_NEXT');
    expect(await refusal(covered, [{ claim: one }, { claim: other, change: { before: {} } }])).toBe('does not begin with what is used');
    expect(await refusal(covered, [{ claim: one }, { claim: one }])).toBe('REQUEST_INVALID');
    const foreign = await claimFor(await cover(twin, patient));
    expect(await refusal(covered, [{ claim: foreign }])).toBe('CLAIM_NOT_FOUND');
  });

  test('count what she used elsewhere, and do not carry it on', async () => {
    const claim = await claimFor(covered, { charge: 10_000 });
    await adjudicate(covered, prepare(covered, [{ claim, elsewhere: { 'year/2026-01-01/deductible': 10_000 } }]));
    expect(benefitOf(covered, claim)).toBe(8_000);
    expect(used(covered)['year/2026-01-01/deductible']).toBeUndefined();
  });

  test('that are adjudicated again give back what they had used', async () => {
    const [one, other] = [await claimFor(covered, { charge: 10_000 }), await claimFor(covered, { charge: 10_000 })];
    await decideByRule(covered, one, other);
    const before = used(covered);
    expect([benefitOf(covered, one), benefitOf(covered, other)]).toEqual([0, 8_000]);
    await decideByRule(covered, one);
    expect(benefitOf(covered, one)).toBe(0);
    expect(used(covered)).toEqual(before);
    const again = prepare(covered, [{ claim: other }]);
    const [sent] = again.input.claims;
    const { previous: _, ...without } = sent ?? { previous: '' };
    const bare = { ...again, input: { ...again.input, claims: [without as NonNullable<typeof sent>] } };
    expect((await refusalOf(adjudicate(covered, bare))).code).toBe('REQUEST_INVALID');
    const first = covered.documents.get(one.body.claimId)?.[0];
    const stale = {
      ...again,
      input: { ...again.input, claims: [{ ...(sent as NonNullable<typeof sent>), previous: formatCanonical(first ?? null) }] },
    };
    expect((await refusalOf(adjudicate(covered, stale))).code).toBe('COMMITMENT_MISMATCH');
  });

  test('200 of them, in any order and any lists, leave equal sums, and overrun no limit', async () => {
    let seed = 7;
    const next = (most: number): number => (seed = (seed * 48_271) % 2_147_483_647) % most;
    const shapes = Array.from({ length: 200 }, (_, at) => ({
      charge: 1 + next(9_000),
      units: 1 + next(2),
      code: at % 4 === 0 ? 'visit' : 'other',
    }));
    const plan = { ...PLAN, planId: 'tight', deductible: 20_000, yearLimit: 250_000 };
    await publish(twin, plan);
    const limits = { benefit: 250_000, 'units/visits': 40, deductible: 20_000 };
    const sums: Accumulators[] = [];
    for (const isShuffled of [false, true]) {
      const of = await cover(twin, patient, INSURER, { planId: plan.planId });
      const records = await treat(twin, patient, shapes.length);
      const claims: SubmittedClaim[] = [];
      for (const [at, record] of records.entries()) claims.push(await submitted(newClaim(of, [lineOf(record, shapes[at])])));
      if (isShuffled) claims.sort((one, other) => (one.body.claimId < other.body.claimId ? -1 : 1));
      while (claims.length > 0) {
        const list = claims.splice(0, 1 + next(50)).map((claim) => ({ claim, plan }));
        await adjudicate(of, prepare(of, list));
        for (const [name, limit] of Object.entries(limits)) expect(used(of)[`year/2026-01-01/${name}`] ?? 0).toBeLessThanOrEqual(limit);
        const key = accumulatorKey(of.relation.relationRef, of.coverageId);
        expect(twin.state(key)).toMatchObject({ position: of.position, used: usedCommitment(of) });
      }
      const results = [...of.documents.values()].map((documents) => resultOf(documents.at(-1)));
      expect(results).toHaveLength(shapes.length);
      for (const { totals } of results) expect(totals.benefit).toBeLessThanOrEqual(totals.submitted);
      expect(results.reduce<Accumulators>((sum, one) => addAccumulators(sum, one.used), {})).toEqual(used(of));
      sums.push(used(of));
    }
    expect(sums[1]).toEqual(sums[0]);
    expect(sums[0]).toEqual({
      'year/2026-01-01/benefit': 250_000,
      'year/2026-01-01/benefit/all': 250_000,
      'year/2026-01-01/deductible': 20_000,
      'year/2026-01-01/units/visits': 40,
    });
  }, 120_000);
});

describe('a claim that is taken back', () => {
  test('pays and uses nothing any more, by a document that names the later claim', async () => {
    const [one, other] = [await claimFor(covered, { charge: 10_000 }), await claimFor(covered, { charge: 10_000 })];
    await decideByRule(covered, one, other);
    expect(await refusal(covered, [{ claim: one, reversedBy: newRef<ClaimId>() }])).toBe('takes back what no later claim takes back');
    const reversal = await reversalOf(one);
    const taking = { claim: one, reversedBy: reversal.body.claimId };
    expect(await refusal(covered, [{ claim: one }])).toBe('CLAIM_NOT_OPEN');
    expect(await refusal(covered, [{ ...taking, change: { reversedBy: other.body.claimId } }])).toBe(
      'takes back what no later claim takes back',
    );
    const { adjudications } = await adjudicate(covered, prepare(covered, [taking]));
    expect(adjudications).toMatchObject([{ outcome: 'reversed', n: 2, status: 'final' }]);
    expect(used(covered)).toEqual(resultOf(newest(covered, other)).used);
    expect(await refusal(covered, [taking])).toBe('takes back what is taken back already');
    expect(await refusal(covered, [{ claim: reversal }])).toBe('decides a claim that bills nothing');
  });

  test('before it was decided uses nothing and is never decided', async () => {
    const one = await claimFor(covered);
    const { body } = await reversalOf(one);
    await adjudicate(covered, prepare(covered, [{ claim: one, reversedBy: body.claimId }]));
    expect(used(covered)).toEqual({});
  });

  test('by a correction is taken back before that is decided, at the latest earlier in the same list', async () => {
    const record = (await treat(twin, patient))[0] as TestRecord;
    const one = await submitted(newClaim(covered, [lineOf(record, { charge: 50_000 })]));
    await decideByRule(covered, one);
    const corrected = await submitted(newClaim(covered, [lineOf(record, { charge: 20_000 })], { related: related(one, 'correction') }));
    expect(corrected.entry.duplicates).toEqual([]);
    const taking = { claim: one, reversedBy: corrected.body.claimId };
    const early = 'comes before the claim that is corrected is taken back';
    expect(await refusal(covered, [{ claim: corrected }])).toBe(early);
    expect(await refusal(covered, [{ claim: corrected }, taking])).toBe(early);
    await adjudicate(covered, prepare(covered, [taking, { claim: corrected }]));
    expect(benefitOf(covered, corrected)).toBe(8_000);
    expect(used(covered)).toEqual(resultOf(newest(covered, corrected)).used);
  });

  test('by its insurer is not decided: the hospital corrects it', async () => {
    const one = await claimFor(covered);
    const { relationRef, claimId } = one.body;
    const returned = { relationRef, claims: [{ claimId, reason: 'body-mismatch' as const }] };
    await twin.submit(await twin.identity(INSURER, 'gateway'), 'AcknowledgeClaims', returned);
    expect(await refusal(covered, [{ claim: one }])).toBe('CLAIM_NOT_OPEN');
  });
});

describe('a preauthorization', () => {
  const days = { from: '2026-02-01' as Day, until: '2026-04-01' as Day };
  const ask = (more: object = {}): Promise<SubmittedClaim> =>
    claimFor(covered, { code: 'implant', units: 2, charge: 20_000, day: '2026-03-20' as Day, ...more }, { use: 'preauthorization' });
  const allow = (claim: SubmittedClaim, more: object = {}): NonNullable<Deciding['decided']> => ({
    authorized: [{ id: authorizationId(claim.body.claimId, 1), service: serviceOf('implant'), days, units: 2, ...more }],
  });

  test('says what would be paid, uses nothing, and is drawn down by claims under its id', async () => {
    const asked = await ask();
    await adjudicate(covered, prepare(covered, [{ claim: asked, decided: allow(asked) }]));
    expect(resultOf(newest(covered, asked)).lines[0]).toMatchObject({ outcome: 'paid' });
    expect(used(covered)).toEqual({});
    const document = newest(covered, asked) as AdjudicationDocument;
    const authorization = authorizationId(asked.body.claimId, 1);
    const claims: SubmittedClaim[] = [];
    for (const units of [1, 2]) claims.push(await claimFor(covered, { code: 'implant', units, charge: 10_000 * units, authorization }));
    const [one, other] = claims as [SubmittedClaim, SubmittedClaim];
    await adjudicate(covered, prepare(covered, [{ claim: one }, { claim: other }], { preauthorizations: [document] }));
    expect(resultOf(newest(covered, one)).lines[0]).toMatchObject({ outcome: 'paid', units: 1 });
    expect(resultOf(newest(covered, other)).lines[0]).toMatchObject({ outcome: 'paid', units: 1 });
    expect(used(covered)[`authorization/${authorization}`]).toBe(2);
    const more = await claimFor(covered, { code: 'implant', authorization });
    await decideByRule(covered, more);
    expect(resultOf(newest(covered, more)).lines[0]).toMatchObject({ outcome: 'denied' });
  });

  test('allows only what the rule pays of the line, under its own id, and no claim does', async () => {
    const asked = await ask();
    const problem = async (more: object, claim = asked): Promise<string> => refusal(covered, [{ claim, decided: allow(asked, more) }]);
    expect(await problem({ units: 3 })).toBe('authorizes another service than the line, or more of it');
    expect(await problem({ service: serviceOf('visit') })).toBe('authorizes another service than the line, or more of it');
    expect(await problem({ id: 'any' })).toBe('authorizes what the rule does not pay');
    expect(await problem({}, await claimFor(covered))).toBe('authorizes in a claim that asks for no authorization');
    const cosmetic = await ask({ code: 'cosmetic' });
    expect(await refusal(covered, [{ claim: cosmetic, decided: allow(cosmetic, { service: serviceOf('cosmetic') }) }])).toBe(
      'authorizes what the rule does not pay',
    );
  });

  test('that is taken back, or of another coverage, allows nothing', async () => {
    const asked = await ask();
    await adjudicate(covered, prepare(covered, [{ claim: asked, decided: allow(asked) }]));
    const document = newest(covered, asked) as AdjudicationDocument;
    const { body } = await reversalOf(asked);
    await adjudicate(covered, prepare(covered, [{ claim: asked, reversedBy: body.claimId }]));
    const claim = await claimFor(covered, { code: 'implant', authorization: authorizationId(asked.body.claimId, 1) });
    expect(await refusal(covered, [{ claim }], [document])).toBe('COMMITMENT_MISMATCH');
  });
});
