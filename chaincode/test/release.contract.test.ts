import {
  askPreimage,
  consentDocumentPreimage,
  consentKey,
  decisionKey,
  decisionRef,
  deliveryRef,
  formatCanonical,
  implicitCollection,
  noticeRef,
  parseSigned,
  privateKey,
  groupKey,
  recordKey,
  recordsPreimage,
  type ConsentDocument,
  type Instant,
  type RelationRef,
  type RequestId,
  type TransactionResponse,
  type TransientInput,
} from '../src/model';
import {
  ENDORSEMENT_POLICY_FAILURE,
  MVCC_READ_CONFLICT,
  OK,
  refusalOf,
  type ConsortiumTwin,
  type Endorsed,
} from './support/consortium-twin';
import * as steps from './support/release-steps';
import {
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
  newScene,
  openingOf,
  permitLaboratory,
  register,
  sealedText,
  storeRecords,
  type Scene,
  type TestRecord,
} from './support/story';
import { commit, newRef, newSalt, Patient, PatientRelation, sha256 } from './support/wallet';

type Request = TransactionResponse<'RequestAccess'>['request'];

const BOTH = [HOSPITAL, CLINIC];

describe('a release', () => {
  let scene: Scene;
  let twin: ConsortiumTwin;
  let request: Request;

  const endorseDecision = async (
    input: TransientInput<'DecideRelease'>,
    { of = request, ...options }: Parameters<typeof steps.endorseDecision>[3] & { of?: Request } = {},
  ): Promise<Endorsed> => steps.endorseDecision(twin, of, input, options);
  const opening = (records: readonly TestRecord[] = [scene.laboratory]): TransientInput<'DecideRelease'> =>
    openingOf(scene.relation, scene.document, records, request);
  const decide = async (input = opening(), options: Parameters<typeof endorseDecision>[1] = {}): Promise<void> => {
    expect(twin.commit(await endorseDecision(input, options))).toBe(OK);
  };
  const endorseDelivery = async (options?: Parameters<typeof steps.endorseDelivery>[2]): Promise<Endorsed> =>
    steps.endorseDelivery(twin, request, options);
  const revoke = async (version = 3): Promise<void> => {
    const consent = scene.relation.consent(version, { status: 'revoked', document: null });
    await twin.submit(await twin.identity(AUTHORITY), 'RecordConsent', { consent });
  };

  /** What two members can write for whoever has a key of the relation. */
  const forgeConsent = (jws: string): void => {
    const { payload } = parseSigned('consent', jws, 'consent');
    const entry = { ...payload, jws, recordedAt: twin.clock };
    twin.forge(consentKey(payload.relationRef, payload.version), JSON.stringify(entry));
  };

  beforeEach(async () => {
    twin = await newConsortium();
    scene = await newScene(twin, new Patient(HOSPITAL));
    request = await ask(twin, scene.relation);
  });

  describe('is asked for', () => {
    test('by a physician, whose request everybody can see', async () => {
      const { relationRef, requestId } = request;
      expect(request).toMatchObject({ by: { mspId: CLINIC, role: 'physician' }, purpose: 'TREAT', party: true, at: twin.clock });
      expect(await twin.evaluate(await twin.identity(INSURER), 'GetRequest', { relationRef, requester: CLINIC, requestId })).toEqual(
        request,
      );
      expect(
        (await refusalOf(twin.evaluate(await twin.identity(INSURER), 'GetDecision', { relationRef, requester: CLINIC, requestId }))).code,
      ).toBe('DECISION_NOT_FOUND');
    });

    test('once: the same again is answered the same, another one under its id is refused', async () => {
      const { relationRef, requestId, purpose, proof, ask: asked } = request;
      const physician = await twin.identity(CLINIC, 'physician');
      await twin.submit(physician, 'RequestAccess', { relationRef, requestId, purpose, proof, ask: asked });
      expect(twin.chain.at(-1)?.simulation.rwset.writes).toEqual({});
      const other = { relationRef, requestId, purpose, proof, ask: commit(Buffer.from('other')) };
      expect((await refusalOf(twin.submit(physician, 'RequestAccess', other))).code).toBe('REQUEST_ALREADY_MADE');
    });

    test('in vain by a member that is not the counterparty: the refusal stands beside the request', async () => {
      const tried = await ask(twin, scene.relation, INSURER);
      expect(tried.party).toBe(false);
      const { relationRef, requestId } = tried;
      const decision = await twin.evaluate(await twin.identity(CLINIC), 'GetDecision', { relationRef, requester: INSURER, requestId });
      expect(decision).toMatchObject({ outcome: 'refused', code: 'NOT_PERMITTED', records: null, count: 0 });
      expect((await refusalOf(endorseDecision(opening(), { of: tried }))).code).toBe('REQUEST_NOT_FOUND');
    });

    test("under an id that is the asking member's own: another that asks under it first stops nothing", async () => {
      const { relationRef, purpose, proof, ask: asked } = request;
      const next = { relationRef, requestId: newRef<RequestId>(), purpose, proof, ask: asked };
      await twin.submit(await twin.identity(INSURER, 'physician'), 'RequestAccess', next);
      const own = await twin.submit(await twin.identity(CLINIC, 'physician'), 'RequestAccess', next);
      expect(own.request.party).toBe(true);
      const input = openingOf(scene.relation, scene.document, [scene.laboratory], own.request);
      expect(twin.commit(await endorseDecision(input, { of: own.request }))).toBe(OK);
    });

    test('in a relation that is there', async () => {
      const other = scene.patient.relateTo(CLINIC);
      expect((await refusalOf(ask(twin, other))).code).toBe('RELATION_NOT_FOUND');
    });
  });

  describe('is decided', () => {
    test('with the consent: the decision commits to the records and shows nothing of them', async () => {
      const input = opening();
      await decide(input);
      const decision = twin.state(decisionKey(request.relationRef, request.by.mspId, request.requestId));
      expect(decision).toEqual({
        relationRef: request.relationRef,
        requestId: request.requestId,
        requester: CLINIC,
        outcome: 'released',
        code: null,
        custodian: HOSPITAL,
        purpose: 'TREAT',
        proof: null,
        consentVersion: 2,
        rulesVersion: 1,
        deadline: '2026-03-01T08:10:00.000Z',
        records: commit(recordsPreimage([{ recordId: scene.laboratory.recordId, version: 1, obligations: [] }], input.recordsSalt)),
        count: 1,
        bound: 'custodian',
        basis: 'consent',
        receipt: input.receipt,
        at: twin.clock,
      });
      const ref = decisionRef(request.relationRef, request.requestId);
      const at = (mspId: typeof HOSPITAL, key: string): string | undefined =>
        twin.world.collections.get(implicitCollection(mspId))?.get(key)?.value.toString();
      expect(at(HOSPITAL, privateKey(ref))).toBe(input.sealed.custodian);
      expect(at(CLINIC, privateKey(ref))).toBe(input.sealed.counterparty);
      expect(at(HOSPITAL, privateKey(noticeRef(request.relationRef, request.requestId)))).toBe(input.sealed.patient);
    });

    test('by custodian and counterparty together, never by one of them with others', async () => {
      for (const endorsers of [[HOSPITAL], [CLINIC], [HOSPITAL, INSURER], [CLINIC, INSURER], [INSURER, AUTHORITY]]) {
        expect(twin.commit(await endorseDecision(opening(), { endorsers }))).toBe(ENDORSEMENT_POLICY_FAILURE);
      }
    });

    test('without a read that joins relation, record and patient', async () => {
      const { simulation } = await endorseDecision(opening());
      const types = Object.keys(simulation.rwset.reads).map((key) => key.split('\u0000')[1]);
      expect(new Set(types)).toEqual(new Set(['relation', 'request', 'decision', 'rules', 'organisation', 'consent', 'closing']));
      const block = JSON.stringify([simulation.rwset.reads, simulation.rwset.writes, simulation.payload, simulation.event]);
      expect(block).not.toContain(scene.patient.subjectRef);
      expect(block).not.toContain(scene.laboratory.recordId);
    });

    test('not after a revocation, and not across one: code 11', async () => {
      const late = await endorseDecision(opening());
      await revoke();
      expect(twin.commit(late)).toBe(MVCC_READ_CONFLICT);
      expect(await refusalOf(endorseDecision(opening()))).toMatchObject({ code: 'CONSENT_NOT_CURRENT' });
      expect(await refusalOf(endorseDecision(opening(), { version: 3 }))).toMatchObject({ code: 'COMMITMENT_MISMATCH' });
    });

    test('not for another person, purpose or relation than the request commits to', async () => {
      const asked = askOf(scene.relation);
      const others = [
        { ...asked, person: { ...asked.person, department: 'dentistry' } },
        { ...asked, purpose: 'COC' as const },
        { ...asked, relationRef: newRef<RelationRef>() },
      ];
      for (const other of others) {
        const input = { ...opening(), ask: formatCanonical(other) };
        expect(await refusalOf(endorseDecision(input))).toEqual({ code: 'COMMITMENT_MISMATCH', details: { of: 'ask' } });
      }
      const spaced = { ...opening(), ask: formatCanonical(asked).replace(':', ': ') };
      expect(await refusalOf(endorseDecision(spaced))).toMatchObject({ code: 'REQUEST_INVALID', details: { place: 'input.ask' } });
    });

    test('not on a request that commits to the ask of another relation', async () => {
      const asked = { ...askOf(scene.relation), relationRef: newRef<RelationRef>() };
      const strange = {
        relationRef: scene.relation.relationRef,
        requestId: newRef<RequestId>(),
        purpose: 'TREAT',
        proof: null,
        ask: commit(askPreimage(asked)),
      } as const;
      const { request: of } = await twin.submit(await twin.identity(CLINIC, 'physician'), 'RequestAccess', strange);
      const input = { ...opening(), ask: formatCanonical(asked) };
      expect(await refusalOf(endorseDecision(input, { of }))).toMatchObject({ code: 'REQUEST_INVALID', details: { place: 'input.ask' } });
    });

    test('not of what was not asked for', async () => {
      const imaging = newRecord(scene.patient, { type: 'ImagingStudy', category: 'imaging' });
      await importRecords(twin, [imaging]);
      const document = scene.relation.document(3, [{ base: 'permit', exceptions: [] }]);
      await twin.submit(await twin.identity(INSURER), 'RecordConsent', { consent: scene.relation.consent(3, { with: document }) });
      const decided = endorseDecision(openingOf(scene.relation, document, [scene.laboratory, imaging], request), { version: 3 });
      expect(await refusalOf(decided)).toEqual({ code: 'RECORD_NOT_ASKED', details: { at: 1 } });
    });

    test('only to whom inside the counterparty, and of what, the document permits', async () => {
      const permit = { decision: 'permit', categories: ['laboratory'] } as const;
      const decideOn = async (version: number, exception: object): Promise<unknown> => {
        const document = scene.relation.document(version, [{ base: 'deny', exceptions: [{ ...permit, ...exception }] }]);
        const consent = scene.relation.consent(version, { with: document });
        await twin.submit(await twin.identity(INSURER), 'RecordConsent', { consent });
        const endorsing = endorseDecision(openingOf(scene.relation, document, [scene.laboratory], request), { version });
        return endorsing.then(
          (endorsed) => twin.commit(endorsed),
          async () => (await refusalOf(endorsing)).details,
        );
      };
      const denied = { reason: 'no-permit', at: 0 };
      expect(await decideOn(3, { departments: ['dentistry'] })).toEqual(denied);
      expect(await decideOn(4, { not: { departments: ['cardiology'] } })).toEqual(denied);
      expect(await decideOn(5, { teams: ['heart'] })).toEqual(denied);
      expect(await decideOn(6, { records: [scene.medication.recordId] })).toEqual(denied);
      expect(await decideOn(7, { records: [scene.laboratory.recordId], not: { departments: ['dentistry'] } })).toBe(OK);
    });

    test('not on a version that is not there', async () => {
      expect((await refusalOf(endorseDecision(opening(), { version: 9 }))).code).toBe('CONSENT_NOT_FOUND');
    });

    test('not on a consent that two members wrote without the patient', async () => {
      const key = consentKey(scene.relation.relationRef, 3);
      const forged = { ...(twin.state(consentKey(scene.relation.relationRef, 2)) as object), version: 3 };
      twin.forge(key, JSON.stringify(forged));
      expect((await refusalOf(endorseDecision(opening(), { version: 3 }))).code).toBe('CONSENT_INVALID');
      expect((await refusalOf(endorseDecision(opening(), { version: 2 }))).code).toBe('CONSENT_NOT_CURRENT');
    });

    test('not on one that a stolen key signed and two members wrote after the patient had closed the relation', async () => {
      const { relation } = scene;
      await twin.submit(await twin.identity(INSURER), 'RecordConsent', {
        consent: relation.consent(3, { status: 'closed', document: null }, relation.keys.recovery),
      });
      const document = relation.document(5, [{ base: 'permit', exceptions: [] }]);
      forgeConsent(relation.consent(4));
      forgeConsent(relation.consent(5, { with: document }));
      const input = openingOf(relation, document, [scene.laboratory], request);
      expect(await refusalOf(endorseDecision(input, { version: 5 }))).toMatchObject({ code: 'RELATION_CLOSED' });
      expect(await refusalOf(endorseDecision(input, { version: 3 }))).toMatchObject({ code: 'COMMITMENT_MISMATCH' });
    });

    test('not for what the consent does not name', async () => {
      expect(await refusalOf(endorseDecision(opening([scene.laboratory, scene.medication])))).toEqual({
        code: 'RELEASE_NOT_PERMITTED',
        details: { reason: 'no-permit', at: 1 },
      });
    });

    test('not on another document, other details or another subject than committed to', async () => {
      const wide: ConsentDocument = { ...scene.document, sets: [{ base: 'permit', exceptions: [] }] };
      const forgedDocument = openingOf(scene.relation, wide, [scene.laboratory], request);
      expect(await refusalOf(endorseDecision(forgedDocument))).toEqual({
        code: 'COMMITMENT_MISMATCH',
        details: { of: 'consent document' },
      });
      const forgedDetails = opening([{ ...scene.medication, details: scene.laboratory.details }]);
      expect(await refusalOf(endorseDecision(forgedDetails))).toEqual({
        code: 'COMMITMENT_MISMATCH',
        details: { of: 'details of a record' },
      });
      const foreign = opening([{ ...scene.laboratory, subjectSalt: newSalt() }]);
      expect((await refusalOf(endorseDecision(foreign))).code).toBe('RECORD_NOT_OF_SUBJECT');
    });

    test("not with another patient's records", async () => {
      const other = new Patient(HOSPITAL);
      await register(twin, other);
      const record = newRecord(other);
      await importRecords(twin, [record]);
      expect((await refusalOf(endorseDecision(opening([record])))).code).toBe('RECORD_NOT_OF_SUBJECT');
      const nobodys = newRecord(undefined);
      await importRecords(twin, [nobodys]);
      expect((await refusalOf(endorseDecision(opening([nobodys])))).code).toBe('RECORD_NOT_OF_SUBJECT');
    });

    test('not with records that are not there, not of a closed group, or entered in error', async () => {
      const absent = newRecord(scene.patient);
      expect((await refusalOf(endorseDecision(opening([absent])))).code).toBe('RECORD_NOT_FOUND');
      await storeRecords(twin, [absent]);
      const gateway = await twin.identity(HOSPITAL, 'gateway');
      await twin.submit(gateway, 'AnchorRecords', { groups: [{ groupId: newRef(), whole: false, size: 2, records: [absent.anchoring] }] });
      expect((await refusalOf(endorseDecision(opening([absent])))).code).toBe('GROUP_NOT_CLOSED');
      await twin.submit(gateway, 'SetRecordStatus', { recordId: scene.laboratory.recordId, status: 'entered-in-error' });
      expect(await refusalOf(endorseDecision(opening()))).toEqual({ code: 'RECORD_WITHDRAWN', details: { at: 0 } });
    });

    test('on the anchors as first written, whoever wrote there later', async () => {
      const key = recordKey(HOSPITAL, scene.laboratory.recordId, 1);
      const other = { ...(twin.state(key) as object), subject: null };
      twin.world.history.get(key)?.push({ txId: 'x', value: Buffer.from(JSON.stringify(other)), isDelete: false });
      await decide();
    });

    test('on records that were anchored whole, whatever entry others give their group', async () => {
      const key = groupKey(HOSPITAL, scene.groupId);
      const entry = { groupId: scene.groupId, custodian: HOSPITAL, status: 'abandoned', size: 2, at: twin.clock };
      twin.world.history.set(key, [{ txId: 'x', value: Buffer.from(JSON.stringify(entry)), isDelete: false }]);
      await decide();
    });

    test("only with a binding that the patient's registered key signed for this relation", async () => {
      const stranger = new Patient(HOSPITAL);
      const pretended = Object.assign(new Patient(HOSPITAL), { subjectRef: scene.patient.subjectRef });
      const relation = new PatientRelation(pretended, CLINIC, ['care']);
      await checkIn(twin, relation);
      const document = await permitLaboratory(twin, relation);
      const asked = await ask(twin, relation);
      const forged = openingOf(relation, document, [scene.laboratory], asked);
      expect((await refusalOf(endorseDecision(forged, { of: asked }))).code).toBe('BINDING_INVALID');
      const swapped = { ...opening(), binding: relation.binding };
      expect(await refusalOf(endorseDecision(swapped))).toEqual({ code: 'COMMITMENT_MISMATCH', details: { of: 'binding' } });
      const unknown = new PatientRelation(stranger, CLINIC, ['care']);
      await checkIn(twin, unknown);
      const unknownDocument = await permitLaboratory(twin, unknown);
      const unknownAsk = await ask(twin, unknown);
      const input = openingOf(unknown, unknownDocument, [scene.laboratory], unknownAsk);
      expect((await refusalOf(endorseDecision(input, { of: unknownAsk }))).code).toBe('PATIENT_NOT_FOUND');
    });

    test('only for treatment that a care relation proves', async () => {
      const relation = scene.patient.relateTo(CLINIC, ['cover']);
      await checkIn(twin, relation);
      const document = await permitLaboratory(twin, relation);
      const asked = await ask(twin, relation);
      const refusal = await refusalOf(endorseDecision(openingOf(relation, document, [scene.laboratory], asked), { of: asked }));
      expect(refusal).toEqual({ code: 'RELEASE_NOT_PERMITTED', details: { reason: 'relation-kind', at: 0 } });
    });

    test('once', async () => {
      await decide();
      const { relationRef, requestId } = request;
      expect(await refusalOf(endorseDecision(opening()))).toEqual({
        code: 'REQUEST_ALREADY_DECIDED',
        details: { relationRef, requestId, outcome: 'released' },
      });
    });

    test('for a request that is there, by the custodian', async () => {
      const unknown = { ...request, requestId: newRef<RequestId>() };
      expect((await refusalOf(endorseDecision(opening(), { of: unknown }))).code).toBe('REQUEST_NOT_FOUND');
      const { relationRef, requestId } = request;
      const args = ['DecideRelease', JSON.stringify({ relationRef, requestId, consentVersion: 2 })];
      const sent = twin.endorse(await twin.identity(CLINIC, 'gateway'), args, { input: opening(), endorsers: BOTH });
      expect(await refusalOf(sent)).toEqual({ code: 'CALLER_NOT_CUSTODIAN', details: { custodian: HOSPITAL } });
    });

    test('not on input that is missing, incomplete or not canonical', async () => {
      const { relationRef, requestId } = request;
      const args = ['DecideRelease', JSON.stringify({ relationRef, requestId, consentVersion: 2 })];
      const gateway = await twin.identity(HOSPITAL, 'gateway');
      expect((await refusalOf(twin.endorse(gateway, args, { endorsers: BOTH }))).code).toBe('TRANSIENT_INPUT_MISSING');
      const { binding: _, ...incomplete } = opening();
      expect(await refusalOf(twin.endorse(gateway, args, { input: incomplete, endorsers: BOTH }))).toMatchObject({
        details: { place: 'input.binding' },
      });
      const spaced = { ...opening(), document: ` ${opening().document}` };
      expect(await refusalOf(endorseDecision(spaced))).toMatchObject({ details: { place: 'input.document' } });
      const twice = opening([scene.laboratory, scene.laboratory]);
      expect(await refusalOf(endorseDecision(twice))).toMatchObject({ details: { place: 'input.records' } });
    });
  });

  describe('is refused', () => {
    const refuse = async (consentVersion: number, endorsers: readonly string[], mspId: string = HOSPITAL): Promise<Endorsed> => {
      const { relationRef, requestId } = request;
      const args = ['RefuseAccess', JSON.stringify({ relationRef, requestId, consentVersion })];
      return twin.endorse(await twin.identity(mspId, 'gateway'), args, { input: { notice: sealedText('notice') }, endorsers });
    };

    test('by the custodian and any other, with one public code for every reason', async () => {
      expect(twin.commit(await refuse(2, [HOSPITAL]))).toBe(ENDORSEMENT_POLICY_FAILURE);
      expect(twin.commit(await refuse(2, [CLINIC, INSURER]))).toBe(ENDORSEMENT_POLICY_FAILURE);
      expect(twin.commit(await refuse(2, [HOSPITAL, AUTHORITY]))).toBe(OK);
      expect(twin.state(decisionKey(request.relationRef, request.by.mspId, request.requestId))).toMatchObject({
        outcome: 'refused',
        code: 'NOT_PERMITTED',
        consentVersion: 2,
        records: null,
        bound: null,
      });
    });

    test('on the current consent only', async () => {
      await revoke();
      expect((await refusalOf(refuse(2, [HOSPITAL, AUTHORITY]))).code).toBe('CONSENT_NOT_CURRENT');
      expect(twin.commit(await refuse(3, [HOSPITAL, AUTHORITY]))).toBe(OK);
    });

    test("when others wrote over the patient's consent: on their version, and after a closing on hers", async () => {
      twin.forge(consentKey(request.relationRef, 3), 'junk');
      expect((await refusalOf(refuse(2, [HOSPITAL, AUTHORITY]))).code).toBe('CONSENT_NOT_CURRENT');
      expect(twin.commit(await refuse(3, [HOSPITAL, AUTHORITY]))).toBe(OK);
      request = await ask(twin, scene.relation);
      const closing = scene.relation.consent(4, { status: 'closed', document: null });
      await twin.submit(await twin.identity(AUTHORITY), 'RecordConsent', { consent: closing });
      forgeConsent(scene.relation.consent(5));
      expect(twin.commit(await refuse(4, [HOSPITAL, AUTHORITY]))).toBe(OK);
    });

    test('never by another organisation', async () => {
      expect((await refusalOf(refuse(2, [HOSPITAL, CLINIC], CLINIC))).code).toBe('CALLER_NOT_CUSTODIAN');
    });

    test('for good: nothing is delivered', async () => {
      twin.commit(await refuse(2, [HOSPITAL, AUTHORITY]));
      expect((await refusalOf(endorseDelivery())).code).toBe('DECISION_NOT_RELEASED');
    });
  });

  describe('is delivered', () => {
    test('to the counterparty, once and for all to see', async () => {
      await decide();
      const envelope = sealedText('delivery');
      expect(twin.commit(await endorseDelivery({ envelope }))).toBe(OK);
      const { relationRef, requestId } = request;
      const delivery = await twin.evaluate(await twin.identity(AUTHORITY), 'GetDelivery', {
        relationRef,
        requester: CLINIC,
        requestId,
        part: 1,
      });
      expect(delivery).toMatchObject({ part: 1, parts: 1, envelope: sha256(envelope) });
      const key = deliveryRef(relationRef, requestId, 1);
      const { values } = await twin.evaluate(await twin.identity(CLINIC, 'gateway'), 'ReadSealed', { keys: [key] });
      expect(values).toEqual([{ ...key, envelope }]);
      expect((await endorseDelivery({ envelope })).simulation.rwset.writes).toEqual({});
      expect((await refusalOf(endorseDelivery())).code).toBe('DELIVERY_ALREADY_MADE');
    });

    test('not without a decision, without the counterparty, or in more parts than records', async () => {
      expect((await refusalOf(endorseDelivery())).code).toBe('DECISION_NOT_FOUND');
      await decide();
      expect(twin.commit(await endorseDelivery({ endorsers: [HOSPITAL, INSURER] }))).toBe(ENDORSEMENT_POLICY_FAILURE);
      expect((await refusalOf(endorseDelivery({ parts: 2 }))).code).toBe('REQUEST_INVALID');
      const { relationRef, requestId } = request;
      expect(
        (await refusalOf(twin.evaluate(await twin.identity(CLINIC), 'GetDelivery', { relationRef, requester: CLINIC, requestId, part: 1 })))
          .code,
      ).toBe('DELIVERY_NOT_FOUND');
    });

    test('not after its deadline', async () => {
      await decide();
      const late = endorseDelivery({ at: '2026-03-01T08:10:00.001Z' });
      expect((await refusalOf(late)).code).toBe('DECISION_EXPIRED');
      expect(twin.commit(await endorseDelivery({ at: '2026-03-01T08:10:00.000Z' }))).toBe(OK);
    });

    test('not after a revocation, and not across one: code 11', async () => {
      await decide();
      const late = await endorseDelivery();
      await revoke();
      expect(twin.commit(late)).toBe(MVCC_READ_CONFLICT);
      expect((await refusalOf(endorseDelivery())).code).toBe('CONSENT_NOT_CURRENT');
    });

    test('not when the consent expired meanwhile', async () => {
      const validity = { from: '2026-03-01T00:00:00.000Z' as Instant, until: '2026-03-01T08:05:00.000Z' as Instant };
      const document = scene.relation.document(3, [{ base: 'permit', exceptions: [] }]);
      await twin.submit(await twin.identity(CLINIC), 'RecordConsent', { consent: scene.relation.consent(3, { with: document, validity }) });
      const change = { consent: { version: 3, document: commit(consentDocumentPreimage(document)), validity } };
      await decide(openingOf(scene.relation, document, [scene.laboratory], request, { change }), { version: 3 });
      const late = endorseDelivery({ at: '2026-03-01T08:05:00.000Z' });
      expect(await refusalOf(late)).toMatchObject({ code: 'RELEASE_NOT_PERMITTED', details: { reason: 'expired' } });
    });
  });

  test('joins nothing of two relations of one patient in any public byte', async () => {
    const second = scene.patient.relateTo(INSURER, ['care']);
    // What transactions of two strangers share is the consortium's own: key policies, purposes, certificates.
    const stranger = new Patient(HOSPITAL);
    await register(twin, stranger);
    const control = stranger.relateTo(INSURER, ['care']);
    for (const relation of [second, control]) {
      const nothing = relation.document(1, [{ base: 'deny', exceptions: [] }]);
      const check = { relation: relation.registration(), consent: relation.consent(1, { with: nothing }) };
      await twin.submit(await twin.identity(INSURER), 'RegisterRelation', check);
      await permitLaboratory(twin, relation);
    }
    await decide();
    twin.commit(await endorseDelivery());
    const [first, other, strange, ofPatient] = [
      scene.relation.relationRef,
      second.relationRef,
      control.relationRef,
      scene.patient.subjectRef,
    ].map((name) => publicTokensOf(twin, name)) as [Set<string>, Set<string>, Set<string>, Set<string>];
    for (const tokens of [first, other, ofPatient]) expect(tokens.size).toBeGreaterThan(10);
    expect([...first].filter((token) => other.has(token) && !strange.has(token))).toEqual([]);
    for (const tokens of [first, other]) expect([...tokens].filter((token) => ofPatient.has(token) && !strange.has(token))).toEqual([]);
  });
});

/** Every longer word in the public bytes of the transactions that mention a name, base64 opened twice (state, then JWS). */
function publicTokensOf(twin: ConsortiumTwin, name: string): Set<string> {
  const open = (text: string): string =>
    `${text} ${(text.match(/[A-Za-z0-9+/=_-]{24,}/g) ?? []).map((token) => Buffer.from(token, 'base64').toString('latin1')).join(' ')}`;
  const texts = twin.chain.map(({ proposal, simulation }) => {
    const { privateWrites, ...rwset } = simulation.rwset;
    return open(open(JSON.stringify([proposal.args, rwset, Object.keys(privateWrites), simulation.payload, simulation.event])));
  });
  return new Set(texts.filter((text) => text.includes(name)).flatMap((text) => text.match(/[A-Za-z0-9_-]{16,}/g) ?? []));
}
