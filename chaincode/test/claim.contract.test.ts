import {
  acknowledgementKey,
  adjudicationKey,
  adjudicationRef,
  billedKey,
  claimKey,
  claimRef,
  defaultClaimRules,
  formatCanonical,
  implicitCollection,
  privateKey,
  replacementKey,
  type AdjudicationEntry,
  type ClaimId,
  type CoverageId,
  type TransactionRequest,
} from '../src/model';
import {
  claimFor,
  cover,
  lineOf,
  newClaim,
  publish,
  submitClaim,
  submitted,
  treat,
  type Cover,
  type TestClaim,
} from './support/claim-story';
import {
  ENDORSEMENT_POLICY_FAILURE,
  MVCC_READ_CONFLICT,
  OK,
  refusalOf,
  type ConsortiumTwin,
  type Endorsed,
} from './support/consortium-twin';
import { AUTHORITY, checkIn, CLINIC, HOSPITAL, INSURER, newConsortium, register, RULES, type TestRecord } from './support/story';
import { changeRules } from './support/rules-changes';
import { commit, newRef, Patient } from './support/wallet';

const { claims: rulesOfClaims = defaultClaimRules } = RULES;

let twin: ConsortiumTwin;
let patient: Patient;
let covered: Cover;
let record: TestRecord;

const first = <T>(list: readonly T[]): T => {
  const [one] = list;
  if (one === undefined) throw new Error('an empty list');
  return one;
};
const stateOf = (key: string): unknown => twin.state(key);
/** A claim of this test's record, as it was made. */
const claim = (shape: Parameters<typeof newClaim>[2] = {}, of: Cover = covered): TestClaim => newClaim(of, [lineOf(record)], shape);
const correctionOf = ({ request: { claimId } }: TestClaim): TestClaim => claim({ related: { claimId, relationship: 'correction' } });
const reversalOf = ({ request: { claimId } }: TestClaim, of = covered): TestClaim =>
  newClaim(of, [], { related: { claimId, relationship: 'reversal' } });
const endorseClaim = async ({ request, envelope }: TestClaim, endorsers?: readonly string[]): Promise<Endorsed> =>
  twin.endorse(await twin.identity(HOSPITAL, 'gateway'), ['SubmitClaim', formatCanonical(request)], {
    input: { envelope },
    ...(endorsers && { endorsers }),
  });
const read = async ({ request: { relationRef, claimId } }: TestClaim): ReturnType<typeof twin.evaluate<'GetClaim'>> =>
  twin.evaluate(await twin.identity(AUTHORITY), 'GetClaim', { relationRef, claimId });
const acknowledge = async (
  { request: { relationRef, claimId } }: TestClaim,
  reason: TransactionRequest<'AcknowledgeClaims'>['claims'][number]['reason'] = null,
): Promise<unknown> =>
  first(
    (await twin.submit(await twin.identity(INSURER, 'gateway'), 'AcknowledgeClaims', { relationRef, claims: [{ claimId, reason }] }))
      .acknowledgements,
  );

beforeEach(async () => {
  twin = await newConsortium();
  patient = new Patient(HOSPITAL);
  await register(twin, patient);
  await publish(twin);
  covered = await cover(twin, patient);
  record = first(await treat(twin, patient));
});

describe('a claim', () => {
  test('is made by its hospital with any other member, with deadlines from its submission, and open', async () => {
    const made = claim();
    const entry = await submitClaim(made, { endorsers: [HOSPITAL, AUTHORITY] });
    expect(entry).toMatchObject({
      hospital: HOSPITAL,
      insurer: INSURER,
      duplicates: [],
      submittedAt: twin.clock,
      acknowledgeBy: '2026-03-03T08:00:00.000Z',
      adjudicateBy: '2026-03-31T08:00:00.000Z',
      by: { mspId: HOSPITAL, role: 'gateway' },
    });
    expect(await read(made)).toEqual({
      claim: entry,
      replacedBy: null,
      acknowledgement: null,
      adjudication: expect.objectContaining({ n: 0, status: 'open', document: null }),
    });
    expect(stateOf(billedKey(first(made.request.tags)))).toMatchObject({ claims: [{ claimId: made.request.claimId }] });
  });

  test('has the deadlines of the rules, which have their own where they say nothing of claims', async () => {
    await changeRules(twin, { ...RULES, version: 2, claims: { ...rulesOfClaims, acknowledgeDays: 1, adjudicateDays: 5 } });
    const days = { acknowledgeBy: '2026-03-02T08:00:00.000Z', adjudicateBy: '2026-03-06T08:00:00.000Z' };
    expect(await submitClaim(claim())).toMatchObject(days);
    const { claims: _, ...silent } = RULES;
    await changeRules(twin, { ...silent, version: 3 });
    const usual = { acknowledgeBy: '2026-03-03T08:00:00.000Z', adjudicateBy: '2026-03-31T08:00:00.000Z' };
    expect(await submitClaim(claim())).toMatchObject(usual);
  });

  test('is neither made by others in the name of the hospital, nor by the hospital alone', async () => {
    const made = claim();
    for (const endorsers of [[HOSPITAL], [INSURER, CLINIC], [INSURER, CLINIC, AUTHORITY]])
      expect(twin.commit(await endorseClaim(made, endorsers))).toBe(ENDORSEMENT_POLICY_FAILURE);
    const asInsurer = twin.endorse(await twin.identity(INSURER, 'gateway'), ['SubmitClaim', formatCanonical(made.request)], {
      input: { envelope: made.envelope },
    });
    expect(await refusalOf(asInsurer)).toEqual({ code: 'CALLER_NOT_CUSTODIAN', details: { custodian: HOSPITAL } });
    expect(twin.commit(await endorseClaim(made, [HOSPITAL, CLINIC]))).toBe(OK);
  });

  test('that two members write without the hospital counts nowhere', async () => {
    const genuine = await submitClaim(claim());
    const claimId = newRef<ClaimId>();
    twin.forge(claimKey(genuine.relationRef, claimId), formatCanonical({ ...genuine, claimId }));
    const forged = claim({ change: { claimId } });
    expect((await refusalOf(read(forged))).code).toBe('CLAIM_NOT_FOUND');
    expect((await refusalOf(acknowledge(forged))).code).toBe('CLAIM_NOT_FOUND');
    expect((await refusalOf(submitClaim(forged))).code).toBe('CLAIM_ALREADY_MADE');
  });

  test('stands for good, and its fate is written by nobody but those whose it is', async () => {
    const { relationRef, claimId } = await submitClaim(claim());
    const everybody = [HOSPITAL, CLINIC, INSURER, AUTHORITY];
    const isWritable = (key: string, endorsers: readonly string[]): boolean =>
      twin.validate({ reads: {}, writes: { [key]: 'e30=' }, policies: {}, hashedReads: {}, privateWrites: {} }, endorsers) === OK;
    const header = claimKey(relationRef, claimId);
    const decision = adjudicationKey(relationRef, claimId);
    const place = replacementKey(relationRef, claimId);
    for (const missing of everybody)
      expect(
        isWritable(
          header,
          everybody.filter((mspId) => mspId !== missing),
        ),
      ).toBe(false);
    expect(isWritable(decision, [HOSPITAL, CLINIC, AUTHORITY])).toBe(false);
    expect(isWritable(decision, [INSURER])).toBe(true);
    expect(isWritable(place, [INSURER, CLINIC, AUTHORITY])).toBe(false);
    expect(isWritable(place, [HOSPITAL])).toBe(false);
    expect(isWritable(place, [HOSPITAL, AUTHORITY])).toBe(true);
  });

  test('that is sent again is answered as it stands, and its id takes no other', async () => {
    const made = claim();
    const entry = await submitClaim(made);
    twin.clock = '2026-03-01T09:00:00.000Z';
    expect(await submitClaim(made)).toEqual(entry);
    const other = { ...made, request: { ...made.request, body: commit(Buffer.from('other')) } };
    expect((await refusalOf(submitClaim(other))).code).toBe('CLAIM_ALREADY_MADE');
  });

  test("is sealed to both, and the hospital's copy is the one that it names", async () => {
    const made = claim();
    expect(await refusalOf(submitClaim({ ...made, envelope: 'another' }))).toEqual({
      code: 'COMMITMENT_MISMATCH',
      details: { of: 'sealed claim' },
    });
    const toOne = { [HOSPITAL]: made.request.sealed[HOSPITAL] } as TransactionRequest<'SubmitClaim'>['sealed'];
    expect((await refusalOf(submitClaim({ ...made, request: { ...made.request, sealed: toOne } }))).code).toBe('REQUEST_INVALID');
    await submitClaim(made);
    const own = twin.world.collections
      .get(implicitCollection(HOSPITAL))
      ?.get(privateKey(claimRef(made.request.relationRef, made.request.claimId)));
    expect(own?.value.toString()).toBe(made.envelope);
  });

  test('needs a relation of cover and a coverage that the insurer recorded', async () => {
    const foreign = await cover(twin, patient);
    for (const coverageId of [newRef<CoverageId>(), foreign.coverageId])
      expect((await refusalOf(submitClaim(claim({ change: { coverageId } })))).code).toBe('COVERAGE_NOT_FOUND');
    const care = patient.relateTo(INSURER, ['care']);
    await checkIn(twin, care);
    expect((await refusalOf(submitClaim(claim({ change: { relationRef: care.relationRef } })))).code).toBe('RELATION_INVALID');
  });

  test('names a tag for what it bills, and none where it bills nothing', async () => {
    for (const wrong of [claim({ change: { tags: [] } }), claim({ use: 'preauthorization', change: { tags: claim().request.tags } })])
      expect(await refusalOf(submitClaim(wrong))).toMatchObject({ code: 'REQUEST_INVALID', details: { place: 'request.tags' } });
    await submitClaim(claim({ use: 'predetermination' }));
    await submitClaim(claim());
  });

  test('joins no two claims of a coverage by what it reads: two that are in flight both commit', async () => {
    const [one, other] = await treat(twin, patient, 2);
    const flying = [];
    for (const record of [one, other]) flying.push(await endorseClaim(newClaim(covered, [lineOf(record as TestRecord)])));
    expect(flying.map((endorsed) => twin.commit(endorsed))).toEqual([OK, OK]);
  });
});

describe('the same service billed twice', () => {
  test('is marked in the header of the second claim, in the same relation and under another insurer', async () => {
    await submitClaim(claim());
    expect(await submitClaim(claim())).toMatchObject({ duplicates: [0] });
    await changeRules(twin, { ...RULES, version: 2, roles: { ...RULES.roles, [AUTHORITY]: 'insurer' } });
    await publish(twin, undefined, AUTHORITY);
    const elsewhere = await cover(twin, patient, AUTHORITY);
    const fresh = first(await treat(twin, patient));
    const both = newClaim(elsewhere, [lineOf(fresh), lineOf(record)]);
    expect(await submitClaim(both)).toMatchObject({ duplicates: [1], insurer: AUTHORITY });
  });

  test('is not the same service on another day, of another kind or of another record', async () => {
    await submitClaim(claim());
    const others = [
      lineOf(record, { day: '2026-02-21' as never }),
      lineOf(record, { code: 'surgery' }),
      lineOf(first(await treat(twin, patient))),
    ];
    for (const line of others) expect(await submitClaim(newClaim(covered, [line]))).toMatchObject({ duplicates: [] });
  });

  test('in two claims in flight leaves exactly one of them unmarked', async () => {
    const [one, other] = [claim(), claim()];
    const flying = [await endorseClaim(one), await endorseClaim(other)];
    expect(flying.map((endorsed) => twin.commit(endorsed))).toEqual([OK, MVCC_READ_CONFLICT]);
    expect(await submitClaim(other)).toMatchObject({ duplicates: [0] });
    expect((await read(one)).claim.duplicates).toEqual([]);
  });

  test('is still found when a duplicate between the two was taken back, and no longer when all were', async () => {
    const [one, other] = [claim(), claim()];
    await submitClaim(one);
    await submitClaim(other);
    await submitClaim(reversalOf(other));
    const third = claim();
    expect(await submitClaim(third)).toMatchObject({ duplicates: [0] });
    await submitClaim(reversalOf(one));
    expect(await submitClaim(claim())).toMatchObject({ duplicates: [0] });
    await submitClaim(reversalOf(third));
  });

  test('is taken to be so where others wrote under a tag', async () => {
    const made = claim();
    twin.forge(billedKey(first(made.request.tags)), '{"junk":true}');
    expect(await submitClaim(made)).toMatchObject({ duplicates: [0] });
  });
});

describe('a later claim', () => {
  test('that corrects one takes over its tags, and frees those that it no longer bills', async () => {
    const [other] = await treat(twin, patient);
    const two = newClaim(covered, [lineOf(record), lineOf(other as TestRecord)]);
    await submitClaim(two);
    expect(await submitClaim(correctionOf(two))).toMatchObject({ duplicates: [] });
    expect(await submitClaim(newClaim(covered, [lineOf(other as TestRecord)]))).toMatchObject({ duplicates: [] });
    expect(await submitClaim(claim())).toMatchObject({ duplicates: [0] });
    expect((await read(two)).replacedBy).not.toBeNull();
  });

  test('that takes one back frees its tags', async () => {
    const one = claim();
    await submitClaim(one);
    await submitClaim(reversalOf(one));
    expect(await submitClaim(claim())).toMatchObject({ duplicates: [] });
  });

  test('comes once for each claim, and not to itself, to a reversal, of another use, or from another relation', async () => {
    const one = claim();
    await submitClaim(one);
    const reversal = reversalOf(one);
    await submitClaim(reversal);
    const problemOf = async (wrong: TestClaim): Promise<unknown> => {
      const { code, details } = await refusalOf(submitClaim(wrong));
      return code === 'CLAIM_NOT_REPLACEABLE' ? (details as { problem: string }).problem : code;
    };
    expect(await problemOf(reversalOf(one))).toBe('was taken back or corrected already');
    expect(await problemOf(correctionOf(one))).toBe('was taken back or corrected already');
    expect(await problemOf(reversalOf(reversal))).toBe('bills nothing: it takes another one back');
    const itself = claim();
    const related = { claimId: itself.request.claimId, relationship: 'correction' } as const;
    expect(await problemOf({ ...itself, request: { ...itself.request, related } })).toBe('is this claim itself');
    const asked = claim({ use: 'preauthorization' });
    await submitClaim(asked);
    expect(await problemOf(correctionOf(asked))).toBe('is of another use or coverage');
    const foreign = await cover(twin, patient);
    const { entry } = await claimFor(foreign);
    expect(await problemOf(claim({ related: { claimId: entry.claimId, relationship: 'correction' } }))).toBe('CLAIM_NOT_FOUND');
  });

  test('that races another one for the same claim loses', async () => {
    const one = await submitted(claim());
    const flying = [await endorseClaim(reversalOf(one)), await endorseClaim(correctionOf(one))];
    expect(flying.map((endorsed) => twin.commit(endorsed))).toEqual([OK, MVCC_READ_CONFLICT]);
  });
});

describe('the acknowledgement of a claim', () => {
  test("is the insurer's, with its attestation and a witness", async () => {
    const made = await submitted(claim());
    const { relationRef, claimId } = made.entry;
    const args = ['AcknowledgeClaims', JSON.stringify({ relationRef, claims: [{ claimId, reason: null }] })];
    const gateway = await twin.identity(INSURER, 'gateway');
    for (const endorsers of [[INSURER], [HOSPITAL, CLINIC]])
      expect(twin.commit(await twin.endorse(gateway, args, { endorsers }))).toBe(ENDORSEMENT_POLICY_FAILURE);
    expect(await refusalOf(twin.endorse(await twin.identity(HOSPITAL, 'gateway'), args))).toEqual({
      code: 'CALLER_NOT_INSURER',
      details: { mspId: HOSPITAL },
    });
    expect(await acknowledge(made)).toMatchObject({ outcome: 'received', reason: null, by: { mspId: INSURER } });
    expect((await read(made)).acknowledgement).toMatchObject({ outcome: 'received' });
  });

  test('that others wrote does not count', async () => {
    const made = await submitted(claim());
    const { relationRef, claimId } = made.entry;
    const forged = { relationRef, claimId, outcome: 'received', reason: null, by: made.entry.by, at: twin.clock };
    twin.forge(acknowledgementKey(relationRef, claimId), formatCanonical(forged));
    expect((await read(made)).acknowledgement).toBeNull();
    expect(await acknowledge(made)).toMatchObject({ by: { mspId: INSURER } });
  });

  test('can follow a return because the body was not there, and a return can follow it; other returns are final', async () => {
    const made = await submitted(claim());
    expect(await acknowledge(made, 'body-not-received')).toMatchObject({ outcome: 'returned', reason: 'body-not-received' });
    expect(await acknowledge(made)).toMatchObject({ outcome: 'received' });
    const standing = await acknowledge(made);
    expect(await acknowledge(made)).toEqual(standing);
    expect(await acknowledge(made, 'tag-mismatch')).toMatchObject({ outcome: 'returned' });
    expect(await refusalOf(acknowledge(made))).toMatchObject({ code: 'CLAIM_NOT_OPEN', details: { status: 'returned' } });
  });

  test('names each claim of its list once', async () => {
    const { relationRef, claimId } = await submitClaim(claim());
    const twice = { relationRef, claims: [0, 1].map(() => ({ claimId, reason: null })) };
    expect((await refusalOf(twin.submit(await twin.identity(INSURER, 'gateway'), 'AcknowledgeClaims', twice))).code).toBe(
      'REQUEST_INVALID',
    );
  });
});

test('an adjudication that the hospital wrote into its own claim counts as none', async () => {
  const made = await submitted(claim());
  const { relationRef, claimId } = made.entry;
  const key = adjudicationKey(relationRef, claimId);
  const sealed = made.request.sealed;
  const own = { ...(stateOf(key) as AdjudicationEntry), n: 1, outcome: 'complete', status: 'final', sealed } as AdjudicationEntry;
  twin.forge(key, formatCanonical(own));
  expect((await read(made)).adjudication).toMatchObject({ n: 0, status: 'open' });
  expect(privateKey(adjudicationRef(relationRef, claimId, 1))).toContain(claimId);
});
