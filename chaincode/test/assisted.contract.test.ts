import {
  consentEndKey,
  consentKey,
  consentNoticeKey,
  decisionKey,
  deletionKey,
  formatCanonical,
  relationKey,
  type ConsentDocument,
  type DeletionReceipt,
  type EndId,
  type MspId,
  type StaffRole,
  type TransactionName,
  type TransactionRequest,
  type TransactionResponse,
} from '../src/model';
import {
  checkInByCard,
  consentByCard,
  endOnHerWord,
  later,
  NOTIFIER,
  notify,
  personOf,
  validityFrom,
  WITNESS,
} from './support/assisted-story';
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
  ask,
  AUTHORITY,
  checkIn,
  CLINIC,
  HOSPITAL,
  importRecords,
  INSURER,
  newConsortium,
  newRecord,
  newScene,
  openingOf,
  permitLaboratory,
  register,
  signingKeyOf,
  type TestRecord,
} from './support/story';
import {
  ISSUED,
  newKeyPair,
  newKeyRing,
  newRef,
  otherForm,
  Patient,
  replacementStatement,
  signAs,
  type PatientRelation,
} from './support/wallet';

type Request = TransactionResponse<'RequestAccess'>['request'];

const NOW = '2026-03-01T08:00:00.000Z';
/** A day after the consent somebody tells the patient: from here on nothing but the delay is waited for. */
const TOLD = later(NOW, 24);
const EFFECTIVE = later(TOLD);

let twin: ConsortiumTwin;
let patient: Patient;
let relation: PatientRelation;
let laboratory: TestRecord;
let restricted: readonly TestRecord[];

beforeEach(async () => {
  twin = await newConsortium();
  patient = new Patient(HOSPITAL, true);
  await register(twin, patient);
  laboratory = newRecord(patient);
  restricted = ['R', 'V'].map((label) => newRecord(patient, { labels: [label] }));
  await importRecords(twin, [laboratory, ...restricted]);
  relation = patient.relateTo(CLINIC);
  await twin.submit(await twin.identity(HOSPITAL, 'registrar'), 'RegisterRelation', checkInByCard(relation, NOW));
});

const send = async <N extends TransactionName>(
  name: N,
  request: TransactionRequest<N>,
  { by = HOSPITAL, role = 'registrar', at = NOW }: { by?: MspId; role?: StaffRole | null; at?: string } = {},
): Promise<Endorsed> => twin.endorse(await twin.identity(by, role ?? undefined), [name, formatCanonical(request)], { at });
const codeOf = async (promise: Promise<unknown>): Promise<string> => (await refusalOf(promise)).code;

/** Of one record, decided at an instant: 'released', or the reason against it. */
async function outcomeOf(
  document: ConsentDocument,
  at: string,
  { record = laboratory, of = relation, version = document.version }: { record?: TestRecord; of?: PatientRelation; version?: number } = {},
): Promise<string> {
  const deciding = decide(await ask(twin, of), document, { at, record, of, version });
  return deciding.then(
    (endorsed) => {
      expect(twin.commit(endorsed)).toBe(OK);
      return 'released';
    },
    async () => {
      const { code, details } = await refusalOf(deciding);
      return code === 'RELEASE_NOT_PERMITTED' ? (details as { reason: string }).reason : code;
    },
  );
}

function decide(
  request: Request,
  document: ConsentDocument,
  {
    at,
    record = laboratory,
    of = relation,
    version = document.version,
  }: { at: string; record?: TestRecord; of?: PatientRelation; version?: number },
): Promise<Endorsed> {
  const entry = twin.state(consentKey(of.relationRef, document.version)) as { validity: null; document: never };
  const consent = { version: document.version, document: entry.document, validity: entry.validity };
  return endorseDecision(twin, request, openingOf(of, document, [record], request, { change: { consent } }), { version, at });
}

describe('an assisted consent', () => {
  test('counts from the delay of the rules after its notice on, to the millisecond', async () => {
    const document = await consentByCard(twin, relation, NOW);
    expect(await outcomeOf(document, EFFECTIVE)).toBe('notice-missing');
    expect(await notify(twin, relation, { at: TOLD })).toMatchObject({
      channel: 'post',
      at: TOLD,
      effectiveAt: EFFECTIVE,
      person: NOTIFIER,
    });
    expect(await outcomeOf(document, NOW)).toBe('not-yet-valid');
    expect(await outcomeOf(document, later(NOW))).toBe('not-yet-valid');
    expect(await outcomeOf(document, EFFECTIVE.replace('T08:00:00.000', 'T07:59:59.999'))).toBe('not-yet-valid');
    expect(await outcomeOf(document, EFFECTIVE)).toBe('released');
  });

  test('counts no earlier than its validity, however early the notice', async () => {
    const document = await consentByCard(twin, relation, NOW, { validity: validityFrom(later(NOW)) });
    expect(await notify(twin, relation, { at: NOW })).toMatchObject({ effectiveAt: later(later(NOW)) });
    expect(await outcomeOf(document, later(NOW))).toBe('not-yet-valid');
    expect(await outcomeOf(document, later(later(NOW)))).toBe('released');
  });

  test('names its witness for ever: the person at the desk, a registrar of the custodian', async () => {
    await consentByCard(twin, relation, NOW);
    const witness = { by: { mspId: HOSPITAL, role: 'registrar' }, person: WITNESS };
    for (const version of [1, 2]) expect(twin.state(consentKey(relation.relationRef, version))).toMatchObject({ witness });
    expect(twin.state(relationKey(relation.relationRef))).toMatchObject({ assisted: true });
  });

  test('never opens what is R or V, whatever its document names', async () => {
    const document = await consentByCard(twin, relation, NOW);
    await notify(twin, relation, { at: TOLD });
    for (const record of restricted) expect(await outcomeOf(document, EFFECTIVE, { record })).toBe('beyond-assisted');
    expect(await outcomeOf(document, EFFECTIVE)).toBe('released');
  });

  test('of an earlier version does not lend its notice to the next', async () => {
    await consentByCard(twin, relation, NOW);
    await notify(twin, relation, { at: TOLD });
    const next = await consentByCard(twin, relation, EFFECTIVE, { version: 3 });
    expect(await outcomeOf(next, later(EFFECTIVE, 1000))).toBe('notice-missing');
  });
});

describe('an assisted consent is refused', () => {
  const versionOf = (change: Parameters<PatientRelation['consent']>[1] = {}, key?: Parameters<PatientRelation['consent']>[2]): string =>
    relation.consent(2, { with: relation.document(2, [{ base: 'permit', exceptions: [] }]), validity: validityFrom(NOW), ...change }, key);

  test('without the card, whoever is the registrar', async () => {
    const forged = versionOf({}, newKeyPair());
    expect(await codeOf(send('RecordConsent', { consent: forged, witness: WITNESS }))).toBe('SIGNATURE_INVALID');
  });

  test.each([
    ['another member', { by: CLINIC }],
    ['another role', { role: 'records' as const }],
    ['a program', { role: 'gateway' as const }],
    ['somebody without a role', { role: null }],
  ])('with the card, from %s', async (_, as) => {
    const refusal = await refusalOf(send('RecordConsent', { consent: versionOf(), witness: WITNESS }, as));
    expect(refusal).toEqual({
      code: 'ASSISTED_WITNESS_NEEDED',
      details: { relationRef: relation.relationRef, custodian: HOSPITAL },
    });
    expect(await codeOf(send('RegisterRelation', checkInByCard(patient.relateTo(CLINIC), NOW), as))).toBe('ASSISTED_WITNESS_NEEDED');
  });

  test('with the card, from a registrar who is not named as the witness', async () => {
    expect(await codeOf(send('RecordConsent', { consent: versionOf() }))).toBe('ASSISTED_WITNESS_NEEDED');
  });

  test('when it would count earlier than the delay of the rules, or says nothing of when it counts', async () => {
    const early = { from: later(NOW).replace('T08:00:00.000', 'T07:59:59.999') as never, until: later(NOW, 1000) };
    for (const validity of [early, null]) {
      expect(await refusalOf(send('RecordConsent', { consent: versionOf({ validity }), witness: WITNESS }))).toEqual({
        code: 'ASSISTED_TOO_EARLY',
        details: { relationRef: relation.relationRef, earliest: later(NOW) },
      });
      expect(await codeOf(send('RegisterRelation', checkInByCard(patient.relateTo(CLINIC), NOW, { validity })))).toBe('ASSISTED_TOO_EARLY');
    }
    expect(twin.commit(await send('RecordConsent', { consent: versionOf(), witness: WITNESS }))).toBe(OK);
  });

  test('when it was held back: it is handed in while the card is at the desk', async () => {
    const consent = versionOf({ submitBy: '2026-03-01T08:10:00.000Z' as never });
    expect(await codeOf(send('RecordConsent', { consent, witness: WITNESS }, { at: '2026-03-01T08:10:00.001Z' }))).toBe(
      'CONSENT_SUBMITTED_LATE',
    );
  });

  test('when it stands already: neither its witness nor its time changes with a repeat', async () => {
    const consent = versionOf();
    twin.commit(await send('RecordConsent', { consent, witness: WITNESS }));
    const standing = twin.state(consentKey(relation.relationRef, 2));
    const repeat = await send('RecordConsent', { consent: otherForm(consent), witness: personOf('somebody else') }, { at: TOLD });
    expect(JSON.parse(repeat.simulation.payload)).toEqual(standing);
    expect(repeat.simulation.rwset.writes).toEqual({});
  });

  test('without the endorsement of the custodian, and everybody seals it', async () => {
    const args = ['RecordConsent', formatCanonical({ consent: versionOf(), witness: WITNESS })];
    const registrar = await twin.identity(HOSPITAL, 'registrar');
    expect(twin.commit(await twin.endorse(registrar, args, { endorsers: [CLINIC, INSURER] }))).toBe(ENDORSEMENT_POLICY_FAILURE);
    expect(twin.commit(await twin.endorse(registrar, args, { endorsers: [HOSPITAL, INSURER] }))).toBe(OK);
    const rewrite = {
      reads: {},
      writes: { [consentKey(relation.relationRef, 2)]: null },
      policies: {},
      hashedReads: {},
      privateWrites: {},
    };
    expect(twin.validate(rewrite, [HOSPITAL, CLINIC, INSURER])).toBe(ENDORSEMENT_POLICY_FAILURE);
  });
});

describe('the mark', () => {
  test('stays: a relation is not registered again without it, nor an ordinary one with it', async () => {
    const unmarked = new Proxy(relation, { get: (of, name) => (name === 'assisted' ? false : (Reflect.get(of, name) as unknown)) });
    const nothing = relation.document(1, [{ base: 'permit', exceptions: [] }]);
    const again = { relation: unmarked.registration.call(unmarked), consent: relation.consent(1, { with: nothing }) };
    expect(await codeOf(send('RegisterRelation', again))).toBe('RELATION_ALREADY_REGISTERED');

    const ordinary = new Patient(HOSPITAL).relateTo(CLINIC);
    await checkIn(twin, ordinary);
    const marked = new Proxy(ordinary, { get: (of, name) => (name === 'assisted' ? true : (Reflect.get(of, name) as unknown)) });
    const turned = { ...checkInByCard(ordinary, NOW), relation: marked.registration.call(marked) };
    expect(await codeOf(send('RegisterRelation', turned))).toBe('RELATION_ALREADY_REGISTERED');
  });

  test('is what the relation signed, whatever members that collude write over its entry', async () => {
    const document = await consentByCard(twin, relation, NOW);
    const { assisted: _, ...entry } = twin.state(relationKey(relation.relationRef)) as { assisted: true };
    twin.forge(relationKey(relation.relationRef), formatCanonical(entry));
    expect(await outcomeOf(document, EFFECTIVE)).toBe('notice-missing');
  });

  test('binds everything that a card signs: an ordinary relation of such a patient decides nothing', async () => {
    const sly = patient.relateTo(CLINIC, ['care'], false);
    await checkIn(twin, sly);
    const document = await permitLaboratory(twin, sly);
    expect(await outcomeOf(document, NOW, { of: sly })).toBe('BINDING_INVALID');
  });

  test('outlives the keys of the card, and what members that collude make of the patient', async () => {
    const keys = newKeyRing();
    const replacement = signAs('patient-keys', replacementStatement(patient.subjectRef, patient.registration, keys), patient.keys.signing);
    await twin.submit(await twin.identity(CLINIC), 'ReplacePatientKeys', { replacement });
    const { subjectRef } = patient;
    expect(await twin.evaluate(await twin.identity(CLINIC), 'GetPatient', { subjectRef })).toMatchObject({ assisted: true });
    const key = `\u0000patient\u0000${subjectRef}\u0000`;
    const { assisted: _, ...entry } = twin.state(key) as { assisted: true };
    twin.forge(key, formatCanonical(entry));
    expect(await twin.evaluate(await twin.identity(CLINIC), 'GetPatient', { subjectRef })).toMatchObject({ assisted: true });
  });

  test('is no way to bind the patient herself: her own consents need no witness and take none', async () => {
    const own = (await newScene(twin, new Patient(HOSPITAL))).relation;
    const consent = own.consent(3, { with: own.document(3, [{ base: 'permit', exceptions: [] }]) });
    expect(await refusalOf(send('RecordConsent', { consent, witness: WITNESS }))).toMatchObject({ details: { place: 'request.witness' } });
    expect(twin.commit(await send('RecordConsent', { consent }, { by: INSURER, role: null }))).toBe(OK);
  });
});

describe('a notice', () => {
  const request = { version: 2, channel: 'visit', person: NOTIFIER } as const;
  const tell = (more: object = {}, as: Parameters<typeof send>[2] = { role: 'records' }): Promise<Endorsed> =>
    send('RecordNotice', { relationRef: relation.relationRef, ...request, ...more }, { at: TOLD, ...as });

  test('is not given by the witness: neither under the same certificate nor as the same person under another', async () => {
    await consentByCard(twin, relation, NOW);
    expect(await codeOf(tell({}, { role: 'registrar' }))).toBe('NOTICE_BY_WITNESS');
    expect(await codeOf(tell({ person: WITNESS }, { role: 'records' }))).toBe('NOTICE_BY_WITNESS');
    expect(twin.commit(await tell())).toBe(OK);
  });

  test('is given by the custodian alone, with its endorsement', async () => {
    await consentByCard(twin, relation, NOW);
    expect(await codeOf(tell({}, { by: CLINIC, role: 'records' }))).toBe('CALLER_NOT_CUSTODIAN');
    const args = ['RecordNotice', formatCanonical({ relationRef: relation.relationRef, ...request })];
    const told = await twin.endorse(await twin.identity(HOSPITAL, 'records'), args, { endorsers: [CLINIC, INSURER] });
    expect(twin.commit(told)).toBe(ENDORSEMENT_POLICY_FAILURE);
  });

  test('is of the newest version, in force, of an assisted consent', async () => {
    await consentByCard(twin, relation, NOW);
    expect(await codeOf(tell({ version: 1 }))).toBe('CONSENT_NOT_CURRENT');
    expect(await codeOf(tell({ version: 3 }))).toBe('CONSENT_NOT_FOUND');
    await twin.submit(await twin.identity(INSURER), 'RecordConsent', {
      consent: relation.consent(3, { status: 'revoked', document: null }),
    });
    expect(await codeOf(tell({ version: 3 }))).toBe('NOTICE_NOT_DUE');
    const own = (await newScene(twin, new Patient(HOSPITAL))).relation;
    expect(await codeOf(tell({ relationRef: own.relationRef }))).toBe('RELATION_NOT_ASSISTED');
  });

  test('is on record once: a repeat is answered the same, another is refused', async () => {
    await consentByCard(twin, relation, NOW);
    twin.commit(await tell());
    const again = await tell({}, { role: 'physician', at: EFFECTIVE });
    expect(JSON.parse(again.simulation.payload)).toMatchObject({ at: TOLD, effectiveAt: EFFECTIVE });
    expect(await codeOf(tell({ channel: 'post' }))).toBe('NOTICE_ALREADY_RECORDED');
  });

  test('that two members wrote without the custodian does not count, nor does a version', async () => {
    const document = await consentByCard(twin, relation, NOW);
    const by = { mspId: HOSPITAL, role: 'records', actor: personOf('certificate') };
    const notice = { relationRef: relation.relationRef, ...request, by, at: NOW, effectiveAt: later(NOW) };
    twin.forge(consentNoticeKey(relation.relationRef, 2), formatCanonical(notice));
    expect(await outcomeOf(document, EFFECTIVE)).toBe('notice-missing');

    // With the card, and two members that run altered chaincode, but without the custodian.
    const next = relation.document(3, document.sets);
    const jws = relation.consent(3, { with: next, validity: validityFrom(NOW) });
    const entry = { ...JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString()), jws, recordedAt: NOW };
    twin.forge(consentKey(relation.relationRef, 3), formatCanonical({ ...entry, witness: { by, person: WITNESS } }));
    expect(await codeOf(tell({ version: 3 }))).toBe('NOTICE_NOT_DUE');
    twin.forge(consentNoticeKey(relation.relationRef, 3), formatCanonical({ ...notice, version: 3 }));
    expect(await outcomeOf(next, EFFECTIVE)).toBe('notice-missing');
  });
});

describe('an assisted consent ends', () => {
  let document: ConsentDocument;
  beforeEach(async () => {
    document = await consentByCard(twin, relation, NOW);
    await notify(twin, relation, { at: TOLD });
    twin.clock = EFFECTIVE;
  });
  const send2 = (name: TransactionName, request: object, as: Parameters<typeof send>[2] = {}): Promise<Endorsed> =>
    send(name, request as never, { at: EFFECTIVE, ...as });

  test('by the card, at once, through anybody of any member', async () => {
    const consent = relation.consent(3, { status: 'revoked', document: null });
    await twin.submit(await twin.identity(INSURER), 'RecordConsent', { consent });
    expect(await outcomeOf(document, EFFECTIVE, { version: 3 })).toBe('COMMITMENT_MISMATCH');
    expect(await codeOf(decide(await ask(twin, relation), document, { at: EFFECTIVE, version: 2 }))).toBe('CONSENT_NOT_CURRENT');
  });

  test.each([HOSPITAL, CLINIC, INSURER, AUTHORITY])("without the card, on the patient's word, by a registrar of %s", async (by) => {
    expect(await outcomeOf(document, EFFECTIVE)).toBe('released');
    expect(await endOnHerWord(twin, relation, { by })).toMatchObject({ version: 2, by: { mspId: by, role: 'registrar' }, at: EFFECTIVE });
    expect(await outcomeOf(document, EFFECTIVE)).toBe('consent-ended');
  });

  test('for good: only another version with witness, notice and delay permits again', async () => {
    await endOnHerWord(twin, relation);
    const next = await consentByCard(twin, relation, EFFECTIVE, { version: 3 });
    expect(await outcomeOf(next, later(EFFECTIVE))).toBe('notice-missing');
    await notify(twin, relation, { version: 3, at: EFFECTIVE });
    expect(await outcomeOf(next, later(EFFECTIVE))).toBe('released');
    await endOnHerWord(twin, relation, { version: 3 });
    expect(await outcomeOf(next, later(EFFECTIVE))).toBe('consent-ended');
  });

  test('between decision and delivery: nothing is delivered', async () => {
    const request = await ask(twin, relation);
    expect(twin.commit(await decide(request, document, { at: EFFECTIVE }))).toBe(OK);
    const delivery = await endorseDelivery(twin, request, { at: EFFECTIVE });
    expect(delivery.simulation.status).toBeLessThan(400);
    await endOnHerWord(twin, relation);
    const refusal = await refusalOf(endorseDelivery(twin, request, { at: EFFECTIVE }));
    expect(refusal).toEqual({ code: 'RELEASE_NOT_PERMITTED', details: { reason: 'consent-ended', at: 0 } });
  });

  test('not by anybody else, nor for another number than the newest', async () => {
    const request = { relationRef: relation.relationRef, version: 2, endId: newRef<EndId>() };
    for (const role of ['records', 'gateway', 'physician'] as const)
      expect(await codeOf(send2('EndAssistedConsent', request, { role }))).toBe('CALLER_NOT_ALLOWED');
    expect(await codeOf(send2('EndAssistedConsent', { ...request, version: 1 }))).toBe('CONSENT_NOT_CURRENT');
    expect(await codeOf(send2('EndAssistedConsent', { ...request, version: 3 }))).toBe('CONSENT_NOT_FOUND');
  });

  test('never so what the patient signed with keys of her own', async () => {
    const own = (await newScene(twin, new Patient(HOSPITAL))).relation;
    const request = { relationRef: own.relationRef, version: 2, endId: newRef<EndId>() };
    expect(await codeOf(send2('EndAssistedConsent', request))).toBe('RELATION_NOT_ASSISTED');
  });

  test('once under an id: a repeat is answered the same, another end is refused', async () => {
    const request = { relationRef: relation.relationRef, version: 2, endId: newRef<EndId>() };
    const first = await send2('EndAssistedConsent', request, { by: CLINIC });
    expect(twin.commit(first)).toBe(OK);
    const again = await send2('EndAssistedConsent', request, { by: CLINIC, at: later(EFFECTIVE) });
    expect(again.simulation.payload).toBe(first.simulation.payload);
    expect(await codeOf(send2('EndAssistedConsent', request, { by: INSURER }))).toBe('END_ALREADY_RECORDED');
  });

  test('with the endorsement of the member that says so; nobody short of everybody takes it back', async () => {
    const request = { relationRef: relation.relationRef, version: 2, endId: newRef<EndId>() };
    const args = ['EndAssistedConsent', formatCanonical(request)];
    const registrar = await twin.identity(INSURER, 'registrar');
    expect(twin.commit(await twin.endorse(registrar, args, { endorsers: [HOSPITAL, CLINIC] }))).toBe(ENDORSEMENT_POLICY_FAILURE);
    expect(twin.commit(await twin.endorse(registrar, args, { endorsers: [INSURER, CLINIC] }))).toBe(OK);
    const key = consentEndKey(relation.relationRef, request.endId);
    const takingBack = { reads: {}, writes: { [key]: null }, policies: {}, hashedReads: {}, privateWrites: {} };
    expect(twin.validate(takingBack, [HOSPITAL, CLINIC, INSURER])).toBe(ENDORSEMENT_POLICY_FAILURE);
  });

  test('also when others wrote over the newest version', async () => {
    twin.forge(consentKey(relation.relationRef, 3), 'junk');
    expect(await endOnHerWord(twin, relation, { version: 3 })).toMatchObject({ version: 3 });
    twin.forge(consentKey(relation.relationRef, 3), null);
    expect(await outcomeOf(document, EFFECTIVE)).toBe('consent-ended');
  });

  test('with the copies that were released on it: their deletion is due, and on record', async () => {
    const request = await ask(twin, relation);
    const { relationRef, requestId } = request;
    twin.commit(await decide(request, document, { at: EFFECTIVE }));
    twin.commit(await endorseDelivery(twin, request, { at: EFFECTIVE }));
    expect(twin.state(decisionKey(relationRef, CLINIC, requestId))).toMatchObject({ basis: 'consent', consentVersion: 2 });
    const deletionOf = (change: Partial<DeletionReceipt> = {}): Promise<Endorsed> => {
      const receipt: DeletionReceipt = {
        ...{ relationRef, requester: CLINIC, requestId, of: 'release', reason: 'consent-ended', consentVersion: 2 },
        ...{ parts: 1, told: null, issuedAt: ISSUED, ...change },
      };
      return send2(
        'RecordDeletion',
        { deletion: signAs('deletion-receipt', receipt, signingKeyOf(CLINIC)) },
        { by: CLINIC, role: 'gateway' },
      );
    };
    expect(await codeOf(deletionOf())).toBe('DELETION_NOT_DUE');
    await endOnHerWord(twin, relation);
    for (const change of [{ consentVersion: 1 }, { consentVersion: 3 }, { reason: 'consent-revoked' as const }])
      expect(await codeOf(deletionOf(change))).toBe('DELETION_NOT_DUE');
    expect(twin.commit(await deletionOf())).toBe(OK);
    expect(twin.state(deletionKey(relationRef, CLINIC, requestId, 'release'))).toMatchObject({ reason: 'consent-ended' });
  });

  test('also when the custodian takes back what it attested to: that only takes away', async () => {
    const key = consentNoticeKey(relation.relationRef, 2);
    twin.world.collections.get(`_implicit_org_${HOSPITAL}`)?.delete(key);
    expect(await outcomeOf(document, EFFECTIVE)).toBe('notice-missing');
  });

  test('a decision that was endorsed before does not commit after a notice that came meanwhile changed', async () => {
    const request = await ask(twin, relation);
    const endorsed = await decide(request, document, { at: EFFECTIVE });
    twin.forge(consentNoticeKey(relation.relationRef, 2), 'junk');
    expect(twin.commit(endorsed)).toBe(MVCC_READ_CONFLICT);
  });
});
