import {
  accumulatorKey,
  claimKey,
  claimRef,
  adjudicationKey,
  adjudicationRef,
  coverageKey,
  coverageRef,
  explanationRef,
  formatCanonical,
  implicitCollection,
  planKey,
  privateKey,
  type ClaimId,
  type CoverageDocument,
  type SealedRef,
  type StaffRole,
  type TransactionName,
  type TransactionRequest,
} from '../src/model';
import { ENDORSEMENT_POLICY_FAILURE, OK, refusalOf, type ConsortiumTwin, type Endorsed } from './support/consortium-twin';
import { agree, cover, newPlan, newTerms, publish, recording, termsEnvelope } from './support/coverage-story';
import { changeRules } from './support/rules-changes';
import { AUTHORITY, checkIn, CLINIC, HOSPITAL, INSURER, newConsortium, register, RULES, sealedText } from './support/story';
import { newKeyPair, newRef, Patient, sha256, type PatientRelation } from './support/wallet';

let twin: ConsortiumTwin;
let patient: Patient;
let relation: PatientRelation;
let terms: CoverageDocument;

const run = async <N extends TransactionName>(
  name: N,
  request: TransactionRequest<N>,
  { by = INSURER, role = 'insurer-clerk', endorsers }: { by?: string; role?: StaffRole; endorsers?: readonly string[] } = {},
): Promise<Endorsed> => twin.endorse(await twin.identity(by, role), [name, formatCanonical(request)], endorsers && { endorsers });
const record = (change: Partial<TransactionRequest<'RecordCoverage'>> = {}, by?: string): Promise<Endorsed> =>
  run('RecordCoverage', { ...recording(terms, agree(relation, terms)), ...change }, by === undefined ? {} : { by });
const coverages = async (): Promise<readonly string[]> => {
  const { relationRef, coverageId } = terms;
  const answer = await twin.evaluate(await twin.identity(AUTHORITY), 'GetCoverages', { relationRef, coverageId });
  return answer.coverages.map(({ version, status }) => `${String(version)} ${status}`);
};
/** The code by which Fabric judges a write of a key by these organisations alone, whatever their chaincode says. */
const overwrite = (key: string, endorsers: readonly string[]): number => {
  const writes = { [key]: Buffer.from('{}').toString('base64') };
  return twin.validate({ reads: {}, writes, policies: {}, hashedReads: {}, privateWrites: {} }, endorsers);
};
const relate = async (counterparty: typeof INSURER, kind: 'cover' | 'care'): Promise<PatientRelation> => {
  const related = patient.relateTo(counterparty, [kind]);
  await checkIn(twin, related);
  return related;
};

beforeEach(async () => {
  twin = await newConsortium();
  patient = new Patient(HOSPITAL);
  await register(twin, patient);
  relation = await relate(INSURER, 'cover');
  terms = newTerms(relation);
});

describe('a plan', () => {
  const plan = newPlan();
  const { planId } = plan;

  test('is published by its insurer with a witness, and everybody reads it whole', async () => {
    const request = { plan };
    for (const endorsers of [[INSURER], [INSURER, INSURER]])
      expect(twin.commit(await run('PublishPlan', request, { endorsers }))).toBe(ENDORSEMENT_POLICY_FAILURE);
    expect(twin.commit(await run('PublishPlan', request, { endorsers: [CLINIC, HOSPITAL, AUTHORITY] }))).toBe(ENDORSEMENT_POLICY_FAILURE);
    expect(twin.commit(await run('PublishPlan', request, { endorsers: [INSURER, HOSPITAL] }))).toBe(OK);
    expect(await twin.evaluate(await twin.identity(CLINIC), 'GetPlan', { insurer: INSURER, planId, version: 1 })).toMatchObject({
      ...{ insurer: INSURER, planId, version: 1, plan },
      ...{ by: { mspId: INSURER, role: 'insurer-clerk' }, publishedAt: twin.clock },
    });
  });

  test('is of a member that the rules name as an insurer and do not suspend', async () => {
    for (const by of [HOSPITAL, AUTHORITY])
      expect(await refusalOf(run('PublishPlan', { plan }, { by }))).toEqual({ code: 'CALLER_NOT_INSURER', details: { mspId: by } });
    await changeRules(twin, { ...RULES, version: 2, suspended: [INSURER] });
    expect((await refusalOf(run('PublishPlan', { plan }))).code).toBe('CALLER_NOT_INSURER');
  });

  test('has versions without a gap, each published once and never changed; a repeat is answered and writes nothing', async () => {
    expect((await refusalOf(run('PublishPlan', { plan: newPlan({ version: 2 }) }))).code).toBe('PLAN_VERSION_SKIPPED');
    await publish(twin, plan);
    const repeat = await run('PublishPlan', { plan });
    expect(JSON.parse(repeat.simulation.payload)).toEqual({ insurer: INSURER, planId, version: 1 });
    expect(repeat.simulation.rwset.writes).toEqual({});
    const changed = newPlan({ deductible: plan.deductible + 1, outOfPocketMaximum: null });
    expect(await refusalOf(run('PublishPlan', { plan: changed }))).toEqual({
      code: 'PLAN_VERSION_TAKEN',
      details: { planId, version: 1 },
    });
    await publish(twin, { ...changed, version: 2 });
  });

  test('is changed by no collusion short of all members', async () => {
    await publish(twin, plan);
    const key = planKey(INSURER, planId, 1);
    expect(overwrite(key, [INSURER, HOSPITAL, CLINIC])).toBe(ENDORSEMENT_POLICY_FAILURE);
    expect(overwrite(key, [INSURER, HOSPITAL, CLINIC, AUTHORITY])).toBe(OK);
  });

  test('that others wrote in the name of an insurer is none: it stops its number only', async () => {
    await publish(twin, plan);
    const genuine = twin.state(planKey(INSURER, planId, 1)) as object;
    const forged = newPlan({ version: 2, deductible: 0, outOfPocketMaximum: null });
    twin.forge(planKey(INSURER, planId, 2), formatCanonical({ ...genuine, version: 2, plan: forged }));
    const read = run('GetPlan', { insurer: INSURER, planId, version: 2 }, { by: HOSPITAL, endorsers: [HOSPITAL] });
    expect((await refusalOf(read)).code).toBe('PLAN_NOT_FOUND');
    expect((await refusalOf(run('PublishPlan', { plan: forged }))).code).toBe('PLAN_VERSION_TAKEN');
    await publish(twin, { ...forged, version: 3 });
  });

  test('that was published under one name does not count under another', async () => {
    await publish(twin, plan);
    const text = formatCanonical(twin.state(planKey(INSURER, planId, 1)));
    const elsewhere = planKey(INSURER, planId, 2);
    twin.forge(elsewhere, text);
    twin.world.collections.get(implicitCollection(INSURER))?.set(elsewhere, { value: Buffer.from(text), version: 1 });
    const read = run('GetPlan', { insurer: INSURER, planId, version: 2 }, { endorsers: [INSURER] });
    expect((await refusalOf(read)).code).toBe('PLAN_NOT_FOUND');
  });
});

describe('a coverage', () => {
  test('is recorded by the insurer of the relation on terms that the patient signed, and shows no one what they are', async () => {
    const endorsed = await record();
    expect(twin.commit(endorsed)).toBe(OK);
    const { relationRef, coverageId } = terms;
    const { rwset, event, payload } = endorsed.simulation;
    expect(event).toEqual({ name: 'CoverageRecorded', payload: formatCanonical({ relationRef, coverageId, version: 1 }) });
    expect([payload, ...Object.values(rwset.writes).map((text) => Buffer.from(text ?? '', 'base64').toString())].join()).not.toContain(
      terms.planId,
    );
    const answer = await twin.evaluate(await twin.identity(AUTHORITY), 'GetCoverages', { relationRef, coverageId });
    expect(answer.coverages).toMatchObject([{ relationRef, coverageId, version: 1, insurer: INSURER, status: 'active' }]);
    expect(answer.accumulator).toEqual({ relationRef, coverageId, position: 0, used: null, at: twin.clock });
  });

  test('is recorded by a gateway of the insurer too, with a witness', async () => {
    const request = recording(terms, agree(relation, terms));
    const by = { role: 'gateway' as const };
    for (const endorsers of [[INSURER], [HOSPITAL, CLINIC, AUTHORITY]])
      expect(twin.commit(await run('RecordCoverage', request, { ...by, endorsers }))).toBe(ENDORSEMENT_POLICY_FAILURE);
    expect(twin.commit(await run('RecordCoverage', request, { ...by, endorsers: [INSURER, HOSPITAL] }))).toBe(OK);
  });

  test('takes the signature of the relation', async () => {
    for (const key of [newKeyPair(), relation.keys.recovery, patient.keys.signing])
      expect(await refusalOf(record({ coverage: agree(relation, terms, { key }) }))).toEqual({
        code: 'SIGNATURE_INVALID',
        details: { kind: 'coverage' },
      });
  });

  test('takes a statement of its own: none of another relation or of another coverage', async () => {
    const other = await relate(INSURER, 'cover');
    for (const statement of [agree(other, newTerms(other)), agree(relation, newTerms(relation))])
      expect(await refusalOf(record({ coverage: statement }))).toMatchObject({
        code: 'REQUEST_INVALID',
        details: { place: 'request.coverage' },
      });
  });

  test("is the business of the relation's counterparty alone, which is an insurer, in a relation of cover", async () => {
    for (const by of [HOSPITAL, CLINIC]) expect((await refusalOf(record({}, by))).code).toBe('CALLER_NOT_INSURER');
    const ofClinic = await relate(CLINIC, 'cover');
    const theirs = newTerms(ofClinic);
    const request = recording(theirs, agree(ofClinic, theirs));
    expect((await refusalOf(run('RecordCoverage', request, { by: CLINIC }))).code).toBe('CALLER_NOT_INSURER');
    const ofCare = await relate(INSURER, 'care');
    const others = newTerms(ofCare);
    expect(await refusalOf(run('RecordCoverage', recording(others, agree(ofCare, others))))).toEqual({
      code: 'RELATION_INVALID',
      details: { relationRef: ofCare.relationRef, problem: 'is not for cover' },
    });
  });

  test('begins in force', async () => {
    for (const status of ['suspended', 'ended'] as const)
      expect(await refusalOf(record({ status }))).toMatchObject({ code: 'REQUEST_INVALID', details: { place: 'request.status' } });
  });

  test('is suspended, resumed and ended by the insurer alone on the terms that stand; what ended stays ended', async () => {
    const coverage = agree(relation, terms);
    const statuses = ['active', 'suspended', 'active', 'ended'] as const;
    for (const [at, status] of statuses.entries()) await cover(twin, recording(terms, coverage, { version: at + 1, status }));
    expect(await coverages()).toEqual(['1 active', '2 suspended', '3 active', '4 ended']);
    for (const again of [coverage, agree(relation, terms, { version: 5 })])
      expect((await refusalOf(record({ version: 5, coverage: again }))).code).toBe('COVERAGE_ENDED');
  });

  test('has other terms only by a statement of the patient for that very version, and goes back to none', async () => {
    const first = agree(relation, terms);
    await cover(twin, recording(terms, first));
    const better = newTerms(relation, { coverageId: terms.coverageId, order: 'secondary' });
    const second = agree(relation, better, { version: 2 });
    expect((await refusalOf(record({ version: 2, coverage: agree(relation, better) }))).code).toBe('COVERAGE_TERMS_OUTDATED');
    await cover(twin, recording(terms, second, { version: 2 }));
    expect((await refusalOf(record({ version: 3, coverage: first }))).code).toBe('COVERAGE_TERMS_OUTDATED');
    await cover(twin, recording(terms, second, { version: 3, status: 'suspended' }));
  });

  test('has versions without a gap, each recorded once: a repeat is answered and writes nothing', async () => {
    const later = agree(relation, terms, { version: 2 });
    expect((await refusalOf(record({ version: 2, coverage: later }))).code).toBe('COVERAGE_VERSION_SKIPPED');
    const entry = await cover(twin, recording(terms, agree(relation, terms)));
    const again = await record();
    expect([JSON.parse(again.simulation.payload), again.simulation.rwset.writes]).toEqual([entry, {}]);
    expect(await refusalOf(record({ status: 'suspended' }))).toMatchObject({ code: 'COVERAGE_VERSION_TAKEN', details: { version: 1 } });
    expect((await refusalOf(record({ version: 3, coverage: agree(relation, terms, { version: 3 }) }))).code).toBe(
      'COVERAGE_VERSION_SKIPPED',
    );
  });

  test('counts by the attestation of its insurer: what two others write over it or after it does not, and stops its number only', async () => {
    const { relationRef, coverageId } = terms;
    const key = (version: number): string => coverageKey(relationRef, coverageId, version);
    const coverage = agree(relation, terms);
    const genuine = await cover(twin, recording(terms, coverage));
    twin.forge(key(2), formatCanonical({ ...genuine, version: 2, status: 'ended' }));
    twin.forge(key(3), 'junk');
    expect(await coverages()).toEqual(['1 active']);
    expect((await refusalOf(record({ version: 2, coverage }))).code).toBe('COVERAGE_VERSION_TAKEN');
    await cover(twin, recording(terms, coverage, { version: 4, status: 'suspended' }));
    expect(await coverages()).toEqual(['1 active', '4 suspended']);
    for (const version of [1, 4]) twin.forge(key(version), formatCanonical({ ...genuine, version, status: 'ended' }));
    expect((await refusalOf(coverages())).code).toBe('COVERAGE_NOT_FOUND');
  });

  test('begins at a later version where others took its first, with what is used', async () => {
    twin.forge(coverageKey(relation.relationRef, terms.coverageId, 1), 'junk');
    expect((await refusalOf(record())).code).toBe('COVERAGE_VERSION_TAKEN');
    await cover(twin, recording(terms, agree(relation, terms, { version: 2 }), { version: 2 }));
    expect(twin.state(accumulatorKey(relation.relationRef, terms.coverageId))).toMatchObject({ position: 0, used: null });
  });

  test('is changed by no collusion short of all members, and what is used of it by the insurer alone', async () => {
    await cover(twin, recording(terms, agree(relation, terms)));
    const { relationRef, coverageId } = terms;
    expect(overwrite(coverageKey(relationRef, coverageId, 1), [INSURER, HOSPITAL, CLINIC])).toBe(ENDORSEMENT_POLICY_FAILURE);
    expect(overwrite(accumulatorKey(relationRef, coverageId), [HOSPITAL, CLINIC, AUTHORITY])).toBe(ENDORSEMENT_POLICY_FAILURE);
    expect(overwrite(accumulatorKey(relationRef, coverageId), [INSURER])).toBe(OK);
  });
});

describe('sealed', () => {
  const store = (ref: SealedRef, organisation: string, envelope: string): Promise<Endorsed> =>
    twin.identity(CLINIC).then((as) =>
      twin.endorse(as, ['StoreSealed', JSON.stringify({ organisation, keys: [ref] })], {
        ...{ input: { envelopes: [envelope] }, endorsers: [organisation] },
      }),
    );

  test('terms are stored at hospital and insurer as the patient signed them, whoever brings them', async () => {
    const ref = coverageRef(relation.relationRef, terms.coverageId, 1);
    const envelope = termsEnvelope(terms, HOSPITAL);
    expect((await refusalOf(store(ref, HOSPITAL, envelope))).code).toBe('COVERAGE_NOT_FOUND');
    const coverage = agree(relation, terms);
    await cover(twin, recording(terms, coverage));
    for (const mspId of [HOSPITAL, INSURER]) expect(twin.commit(await store(ref, mspId, termsEnvelope(terms, mspId)))).toBe(OK);
    for (const [mspId, other] of [[HOSPITAL, sealedText('coverage')] as const, [CLINIC, envelope] as const])
      expect((await refusalOf(store(ref, mspId, other))).code).toBe('COMMITMENT_MISMATCH');
    await cover(twin, recording(terms, coverage, { version: 2, status: 'suspended' }));
    const second = coverageRef(relation.relationRef, terms.coverageId, 2);
    expect(await refusalOf(store(second, HOSPITAL, envelope))).toMatchObject({ details: { place: 'request.keys[0].id' } });
  });

  describe('by the entries of a claim', () => {
    const claimId = newRef<ClaimId>();
    const [own, body] = [sealedText('claim'), sealedText('claim')];
    /** A claim's header with two adjudications, as its hospital and its insurer write them. */
    const stand = (): void => {
      const { relationRef } = relation;
      const by = { mspId: HOSPITAL, role: 'gateway', actor: sha256('gateway') };
      const times = { submittedAt: twin.clock, acknowledgeBy: twin.clock, adjudicateBy: twin.clock };
      const claim = {
        ...{ relationRef, claimId, use: 'claim', coverageId: terms.coverageId, related: null, hospital: HOSPITAL, insurer: INSURER },
        ...{ body: sha256('body'), sealed: { [HOSPITAL]: sha256(own), [INSURER]: sha256(body) }, tags: [], duplicates: [], by, ...times },
      };
      twin.forge(claimKey(relationRef, claimId), formatCanonical(claim));
      twin.world.collections
        .get(implicitCollection(HOSPITAL))
        ?.set(privateKey(claimRef(relationRef, claimId)), { value: Buffer.from(own), version: 1 });
      for (const n of [1, 2]) {
        const adjudication = {
          ...{ relationRef, claimId, n, outcome: 'complete', document: sha256('document'), coverageVersion: 1, isOverridden: false },
          ...{ sealed: { [HOSPITAL]: sha256(`adjudication ${String(n)}`) }, explanation: sha256(`explanation ${String(n)}`) },
          ...{ manner: 'rule', status: 'final', by: { ...by, mspId: INSURER }, persons: [], at: twin.clock },
        };
        twin.forge(adjudicationKey(relationRef, claimId), formatCanonical(adjudication));
      }
    };
    beforeEach(stand);

    test('the body is stored at the insurer as the header names it, of a claim whose hospital holds its own copy', async () => {
      const ref = claimRef(relation.relationRef, claimId);
      expect((await refusalOf(store(ref, INSURER, own))).code).toBe('COMMITMENT_MISMATCH');
      expect((await refusalOf(store(ref, CLINIC, body))).code).toBe('COMMITMENT_MISMATCH');
      expect(twin.commit(await store(ref, INSURER, body))).toBe(OK);
      twin.world.collections.get(implicitCollection(HOSPITAL))?.delete(privateKey(ref));
      expect((await refusalOf(store(ref, INSURER, body))).code).toBe('CLAIM_NOT_FOUND');
      const elsewhere = claimRef(relation.relationRef, newRef<ClaimId>());
      expect((await refusalOf(store(elsewhere, INSURER, body))).code).toBe('CLAIM_NOT_FOUND');
    });

    test('an adjudication and its explanation are stored at the hospital, the newest and those before it', async () => {
      for (const n of [1, 2]) {
        const offers = [
          [adjudicationRef(relation.relationRef, claimId, n), `adjudication ${String(n)}`],
          [explanationRef(relation.relationRef, claimId, n), `explanation ${String(n)}`],
        ] as const;
        for (const [ref, envelope] of offers) {
          expect(twin.commit(await store(ref, HOSPITAL, envelope))).toBe(OK);
          expect((await refusalOf(store(ref, HOSPITAL, 'another'))).code).toBe('COMMITMENT_MISMATCH');
          expect(await refusalOf(store(ref, INSURER, envelope))).toMatchObject({ details: { place: 'request.organisation' } });
        }
      }
      const never = adjudicationRef(relation.relationRef, claimId, 3);
      expect((await refusalOf(store(never, HOSPITAL, 'adjudication 2'))).code).toBe('ADJUDICATION_NOT_FOUND');
    });
  });
});
