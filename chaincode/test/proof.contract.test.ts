import {
  askingRoles,
  askPreimage,
  formatCanonical,
  implicitCollection,
  referralKey,
  studyKey,
  type ConsentDocument,
  type Proof,
  type Purpose,
  type ReferralId,
  type RelationKind,
  type RequestId,
  type StudyId,
  type TransactionResponse,
} from '../src/model';
import {
  ENDORSEMENT_POLICY_FAILURE,
  MVCC_READ_CONFLICT,
  OK,
  refusalOf,
  type ConsortiumTwin,
  type Endorsed,
} from './support/consortium-twin';
import { endorseDecision, endorseDelivery } from './support/release-steps';
import {
  approve,
  ask,
  askOf,
  AUTHORITY,
  checkIn,
  CLINIC,
  HOSPITAL,
  importRecords,
  INSURER,
  newConsortium,
  newRecord,
  newStudy,
  openingOf,
  refer,
  register,
  type TestRecord,
} from './support/story';
import { commit, newRef, Patient, PatientRelation } from './support/wallet';

type Request = TransactionResponse<'RequestAccess'>['request'];

const CLAIM = { kind: 'claim', claimId: 'c'.repeat(22) } as Proof;

let twin: ConsortiumTwin;
let patient: Patient;
let record: TestRecord;
let relation: PatientRelation;
let document: ConsentDocument;

/** A relation whose consent permits everything: what is refused is refused for want of a proof. */
const relate = async (...kinds: readonly RelationKind[]): Promise<void> => {
  relation = patient.relateTo(CLINIC, kinds);
  await checkIn(twin, relation);
  document = relation.document(2, [{ base: 'permit', exceptions: [] }]);
  await twin.submit(await twin.identity(INSURER), 'RecordConsent', { consent: relation.consent(2, { with: document }) });
};
const decide = (of: Request, at?: string): Promise<Endorsed> =>
  endorseDecision(twin, of, openingOf(relation, document, [record], of), { at });
/** 'released', or the reason against it. */
const outcomeOf = async (purpose: Purpose, proof: Proof | null, at?: string): Promise<unknown> => {
  const request = await ask(twin, relation, CLINIC, { purpose, proof });
  const deciding = decide(request, at);
  return deciding.then(
    (endorsed) => {
      expect(twin.commit(endorsed)).toBe(OK);
      expect(JSON.parse(endorsed.simulation.payload)).toMatchObject({ outcome: 'released', purpose, proof });
      return 'released';
    },
    async () => {
      const { code, details } = await refusalOf(deciding);
      expect(code).toBe('RELEASE_NOT_PERMITTED');
      return (details as { reason: string }).reason;
    },
  );
};
const endReferral = async ({ referralId }: { referralId: ReferralId }): Promise<void> => {
  await twin.submit(await twin.identity(HOSPITAL, 'records'), 'EndReferral', { relationRef: relation.relationRef, referralId });
};
const endStudy = async ({ studyId }: { studyId: StudyId }): Promise<void> => {
  await twin.submit(await twin.identity(AUTHORITY, 'ethics-officer'), 'EndStudy', { studyId });
};

beforeEach(async () => {
  twin = await newConsortium();
  patient = new Patient(HOSPITAL);
  await register(twin, patient);
  record = newRecord(patient);
  await importRecords(twin, [record]);
});

describe('treatment', () => {
  test('is not what a member says it is: without check-in for care and without a referral it is refused, with that reason', async () => {
    await relate('cover', 'research');
    expect(await outcomeOf('TREAT', null)).toBe('relation-kind');
    expect(await outcomeOf('COC', CLAIM)).toBe('relation-kind');
    expect(await outcomeOf('TREAT', { kind: 'referral', referralId: newRef() })).toBe('purpose-not-proved');
  });

  test('is proved by a referral of the custodian, in its time, until the custodian ends it', async () => {
    await relate('cover');
    const referral = await refer(twin, relation);
    expect(await outcomeOf('TREAT', referral, '2026-02-28T23:59:59.999Z')).toBe('purpose-not-proved');
    expect(await outcomeOf('TREAT', referral, '2026-03-01T00:00:00.000Z')).toBe('released');
    expect(await outcomeOf('TREAT', referral, '2026-03-31T23:59:59.999Z')).toBe('released');
    expect(await outcomeOf('TREAT', referral, '2026-04-01T00:00:00.000Z')).toBe('proof-ended');
    await endReferral(referral);
    expect(await outcomeOf('TREAT', referral)).toBe('proof-ended');
  });

  test('is proved in no other relation by it', async () => {
    await relate('cover');
    const referral = await refer(twin, relation);
    await relate('cover');
    expect(await outcomeOf('TREAT', referral)).toBe('purpose-not-proved');
  });

  test('is no emergency: neither check-in nor referral proves one', async () => {
    await relate('care');
    const referral = await refer(twin, relation);
    expect(await outcomeOf('ETREAT', referral)).toBe('purpose-not-proved');
    expect(await outcomeOf('BTG', null)).toBe('purpose-not-proved');
  });

  test('is not proved by a referral that two members wrote without the custodian', async () => {
    await relate('cover');
    const { referralId } = await refer(twin, relation);
    const genuine = twin.state(referralKey(relation.relationRef, referralId)) as { referralId: string };
    const forged = newRef<ReferralId>();
    twin.forge(referralKey(relation.relationRef, forged), formatCanonical({ ...genuine, referralId: forged }));
    expect(await outcomeOf('TREAT', { kind: 'referral', referralId: forged })).toBe('purpose-not-proved');
    const { relationRef } = relation;
    expect((await refusalOf(twin.evaluate(await twin.identity(CLINIC), 'GetReferral', { relationRef, referralId: forged }))).code).toBe(
      'REFERRAL_NOT_FOUND',
    );
  });

  test('is proved no longer by a referral whose end was taken back without its custodian', async () => {
    await relate('cover');
    const referral = await refer(twin, relation);
    const key = referralKey(relation.relationRef, referral.referralId);
    const before = formatCanonical(twin.state(key));
    await endReferral(referral);
    twin.forge(key, before);
    expect(await outcomeOf('TREAT', referral)).toBe('purpose-not-proved');
  });
});

describe('a referral', () => {
  const request = (more: object = {}): string =>
    JSON.stringify({
      relationRef: relation.relationRef,
      referralId: 'r'.repeat(22),
      validity: { from: '2026-03-01T00:00:00.000Z', until: '2026-04-01T00:00:00.000Z' },
      ...more,
    });
  beforeEach(async () => {
    await relate('cover');
  });

  test("is the custodian's: a counterparty cannot refer to itself", async () => {
    for (const mspId of [CLINIC, INSURER]) {
      const refusal = await refusalOf(twin.endorse(await twin.identity(mspId, 'physician'), ['RegisterReferral', request()]));
      expect(refusal).toEqual({ code: 'CALLER_NOT_CUSTODIAN', details: { custodian: HOSPITAL } });
    }
  });

  test('needs the custodian and a witness, when it is made and when it is ended', async () => {
    const physician = await twin.identity(HOSPITAL, 'physician');
    for (const args of [
      ['RegisterReferral', request()],
      ['EndReferral', JSON.stringify({ relationRef: relation.relationRef, referralId: 'r'.repeat(22) })],
    ]) {
      for (const endorsers of [[HOSPITAL], [CLINIC, INSURER], [CLINIC, INSURER, AUTHORITY]])
        expect(twin.commit(await twin.endorse(physician, args, { endorsers }))).toBe(ENDORSEMENT_POLICY_FAILURE);
      expect(twin.commit(await twin.endorse(physician, args, { endorsers: [HOSPITAL, AUTHORITY] }))).toBe(OK);
    }
  });

  test('says to everybody who referred, to whom and until when, and to nobody why', async () => {
    const { referralId } = await refer(twin, relation);
    const { relationRef } = relation;
    const referral = await twin.evaluate(await twin.identity(AUTHORITY), 'GetReferral', { relationRef, referralId });
    expect(referral).toEqual({
      ...{ relationRef, referralId, custodian: HOSPITAL, counterparty: CLINIC },
      by: { mspId: HOSPITAL, role: 'physician', actor: referral.by.actor },
      validity: { from: '2026-03-01T00:00:00.000Z', until: '2026-04-01T00:00:00.000Z' },
      ...{ registeredAt: twin.clock, endedAt: null },
    });
  });

  test('is made once and ended once: repeats are answered the same and write nothing', async () => {
    const physician = await twin.identity(HOSPITAL, 'physician');
    const end = ['EndReferral', JSON.stringify({ relationRef: relation.relationRef, referralId: 'r'.repeat(22) })];
    expect((await refusalOf(twin.endorse(physician, end))).code).toBe('REFERRAL_NOT_FOUND');
    for (const args of [['RegisterReferral', request()], end, ['RegisterReferral', request()]]) {
      twin.commit(await twin.endorse(physician, args));
      expect((await twin.endorse(physician, args, { at: '2026-03-02T08:00:00.000Z' })).simulation.rwset.writes).toEqual({});
    }
    const longer = request({ validity: { from: '2026-03-01T00:00:00.000Z', until: '2036-04-01T00:00:00.000Z' } });
    expect((await refusalOf(twin.endorse(physician, ['RegisterReferral', longer]))).code).toBe('REFERRAL_ALREADY_MADE');
  });

  test('is ended by its custodian only, and is not made where others wrote', async () => {
    const { referralId } = await refer(twin, relation);
    const end = ['EndReferral', JSON.stringify({ relationRef: relation.relationRef, referralId })];
    expect((await refusalOf(twin.endorse(await twin.identity(CLINIC, 'physician'), end))).code).toBe('CALLER_NOT_CUSTODIAN');
    twin.forge(referralKey(relation.relationRef, 'r'.repeat(22) as ReferralId), 'junk');
    const physician = await twin.identity(HOSPITAL, 'physician');
    expect((await refusalOf(twin.endorse(physician, ['RegisterReferral', request()]))).code).toBe('REFERRAL_ALREADY_MADE');
  });
});

describe('research', () => {
  test('needs a study that an authority approved and the check-in of the patient for research', async () => {
    await relate('research');
    const study = await approve(twin);
    expect(await outcomeOf('HRESCH', null)).toBe('purpose-not-proved');
    expect(await outcomeOf('HRESCH', { kind: 'study', studyId: newRef() })).toBe('purpose-not-proved');
    expect(await outcomeOf('CLINTRCH', study)).toBe('released');
    await relate('care', 'cover');
    expect(await outcomeOf('HRESCH', study)).toBe('relation-kind');
  });

  test('is decided with the study in the read set, and with nothing that joins relation and patient', async () => {
    await relate('research');
    const study = await approve(twin);
    const { simulation } = await decide(await ask(twin, relation, CLINIC, { purpose: 'HRESCH', proof: study }));
    const types = Object.keys(simulation.rwset.reads).map((key) => key.split('\u0000')[1]);
    expect(new Set(types)).toEqual(new Set(['relation', 'request', 'decision', 'rules', 'organisation', 'consent', 'closing', 'study']));
    expect(Object.keys(simulation.rwset.hashedReads)).toEqual([`${implicitCollection(AUTHORITY)}|${studyKey(study.studyId)}`]);
    expect(JSON.stringify(simulation.rwset.reads)).not.toContain(patient.subjectRef);
  });

  test("is not proved by another sponsor's study, nor by one of other research", async () => {
    await relate('research');
    expect(await outcomeOf('HRESCH', await approve(twin, newStudy({ sponsors: [INSURER, AUTHORITY] })))).toBe('purpose-not-proved');
    expect(await outcomeOf('HRESCH', await approve(twin, newStudy({ purposes: ['DSRCH'] })))).toBe('purpose-not-proved');
  });

  test('is proved while the study is in its time and not ended', async () => {
    await relate('research');
    const study = await approve(twin);
    expect(await outcomeOf('HRESCH', study, '2026-04-01T00:00:00.000Z')).toBe('proof-ended');
    await endStudy(study);
    expect(await outcomeOf('HRESCH', study)).toBe('proof-ended');
  });

  test('is not proved by a study that members wrote in the name of an authority, or attest to themselves', async () => {
    await relate('research');
    const { studyId } = await approve(twin);
    const genuine = twin.state(studyKey(studyId)) as object;
    for (const [authority, attests] of [[AUTHORITY, CLINIC] as const, [CLINIC, CLINIC] as const]) {
      const forged = newRef<StudyId>();
      const text = formatCanonical({ ...genuine, studyId: forged, authority });
      twin.forge(studyKey(forged), text);
      twin.world.collections.get(implicitCollection(attests))?.set(studyKey(forged), { value: Buffer.from(text), version: 1 });
      expect(await outcomeOf('HRESCH', { kind: 'study', studyId: forged })).toBe('purpose-not-proved');
    }
  });
});

describe('a study', () => {
  test('is approved by a member that the rules name as an authority, with a witness', async () => {
    const study = newStudy();
    const args = ['ApproveStudy', JSON.stringify(study)];
    for (const mspId of [CLINIC, INSURER])
      expect(await refusalOf(twin.endorse(await twin.identity(mspId, 'ethics-officer'), args))).toEqual({
        code: 'CALLER_NOT_AUTHORITY',
        details: { mspId },
      });
    const ethics = await twin.identity(AUTHORITY, 'ethics-officer');
    for (const endorsers of [[AUTHORITY], [CLINIC, INSURER, HOSPITAL]])
      expect(twin.commit(await twin.endorse(ethics, args, { endorsers }))).toBe(ENDORSEMENT_POLICY_FAILURE);
    expect(twin.commit(await twin.endorse(ethics, args, { endorsers: [AUTHORITY, CLINIC] }))).toBe(OK);
    expect(await twin.evaluate(await twin.identity(INSURER), 'GetStudy', { studyId: study.studyId })).toMatchObject({
      ...study,
      authority: AUTHORITY,
      by: { mspId: AUTHORITY, role: 'ethics-officer' },
      endedAt: null,
    });
  });

  test('is of research only', async () => {
    const study = newStudy({ purposes: ['HRESCH', 'TREAT'] });
    const refusal = await refusalOf(twin.submit(await twin.identity(AUTHORITY, 'ethics-officer'), 'ApproveStudy', study));
    expect(refusal).toMatchObject({ code: 'REQUEST_INVALID', details: { place: 'request.purposes' } });
  });

  test('is approved once and never widened; it ends once, by its authority', async () => {
    const study = newStudy();
    const ethics = await twin.identity(AUTHORITY, 'ethics-officer');
    expect((await refusalOf(twin.submit(ethics, 'EndStudy', { studyId: study.studyId }))).code).toBe('STUDY_NOT_FOUND');
    await approve(twin, study);
    await approve(twin, study);
    expect(twin.chain.at(-1)?.simulation.rwset.writes).toEqual({});
    const wider = { ...study, sponsors: [CLINIC, INSURER] };
    expect((await refusalOf(twin.submit(ethics, 'ApproveStudy', wider))).code).toBe('STUDY_ALREADY_APPROVED');
    const end = ['EndStudy', JSON.stringify({ studyId: study.studyId })];
    expect(await refusalOf(twin.endorse(await twin.identity(CLINIC, 'ethics-officer'), end))).toEqual({
      code: 'STUDY_NOT_OWN',
      details: { authority: AUTHORITY },
    });
    await endStudy(study);
    await endStudy(study);
    expect(twin.chain.at(-1)?.simulation.rwset.writes).toEqual({});
  });

  test('says by a salted commitment alone which study it is: a title is not taken', async () => {
    await expect(
      twin.submit(await twin.identity(AUTHORITY, 'ethics-officer'), 'ApproveStudy', { ...newStudy(), title: 'HIV' } as never),
    ).rejects.toThrow('REQUEST_INVALID');
  });
});

describe('the end of a proof', () => {
  test.each([
    ['referral', 'cover', 'TREAT', refer, endReferral],
    ['study', 'research', 'HRESCH', (on: ConsortiumTwin) => approve(on), endStudy],
  ] as const)('of a %s that commits first withdraws decision and delivery: code 11', async (_kind, kind, purpose, begin, end) => {
    await relate(kind);
    const proof = await begin(twin, relation);
    const [first, second] = [await ask(twin, relation, CLINIC, { purpose, proof }), await ask(twin, relation, CLINIC, { purpose, proof })];
    const late = await decide(first);
    expect(twin.commit(await decide(second))).toBe(OK);
    const lateDelivery = await endorseDelivery(twin, second);
    await end(proof as never);
    expect(twin.commit(late)).toBe(MVCC_READ_CONFLICT);
    expect(twin.commit(lateDelivery)).toBe(MVCC_READ_CONFLICT);
    expect(await refusalOf(endorseDelivery(twin, second))).toMatchObject({
      code: 'RELEASE_NOT_PERMITTED',
      details: { reason: 'proof-ended' },
    });
  });

  test('takes nothing from a care relation', async () => {
    await relate('care');
    const referral = await refer(twin, relation);
    await endReferral(referral);
    expect(await outcomeOf('TREAT', referral)).toBe('released');
  });
});

describe('who asks', () => {
  test.each([
    ['TREAT', ['physician', 'nurse']],
    ['COC', ['physician', 'nurse']],
    ['HOPERAT', ['physician']],
    ['PUBHLTH', ['public-health-officer']],
    ['THREAT', ['public-health-officer']],
    ['CLINTRCHPC', ['researcher']],
    ['REMITADV', ['insurer-clerk']],
  ] as const)('for %s are %j, nobody else', async (purpose, allowed) => {
    await relate('care');
    const { relationRef } = relation;
    for (const role of askingRoles) {
      const request = {
        relationRef,
        requestId: newRef<RequestId>(),
        purpose,
        proof: null,
        ask: commit(askPreimage(askOf(relation, purpose))),
      };
      const asked = twin.submit(await twin.identity(CLINIC, role), 'RequestAccess', request);
      if (allowed.some((one) => one === role)) expect((await asked).request.by.role).toBe(role);
      else expect(await refusalOf(asked)).toEqual({ code: 'PURPOSE_NOT_OF_ROLE', details: { purpose, allowed: allowed.join(', ') } });
    }
  });

  test('names what is right in form: one proof, by its id', async () => {
    await relate('care');
    for (const proof of [
      'referral',
      {},
      { kind: 'care' },
      { kind: 'claim' },
      { kind: 'claim', claimId: 'diabetes' },
      { ...CLAIM, studyId: 'x' },
    ])
      await expect(ask(twin, relation, CLINIC, { proof: proof as never })).rejects.toThrow('REQUEST_INVALID');
  });
});
