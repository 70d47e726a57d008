import {
  askPreimage,
  decisionKey,
  deletionKey,
  deliveryRef,
  formatCanonical,
  implicitCollection,
  privateKey,
  recipientPreimage,
  recordsPreimage,
  redisclosureKey,
  redisclosureNoticeRef,
  type Ask,
  type ConsultationId,
  type DeletionReceipt,
  type DisclosureReceipt,
  type Instant,
  type MspId,
  type RedisclosureId,
  type RequestId,
  type SignedPayload,
  type TransactionRequest,
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
import { signStatus } from './support/delegates';
import { digestOf } from './support/recovery-story';
import { endorseDecision } from './support/release-steps';
import {
  ask,
  askOf,
  AUTHORITY,
  CLINIC,
  HOSPITAL,
  importRecords,
  INSURER,
  newConsortium,
  newRecord,
  newScene,
  openingOf,
  organisationKeys,
  releasedOf,
  sealedText,
  signingKeyOf,
  type Scene,
  type TestRecord,
} from './support/story';
import { commit, ISSUED, newKeyPair, newRef, newSalt, Patient, signAs, type KeyPair } from './support/wallet';

type Request = TransactionResponse<'RequestAccess'>['request'];

const BOTH = [HOSPITAL, CLINIC];
const LATER = '2026-03-01T09:00:00.000Z' as Instant;

let scene: Scene;
let twin: ConsortiumTwin;
let request: Request;

beforeEach(async () => {
  twin = await newConsortium();
  scene = await newScene(twin, new Patient(HOSPITAL));
  request = await ask(twin, scene.relation);
});

/** Decides and delivers in the given number of parts; answers the salt of the records. */
async function release(records: readonly TestRecord[], version = 2, document = scene.document, parts = 1) {
  const input = openingOf(scene.relation, document, records, request);
  const { relationRef, requestId } = request;
  const gateway = await twin.identity(HOSPITAL, 'gateway');
  await twin.submit(gateway, 'DecideRelease', { relationRef, requestId, consentVersion: version }, { input, endorsers: BOTH });
  for (let part = 1; part <= parts; part += 1) {
    const sending = { input: { envelope: sealedText('delivery') }, endorsers: BOTH };
    await twin.submit(gateway, 'DeliverRecords', { relationRef, requestId, part, parts }, sending);
  }
  return { records: releasedOf(records), recordsSalt: input.recordsSalt };
}

async function consent(version: number, change: Parameters<Scene['relation']['consent']>[1]): Promise<void> {
  await twin.submit(await twin.identity(AUTHORITY), 'RecordConsent', { consent: scene.relation.consent(version, change) });
}
const revoke = (version = 3): Promise<void> => consent(version, { status: 'revoked', document: null });

async function endorseDeletion(
  change: Partial<DeletionReceipt> = {},
  { key = signingKeyOf(CLINIC), by = CLINIC, endorsers }: { key?: KeyPair; by?: MspId; endorsers?: readonly string[] } = {},
): Promise<Endorsed> {
  const receipt: DeletionReceipt = {
    ...{ relationRef: request.relationRef, requester: CLINIC, requestId: request.requestId, of: 'release', reason: 'consent-revoked' },
    ...{ consentVersion: 3, parts: 1, told: null, issuedAt: ISSUED, ...change },
  };
  const args = ['RecordDeletion', JSON.stringify({ deletion: signAs('deletion-receipt', receipt, key) })];
  return twin.endorse(await twin.identity(by, 'gateway'), args, endorsers === undefined ? {} : { endorsers });
}

describe('the receipt of a release', () => {
  const endorse = async (change: Partial<DisclosureReceipt>, key?: KeyPair, records = [scene.laboratory]): Promise<Endorsed> => {
    const input = openingOf(scene.relation, scene.document, records, request, { change, ...(key && { key }) });
    const args = ['DecideRelease', JSON.stringify({ relationRef: request.relationRef, requestId: request.requestId, consentVersion: 2 })];
    return twin.endorse(await twin.identity(HOSPITAL, 'gateway'), args, { input, endorsers: BOTH });
  };

  test('is a condition of the decision, and stands in its entry for everybody', async () => {
    const { relationRef, requestId } = request;
    const { receipt: _, ...without } = openingOf(scene.relation, scene.document, [scene.laboratory], request);
    const args = ['DecideRelease', JSON.stringify({ relationRef, requestId, consentVersion: 2 })];
    const bare = twin.endorse(await twin.identity(HOSPITAL, 'gateway'), args, { input: without, endorsers: BOTH });
    expect(await refusalOf(bare)).toMatchObject({ code: 'REQUEST_INVALID', details: { place: 'input.receipt' } });
    expect(twin.commit(await endorse({}))).toBe(OK);
    const { receipt } = twin.state(decisionKey(relationRef, CLINIC, requestId)) as { receipt: string };
    expect(JSON.parse(Buffer.from(receipt.split('.')[1] ?? '', 'base64url').toString())).toMatchObject({
      ...{ relationRef, requestId, custodian: HOSPITAL, counterparty: CLINIC, purpose: 'TREAT', statement: '42CFRPart2' },
      consent: { version: 2, validity: null },
    });
  });

  test("is the custodian's own", async () => {
    for (const key of [newKeyPair(), signingKeyOf(CLINIC), scene.relation.keys.signing])
      expect((await refusalOf(endorse({}, key))).code).toBe('RECEIPT_INVALID');
  });

  test.each([
    ['request', { requestId: newRef<RequestId>() }],
    ['counterparty', { counterparty: INSURER }],
    ['purpose', { purpose: 'COC' }],
    ['ask', { ask: commit(Buffer.from('other')) }],
    ['consent', { consent: { version: 1, document: commit(Buffer.from('other')), validity: null } }],
    ['rules', { rulesVersion: 2 }],
    ['records', { records: commit(Buffer.from('other')) }],
    ['number of records', { count: 2 }],
  ] as const)('is of no other %s than the decision', async (_of, change) => {
    expect((await refusalOf(endorse(change as Partial<DisclosureReceipt>))).code).toBe('RECEIPT_INVALID');
  });

  test('commits to the obligations that the rule gave: a custodian cannot leave them out', async () => {
    const { psychiatry, document, asked, version } = await permitPsychiatry();
    const { relationRef, requestId } = request;
    const args = ['DecideRelease', JSON.stringify({ relationRef, requestId, consentVersion: version })];
    const gateway = await twin.identity(HOSPITAL, 'gateway');
    const [honest, salt] = [{ ...openingOf(scene.relation, document, [psychiatry], request), ask: formatCanonical(asked) }, newSalt()];
    const records = commit(recordsPreimage([{ recordId: psychiatry.recordId, version: 1, obligations: [] }], salt));
    const { receipt } = openingOf(scene.relation, document, [psychiatry], request, { change: { records } });
    const lie = twin.endorse(gateway, args, { input: { ...honest, recordsSalt: salt, receipt }, endorsers: BOTH });
    expect((await refusalOf(lie)).code).toBe('RECEIPT_INVALID');
    expect(twin.commit(await twin.endorse(gateway, args, { input: honest, endorsers: BOTH }))).toBe(OK);
  });
});

/** A psychiatric record that version 3 permits, and a request for it. */
async function permitPsychiatry() {
  const psychiatry = newRecord(scene.patient, { category: 'psychiatry' });
  await importRecords(twin, [psychiatry]);
  const categories = ['laboratory', 'psychiatry'] as const;
  const document = scene.relation.document(3, [{ base: 'deny', exceptions: [{ decision: 'permit', categories }] }]);
  await consent(3, { with: document });
  const asked: Ask = { ...askOf(scene.relation), categories };
  const { relationRef, purpose } = request;
  const next = { relationRef, requestId: newRef<RequestId>(), purpose, proof: null, ask: commit(askPreimage(asked)) };
  request = (await twin.submit(await twin.identity(CLINIC, 'physician'), 'RequestAccess', next)).request;
  return { psychiatry, document, asked, version: 3 };
}

describe('a released copy', () => {
  const copiesAt = (parts: number): readonly (string | undefined)[] =>
    Array.from({ length: parts }, (_, at) =>
      twin.world.collections
        .get(implicitCollection(CLINIC))
        ?.get(privateKey(deliveryRef(request.relationRef, request.requestId, at + 1)))
        ?.value.toString(),
    );

  test('is deleted in every part by the very transaction that says so', async () => {
    const more = [newRecord(scene.patient), newRecord(scene.patient)];
    await importRecords(twin, more);
    await release([scene.laboratory, ...more], 2, scene.document, 3);
    await revoke();
    const there = [expect.any(String), expect.any(String), expect.any(String)];
    expect(copiesAt(3)).toEqual(there);
    for (const parts of [1, 2, 4]) expect(await refusalOf(endorseDeletion({ parts }))).toMatchObject({ code: 'REQUEST_INVALID' });
    const endorsed = await endorseDeletion({ parts: 3 });
    expect(copiesAt(3)).toEqual(there);
    expect(twin.commit(endorsed)).toBe(OK);
    expect(copiesAt(3)).toEqual([undefined, undefined, undefined]);
    const { relationRef, requestId } = request;
    expect(twin.state(deletionKey(relationRef, CLINIC, requestId, 'release'))).toMatchObject({
      ...{ relationRef, requester: CLINIC, requestId, of: 'release', reason: 'consent-revoked', consentVersion: 3, parts: 3, told: null },
      ...{ at: twin.clock, by: { mspId: CLINIC, role: 'gateway' } },
    });
  });

  test('is not said to be deleted before the patient ended the release', async () => {
    await release([scene.laboratory]);
    expect((await refusalOf(endorseDeletion())).code).toBe('DELETION_NOT_DUE');
    for (const reason of ['consent-revoked', 'relation-closed', 'expired', 'narrowed', 'time-box-ended'] as const)
      expect((await refusalOf(endorseDeletion({ reason, consentVersion: 2 }))).code).toBe('DELETION_NOT_DUE');
  });

  test('is deleted for the reason that there is, and no other', async () => {
    await release([scene.laboratory]);
    await revoke();
    for (const reason of ['relation-closed', 'expired', 'narrowed', 'time-box-ended'] as const)
      expect((await refusalOf(endorseDeletion({ reason }))).code).toBe('DELETION_NOT_DUE');
    await consent(4, {});
    expect((await refusalOf(endorseDeletion({ consentVersion: 4 }))).code).toBe('DELETION_NOT_DUE');
    expect(twin.commit(await endorseDeletion())).toBe(OK);
  });

  test('is deleted when the relation is closed, when the validity is over, and when a later version permits less', async () => {
    const validity = { from: ISSUED, until: LATER };
    await release([scene.laboratory]);
    await consent(3, { validity });
    expect(twin.validate((await endorseDeletion({ reason: 'narrowed' })).simulation.rwset, BOTH)).toBe(OK);
    expect((await refusalOf(endorseDeletion({ reason: 'expired' }))).code).toBe('DELETION_NOT_DUE');
    twin.clock = LATER;
    const expired = await endorseDeletion({ reason: 'expired' });
    await consent(4, { status: 'closed', document: null });
    expect(twin.commit(expired)).not.toBe(OK);
    expect(twin.commit(await endorseDeletion({ reason: 'relation-closed', consentVersion: 4 }))).toBe(OK);
  });

  test('is said to be deleted by the member that holds it, with its own key and peer', async () => {
    await release([scene.laboratory]);
    await revoke();
    expect((await refusalOf(endorseDeletion({}, { by: INSURER }))).code).toBe('CALLER_NOT_REQUESTER');
    expect((await refusalOf(endorseDeletion({}, { key: signingKeyOf(INSURER) }))).code).toBe('SIGNATURE_INVALID');
    const asOther = endorseDeletion({ requester: INSURER }, { by: INSURER, key: signingKeyOf(INSURER) });
    expect((await refusalOf(asOther)).code).toBe('DECISION_NOT_FOUND');
    for (const endorsers of [[CLINIC], [HOSPITAL, INSURER]])
      expect(twin.commit(await endorseDeletion({}, { endorsers }))).toBe(ENDORSEMENT_POLICY_FAILURE);
  });

  test('is deleted once: the same receipt again changes nothing, another one is refused', async () => {
    await release([scene.laboratory]);
    await revoke();
    expect(twin.commit(await endorseDeletion())).toBe(OK);
    expect((await endorseDeletion()).simulation.rwset.writes).toEqual({});
    expect((await refusalOf(endorseDeletion({ issuedAt: LATER }))).code).toBe('DELETION_ALREADY_MADE');
  });

  test('is deleted whole: a receipt over fewer parts, or over what never came, is refused', async () => {
    await release([scene.laboratory]);
    await revoke();
    for (const parts of [0, 2]) expect(await refusalOf(endorseDeletion({ parts }))).toMatchObject({ code: 'REQUEST_INVALID' });
    request = await ask(twin, scene.relation);
    expect((await refusalOf(endorseDeletion())).code).toBe('DECISION_NOT_FOUND');
  });

  test('is deleted though others have written in the place of its receipt', async () => {
    await release([scene.laboratory]);
    await revoke();
    const key = deletionKey(request.relationRef, CLINIC, request.requestId, 'release');
    const receipt = { relationRef: request.relationRef, requester: CLINIC, requestId: request.requestId, of: 'release' };
    const claim = { ...receipt, reason: 'consent-revoked', consentVersion: 3, parts: 1, told: null, issuedAt: ISSUED } as const;
    const jws = signAs('deletion-receipt', claim as DeletionReceipt, signingKeyOf(INSURER));
    const by = { mspId: CLINIC, role: 'gateway', actor: 'A'.repeat(43) };
    for (const forged of ['junk', JSON.stringify({ ...claim, jws, by, at: ISSUED })]) {
      twin.forge(key, forged);
      expect(twin.validate((await endorseDeletion()).simulation.rwset, BOTH)).toBe(OK);
    }
    expect(twin.commit(await endorseDeletion())).toBe(OK);
    expect(copiesAt(1)).toEqual([undefined]);
  });

  test('of a release that was revoked and permitted again stays due', async () => {
    await release([scene.laboratory]);
    await revoke();
    await consent(4, { with: scene.relation.document(4, [{ base: 'permit', exceptions: [] }]) });
    expect(twin.commit(await endorseDeletion())).toBe(OK);
  });
});

describe('a signing key that its organisation replaced', () => {
  /** The member signs with another key from now on. */
  const replaceKey = async (mspId: MspId): Promise<KeyPair> => {
    const next = newKeyPair();
    const keys = { ...organisationKeys(mspId), signing: next.jwk };
    await twin.submit(await twin.identity(mspId, 'gateway'), 'RegisterOrganisation', keys);
    return next;
  };

  test('signs no receipt any more, and the new one does: of a release', async () => {
    const next = await replaceKey(HOSPITAL);
    const endorse = async (key?: KeyPair): Promise<Endorsed> =>
      endorseDecision(twin, request, openingOf(scene.relation, scene.document, [scene.laboratory], request, key && { key }));
    expect((await refusalOf(endorse())).code).toBe('RECEIPT_INVALID');
    expect(twin.commit(await endorse(next))).toBe(OK);
  });

  test('signs no deletion any more, and the new one does, of what was released before', async () => {
    await release([scene.laboratory]);
    await revoke();
    const early = await endorseDeletion();
    const next = await replaceKey(CLINIC);
    expect(twin.commit(early)).toBe(MVCC_READ_CONFLICT);
    expect((await refusalOf(endorseDeletion())).code).toBe('SIGNATURE_INVALID');
    expect(twin.commit(await endorseDeletion({}, { key: next }))).toBe(OK);
  });

  test('leaves the deletion that it signed as it stands: the same is answered the same, another one is refused', async () => {
    await release([scene.laboratory]);
    await revoke();
    expect(twin.commit(await endorseDeletion())).toBe(OK);
    const next = await replaceKey(CLINIC);
    expect((await endorseDeletion()).simulation.rwset.writes).toEqual({});
    const other = { issuedAt: LATER } as const;
    expect((await refusalOf(endorseDeletion(other, { key: next }))).code).toBe('DELETION_ALREADY_MADE');
  });
});

describe('a redisclosure', () => {
  const newRequest = (change: object = {}): TransactionRequest<'RecordRedisclosure'> => ({
    ...{ relationRef: request.relationRef, requestId: request.requestId, redisclosureId: newRef<RedisclosureId>() },
    ...{ recipient: commit(recipientPreimage('Dr Jane Doe, rehabilitation', newSalt())), purpose: 'TREAT', consentVersion: 2, ...change },
  });
  const endorse = async (
    of: TransactionRequest<'RecordRedisclosure'>,
    opening: object,
    { by = CLINIC, endorsers = BOTH }: { by?: MspId; endorsers?: readonly string[] } = {},
  ): Promise<Endorsed> => {
    const [custodian, counterparty, patient] = [sealedText('redisclosure'), sealedText('redisclosure'), sealedText('redisclosure-notice')];
    const sealed = { custodian, counterparty, patient };
    const input = { redisclosed: [0], binding: scene.relation.binding, sealed, ...opening };
    return twin.endorse(await twin.identity(by, 'physician'), ['RecordRedisclosure', JSON.stringify(of)], { input, endorsers });
  };

  test('is a child of its release; to whom stands sealed at the custodian', async () => {
    const opening = await release([scene.laboratory]);
    const of = newRequest();
    expect(twin.commit(await endorse(of, opening))).toBe(OK);
    const entry = twin.state(redisclosureKey(of.relationRef, CLINIC, of.requestId, of.redisclosureId));
    expect(entry).toMatchObject({ requestId: request.requestId, purpose: 'TREAT', count: 1, by: { mspId: CLINIC, role: 'physician' } });
    const notice = privateKey(redisclosureNoticeRef(of.relationRef, of.redisclosureId));
    expect(twin.world.collections.get(implicitCollection(HOSPITAL))?.get(notice)).toBeDefined();
    expect(twin.commit(await endorse(newRequest(), opening, { endorsers: [CLINIC, INSURER] }))).toBe(ENDORSEMENT_POLICY_FAILURE);
  });

  test("is refused after the patient's death, and without what says whose relation it is", async () => {
    const opening = await release([scene.laboratory]);
    const other = scene.patient.relateTo(CLINIC);
    expect((await refusalOf(endorse(newRequest(), { ...opening, binding: other.binding }))).code).toBe('COMMITMENT_MISMATCH');
    const death = signStatus(scene.patient.subjectRef, { n: 1, status: 'deceased', confirmedBy: null }, signingKeyOf(HOSPITAL));
    const status = { status: death, confirmation: null };
    await twin.submit(await twin.identity(HOSPITAL, 'registrar'), 'SetPatientStatus', status);
    const refused = { code: 'RELEASE_NOT_PERMITTED', details: { reason: 'deceased', at: 0 } };
    expect(await refusalOf(endorse(newRequest(), opening))).toEqual(refused);
  });

  test('is refused while its patient is under a hold', async () => {
    const opening = await release([scene.laboratory]);
    const { subjectRef, registration } = scene.patient;
    const statement = { subjectRef, previous: digestOf(registration), issuedAt: twin.clock };
    const hold = signAs('patient-hold', statement as unknown as SignedPayload<'patient-hold'>, signingKeyOf(HOSPITAL));
    await twin.submit(await twin.identity(HOSPITAL, 'registrar'), 'PlaceHold', { hold });
    const refused = { code: 'RELEASE_NOT_PERMITTED', details: { reason: 'held', at: 0 } };
    expect(await refusalOf(endorse(newRequest(), opening))).toEqual(refused);
  });

  test('is made once under its id', async () => {
    const opening = await release([scene.laboratory]);
    const of = newRequest();
    twin.commit(await endorse(of, opening));
    expect((await endorse(of, opening)).simulation.rwset.writes).toEqual({});
    expect((await refusalOf(endorse({ ...of, purpose: 'COC' }, opening))).code).toBe('REDISCLOSURE_ALREADY_MADE');
  });

  test('is refused for a record that may be disclosed to nobody else, which its holder cannot hide', async () => {
    const { psychiatry, document, asked } = await permitPsychiatry();
    const records = [scene.laboratory, psychiatry];
    const input = { ...openingOf(scene.relation, document, records, request), ask: formatCanonical(asked) };
    const gateway = await twin.identity(HOSPITAL, 'gateway');
    const { relationRef, requestId } = request;
    await twin.submit(gateway, 'DecideRelease', { relationRef, requestId, consentVersion: 3 }, { input, endorsers: BOTH });
    const opening = { records: releasedOf(records), recordsSalt: input.recordsSalt };
    const of = newRequest({ consentVersion: 3 });
    const refusal = refusalOf(endorse(of, { ...opening, redisclosed: [0, 1] }));
    expect(await refusal).toEqual({ code: 'REDISCLOSURE_FORBIDDEN', details: { at: 1 } });
    const hidden = { ...opening, records: opening.records.map((record) => ({ ...record, obligations: [] })), redisclosed: [1] };
    expect(await refusalOf(endorse(of, hidden))).toEqual({ code: 'COMMITMENT_MISMATCH', details: { of: 'released records' } });
    expect(twin.commit(await endorse(of, { ...opening, redisclosed: [0] }))).toBe(OK);
  });

  test('is refused to another member, of what is not there, and after the patient ended the release', async () => {
    const opening = await release([scene.laboratory]);
    expect((await refusalOf(endorse(newRequest(), opening, { by: INSURER }))).code).toBe('CALLER_NOT_REQUESTER');
    expect(await refusalOf(endorse(newRequest(), { ...opening, redisclosed: [1] }))).toMatchObject({ code: 'REQUEST_INVALID' });
    expect(await refusalOf(endorse(newRequest(), { ...opening, redisclosed: [0, 0] }))).toMatchObject({ code: 'REQUEST_INVALID' });
    const purpose = refusalOf(endorse(newRequest({ purpose: 'HMARKT' }), opening));
    expect(await purpose).toMatchObject({ code: 'RELEASE_NOT_PERMITTED', details: { reason: 'purpose-not-proved' } });
    const late = await endorse(newRequest(), opening);
    await revoke();
    expect(twin.commit(late)).not.toBe(OK);
    expect((await refusalOf(endorse(newRequest(), opening))).code).toBe('CONSENT_NOT_CURRENT');
    expect((await refusalOf(endorse(newRequest({ consentVersion: 3 }), opening))).code).toBe('RELEASE_ENDED');
    await consent(4, { with: scene.relation.document(4, [{ base: 'permit', exceptions: [] }]) });
    expect((await refusalOf(endorse(newRequest({ consentVersion: 4 }), opening))).code).toBe('RELEASE_ENDED');
  });

  test('is due with its release: its maker says when the recipient was told', async () => {
    const opening = await release([scene.laboratory]);
    const of = newRequest();
    twin.commit(await endorse(of, opening));
    const told = { of: of.redisclosureId, parts: 0, told: twin.clock as Instant };
    expect((await refusalOf(endorseDeletion(told))).code).toBe('DELETION_NOT_DUE');
    await revoke();
    expect(await refusalOf(endorseDeletion({ ...told, told: null }))).toMatchObject({ code: 'REQUEST_INVALID' });
    expect(await refusalOf(endorseDeletion({ ...told, told: ISSUED }))).toMatchObject({ code: 'REQUEST_INVALID' });
    expect((await refusalOf(endorseDeletion({ ...told, of: newRef() }))).code).toBe('REDISCLOSURE_NOT_FOUND');
    expect(twin.commit(await endorseDeletion(told))).toBe(OK);
    expect(twin.commit(await endorseDeletion())).toBe(OK);
  });
});

describe('consultations of a consent', () => {
  const endorse = async (by: MspId, consultationId: ConsultationId, endorsers?: readonly string[]): Promise<Endorsed> => {
    const consultations = [{ consultationId, role: 'physician', purpose: 'TREAT', consultedAt: ISSUED }];
    const args = ['RecordConsultations', JSON.stringify({ relationRef: request.relationRef, consultations })];
    return twin.endorse(await twin.identity(by, 'gateway'), args, endorsers === undefined ? {} : { endorsers });
  };

  test('stand under the relation in the name of the member that looked, and of no other', async () => {
    const id = newRef<ConsultationId>();
    expect(twin.commit(await endorse(CLINIC, id))).toBe(OK);
    expect((await endorse(CLINIC, id)).simulation.rwset.writes).toEqual({});
    expect(Object.keys((await endorse(INSURER, id)).simulation.rwset.writes)).toHaveLength(1);
    expect(twin.commit(await endorse(CLINIC, newRef(), [HOSPITAL, INSURER]))).toBe(ENDORSEMENT_POLICY_FAILURE);
  });
});
