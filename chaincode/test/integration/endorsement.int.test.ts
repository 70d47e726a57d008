import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EndorseError } from '@hyperledger/fabric-gateway';
import {
  closingKey,
  consentEndKey,
  consentKey,
  consentNoticeKey,
  bindingRef,
  consentDocumentRef,
  decisionKey,
  deletionKey,
  deliveryKey,
  deliveryRef,
  formatInstant,
  parseSigned,
  patientKey,
  recordKey,
  relationKey,
  requestKey,
  rulesApprovalKey,
  rulesKey,
  type EndId,
  type GroupId,
  type Instant,
  type MspId,
  type TransactionResponse,
} from '../../src/model';
import { checkInByCard, later, NOTIFIER } from '../support/assisted-story';
import { DevnetConsortium, LAWLESS } from '../support/devnet-consortium';
import { refusedWith } from '../support/ledger-consortium';
import { approveRules, changeRules } from '../support/rules-changes';
import {
  ask,
  AUTHORITY,
  checkIn,
  CLINIC,
  found,
  HOSPITAL,
  importRecords,
  INSURER,
  MEMBERS,
  newRecord,
  newScene,
  openingOf,
  register,
  RULES,
  sealedText,
  signingKeyOf,
  storeRecords,
  type Scene,
} from '../support/story';
import { ISSUED, newKeyRing, newRef, Patient, publicKeys, replacementStatement, signAs } from '../support/wallet';

const [VALID, BAD_ENDORSEMENT, READ_CONFLICT, PHANTOM] = [0, 10, 11, 12];
const BOTH = [HOSPITAL, CLINIC];

jest.setTimeout(120_000);

/**
 * Hospital, clinic and insurer run chaincode that writes whatever it is told to (Forge); the authority runs the consortium's. Who endorses
 * a forgery is who colludes: what then commits, and what does not, is Fabric's validation alone.
 */
describe('with members that run altered chaincode', () => {
  const folder = mkdtempSync(join(tmpdir(), 'medaccord-endorsement-'));
  let consortium: DevnetConsortium;
  let scene: Scene;

  /** The validation code of a forgery that the named members endorse. */
  const forge = async (endorsers: readonly string[], ...script: readonly (readonly string[])[]): Promise<number> => {
    const as = await consortium.identity(endorsers[0] ?? '');
    return consortium.commitOf(await consortium.endorse(as, ['Forge', JSON.stringify(script)], { endorsers }));
  };
  const send = async (mspId: MspId, args: readonly string[], endorsers: readonly string[], input?: unknown): Promise<number> =>
    consortium.commitOf(await consortium.endorse(await consortium.identity(mspId, 'gateway'), args, { endorsers, input }));
  const decisionArgs = (request: TransactionResponse<'RequestAccess'>['request'], consentVersion = 2): readonly string[] => [
    'DecideRelease',
    JSON.stringify({ relationRef: request.relationRef, requestId: request.requestId, consentVersion }),
  ];
  /** By the rules in force, which a test here changes. */
  let rulesVersion = 1;
  const openingFor = (request: TransactionResponse<'RequestAccess'>['request']): ReturnType<typeof openingOf> =>
    openingOf(scene.relation, scene.document, [scene.laboratory], request, { change: { rulesVersion } });
  const revoke = async (version = 3): Promise<void> => {
    const consent = scene.relation.consent(version, { status: 'revoked', document: null });
    await consortium.submit(await consortium.identity(AUTHORITY), 'RecordConsent', { consent });
  };

  beforeAll(async () => {
    const lawless = { folder: LAWLESS };
    consortium = await DevnetConsortium.start(folder, MEMBERS, {
      [HOSPITAL]: lawless,
      [CLINIC]: lawless,
      [INSURER]: { ...lawless, env: { LAWLESS_LIES: 'yes' } },
    });
    await found(consortium);
  });
  beforeEach(async () => {
    // The insurer lies about consents: those of the scene go through others.
    scene = await newScene(consortium, new Patient(HOSPITAL), AUTHORITY);
  });
  afterAll(async () => {
    await consortium.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('nobody anchors for a hospital without it', async () => {
    const record = newRecord(scene.patient);
    await storeRecords(consortium, [record]);
    const args = [
      'AnchorRecords',
      JSON.stringify({ groups: [{ groupId: newRef<GroupId>(), whole: true, size: 1, records: [record.anchoring] }] }),
    ];
    expect(await send(HOSPITAL, args, [CLINIC, AUTHORITY])).toBe(BAD_ENDORSEMENT);
    expect(await send(HOSPITAL, args, [HOSPITAL])).toBe(BAD_ENDORSEMENT);
    const refused = await refusedWith(
      consortium.endorse(await consortium.identity(CLINIC, 'gateway'), args, { endorsers: [CLINIC, AUTHORITY] }),
    );
    expect(refused.code).toBe('RECORD_NOT_STORED');
    expect(await forge([CLINIC], ['put', recordKey(HOSPITAL, record.recordId, 1), '{}'])).toBe(BAD_ENDORSEMENT);
    expect(await send(HOSPITAL, args, [HOSPITAL, AUTHORITY])).toBe(VALID);
  });

  test("a hospital's anchor is rewritten neither by it alone nor by two others", async () => {
    const key = recordKey(HOSPITAL, scene.laboratory.recordId, 1);
    for (const script of [
      ['put', key, '{}'],
      ['delete', key],
      ['free', key],
    ]) {
      expect(await forge([HOSPITAL], script)).toBe(BAD_ENDORSEMENT);
      expect(await forge([CLINIC, INSURER], script)).toBe(BAD_ENDORSEMENT);
    }
  });

  test('an anchor that its hospital rewrites with another member is not what decisions go by', async () => {
    const key = recordKey(HOSPITAL, scene.laboratory.recordId, 1);
    const subject = newRecord(new Patient(HOSPITAL)).anchoring.subject;
    const anchor = await consortium.evaluate(await consortium.identity(AUTHORITY), 'GetRecordAnchor', {
      custodian: HOSPITAL,
      recordId: scene.laboratory.recordId,
      version: 1,
    });
    expect(await forge([HOSPITAL, INSURER], ['put', key, JSON.stringify({ ...anchor, subject })])).toBe(VALID);
    const request = await ask(consortium, scene.relation);
    expect(await send(HOSPITAL, decisionArgs(request), BOTH, openingFor(request))).toBe(VALID);
  });

  test('a decision without custodian or counterparty does not validate', async () => {
    const request = await ask(consortium, scene.relation);
    const input = openingFor(request);
    for (const endorsers of [[HOSPITAL], [CLINIC], [HOSPITAL, AUTHORITY], [CLINIC, AUTHORITY], [INSURER, AUTHORITY]]) {
      expect(await send(HOSPITAL, decisionArgs(request), endorsers, input)).toBe(BAD_ENDORSEMENT);
    }
    expect(await send(HOSPITAL, decisionArgs(request), BOTH, input)).toBe(VALID);
  });

  test('a decision that two members forge lets nobody but the custodian deliver', async () => {
    const request = await ask(consortium, scene.relation);
    const released = await ask(consortium, scene.relation);
    await send(HOSPITAL, decisionArgs(released), BOTH, openingFor(released));
    const { relationRef, requestId } = released;
    const decision = await consortium.evaluate(await consortium.identity(AUTHORITY), 'GetDecision', {
      relationRef,
      requester: CLINIC,
      requestId,
    });
    const forged = JSON.stringify({ ...decision, requestId: request.requestId });
    expect(await forge([CLINIC], ['put', decisionKey(relationRef, CLINIC, request.requestId), forged])).toBe(BAD_ENDORSEMENT);
    expect(await forge([CLINIC, INSURER], ['put', decisionKey(relationRef, CLINIC, request.requestId), forged])).toBe(VALID);
    const args = ['DeliverRecords', JSON.stringify({ relationRef, requestId: request.requestId, part: 1, parts: 1 })];
    const input = { envelope: sealedText('delivery') };
    const refused = refusedWith(
      consortium.endorse(await consortium.identity(CLINIC, 'gateway'), args, { input, endorsers: [CLINIC, INSURER] }),
    );
    expect((await refused).code).toBe('CALLER_NOT_CUSTODIAN');
  });

  test('requests, decisions and deliveries that stand are rewritten by no collusion short of everybody', async () => {
    const request = await ask(consortium, scene.relation);
    const { relationRef, requestId } = request;
    await send(HOSPITAL, decisionArgs(request), BOTH, openingFor(request));
    const args = ['DeliverRecords', JSON.stringify({ relationRef, requestId, part: 1, parts: 1 })];
    expect(await send(HOSPITAL, args, BOTH, { envelope: sealedText('delivery') })).toBe(VALID);
    const refused = await ask(consortium, scene.relation);
    const refusal = JSON.stringify({ relationRef, requestId: refused.requestId, consentVersion: 2 });
    expect(await send(HOSPITAL, ['RefuseAccess', refusal], [HOSPITAL, AUTHORITY], { notice: sealedText('notice') })).toBe(VALID);
    const outsider = await consortium.submit(await consortium.identity(AUTHORITY, 'physician'), 'RequestAccess', {
      relationRef,
      requestId: newRef(),
      purpose: 'TREAT',
      proof: null,
      ask: refused.ask,
    });
    const keys = [
      requestKey(relationRef, CLINIC, requestId),
      decisionKey(relationRef, CLINIC, requestId),
      deliveryKey(relationRef, CLINIC, requestId, 1),
      decisionKey(relationRef, CLINIC, refused.requestId),
      requestKey(relationRef, AUTHORITY, outsider.request.requestId),
      decisionKey(relationRef, AUTHORITY, outsider.request.requestId),
    ];
    for (const script of keys.flatMap((key) => [
      ['delete', key],
      ['put', key, '{}'],
      ['free', key],
    ])) {
      expect(await forge([HOSPITAL, CLINIC], script)).toBe(BAD_ENDORSEMENT);
      expect(await forge([HOSPITAL, CLINIC, INSURER], script)).toBe(BAD_ENDORSEMENT);
    }
  });

  test('a delivery without the counterparty does not validate', async () => {
    const { relationRef, requestId } = await ask(consortium, scene.relation).then(async (request) => {
      await send(HOSPITAL, decisionArgs(request), BOTH, openingFor(request));
      return request;
    });
    const args = ['DeliverRecords', JSON.stringify({ relationRef, requestId, part: 1, parts: 1 })];
    const input = { envelope: sealedText('delivery') };
    expect(await send(HOSPITAL, args, [HOSPITAL, AUTHORITY], input)).toBe(BAD_ENDORSEMENT);
    expect(await send(HOSPITAL, args, BOTH, input)).toBe(VALID);
    const { values } = await consortium.evaluate(await consortium.identity(CLINIC, 'gateway'), 'ReadSealed', {
      keys: [{ kind: 'delivery', ref: relationRef, id: `${requestId}.1` }],
    });
    expect(values[0]?.envelope).toBe(input.envelope);
  });

  test("a patient's keys are not replaced by her hospital alone, and a pair that writes others is not believed", async () => {
    const key = patientKey(scene.patient.subjectRef);
    const reader = await consortium.identity(AUTHORITY);
    const entry = await consortium.evaluate(reader, 'GetPatient', { subjectRef: scene.patient.subjectRef });
    const forged = JSON.stringify({ ...entry, keys: publicKeys(newKeyRing()) });
    expect(await forge([HOSPITAL], ['put', key, forged])).toBe(BAD_ENDORSEMENT);
    expect(await forge([HOSPITAL, INSURER], ['put', key, forged])).toBe(VALID);
    expect((await consortium.evaluate(reader, 'GetPatient', { subjectRef: scene.patient.subjectRef })).keys).toEqual(
      publicKeys(scene.patient.keys),
    );
    expect(await forge([HOSPITAL, INSURER], ['delete', key])).toBe(VALID);
    expect((await consortium.evaluate(reader, 'GetPatient', { subjectRef: scene.patient.subjectRef })).keys).toEqual(
      publicKeys(scene.patient.keys),
    );
  });

  test('a patient is held, and kept free, by nobody without her custodian', async () => {
    const { subjectRef, registration } = scene.patient;
    const key = patientKey(subjectRef);
    const [registrar, reader] = [await consortium.identity(HOSPITAL, 'registrar'), await consortium.identity(AUTHORITY)];
    const free = await consortium.evaluate(reader, 'GetPatient', { subjectRef });
    expect(await forge([CLINIC, INSURER], ['put', key, JSON.stringify({ ...free, hold: { at: free.registeredAt, recovery: null } })])).toBe(
      VALID,
    );
    expect((await consortium.evaluate(reader, 'GetPatient', { subjectRef })).hold).toBeUndefined();
    const { previous } = replacementStatement(subjectRef, registration, newKeyRing());
    const issuedAt = new Date().toISOString() as Instant;
    const args = [
      'PlaceHold',
      JSON.stringify({ hold: signAs('patient-hold', { subjectRef, previous, issuedAt }, signingKeyOf(HOSPITAL)) }),
    ];
    expect(await consortium.commitOf(await consortium.endorse(registrar, args, { endorsers: [CLINIC, AUTHORITY] }))).toBe(BAD_ENDORSEMENT);
    expect(await consortium.commitOf(await consortium.endorse(registrar, args))).toBe(VALID);
    expect(await forge([CLINIC, INSURER], ['put', key, JSON.stringify(free)])).toBe(VALID);
    const asked = await ask(consortium, scene.relation);
    const input = openingOf(scene.relation, scene.document, [scene.laboratory], asked);
    const refused = await refusedWith(send(HOSPITAL, decisionArgs(asked), BOTH, input));
    expect(refused).toMatchObject({ code: 'RELEASE_NOT_PERMITTED', details: { reason: 'held' } });
  });

  test('two colluding members cannot take a revocation back, nor change a relation', async () => {
    await revoke();
    const { relationRef } = scene.relation;
    for (const key of [consentKey(relationRef, 2), consentKey(relationRef, 3), relationKey(relationRef)]) {
      for (const script of [
        ['delete', key],
        ['put', key, '{}'],
        ['free', key],
      ]) {
        expect(await forge([HOSPITAL, CLINIC], script)).toBe(BAD_ENDORSEMENT);
        expect(await forge([HOSPITAL, CLINIC, INSURER], script)).toBe(BAD_ENDORSEMENT);
      }
    }
    const request = await ask(consortium, scene.relation);
    const input = openingFor(request);
    const refused = refusedWith(
      consortium.endorse(await consortium.identity(HOSPITAL, 'gateway'), decisionArgs(request), { input, endorsers: BOTH }),
    );
    expect((await refused).code).toBe('CONSENT_NOT_CURRENT');
  });

  test('a consent that two members write without the patient permits nothing, and her next one stands', async () => {
    const { relationRef } = scene.relation;
    await revoke();
    const { consents } = await consortium.evaluate(await consortium.identity(AUTHORITY), 'GetConsents', { relationRef });
    const forged = JSON.stringify({ ...consents[1], version: 4 });
    expect(await forge([HOSPITAL, CLINIC], ['put', consentKey(relationRef, 4), forged])).toBe(VALID);
    const request = await ask(consortium, scene.relation);
    const input = openingFor(request);
    const gateway = await consortium.identity(HOSPITAL, 'gateway');
    const refused = refusedWith(consortium.endorse(gateway, decisionArgs(request, 4), { input, endorsers: BOTH }));
    expect((await refused).code).toBe('CONSENT_INVALID');
    await revoke(5);
  });

  test('a closing that two members record without its marker gets it from any other pair, and no collusion takes that back', async () => {
    const { relation, document } = scene;
    const { relationRef } = relation;
    const write = async (jws: string): Promise<number> => {
      const { payload } = parseSigned('consent', jws, 'consent');
      const entry = JSON.stringify({ ...payload, jws, recordedAt: payload.issuedAt });
      return forge([HOSPITAL, CLINIC], ['put', consentKey(relationRef, payload.version), entry]);
    };
    const closing = relation.consent(3, { status: 'closed', document: null }, relation.keys.recovery);
    expect([await write(closing), await write(relation.consent(4, { with: document }))]).toEqual([VALID, VALID]);
    expect(await send(AUTHORITY, ['RecordConsent', JSON.stringify({ consent: closing })], [HOSPITAL, AUTHORITY])).toBe(VALID);
    const marker = closingKey(relationRef, 1);
    for (const script of [
      ['delete', marker],
      ['put', marker, '{}'],
      ['free', marker],
    ])
      expect(await forge([HOSPITAL, CLINIC, INSURER], script)).toBe(BAD_ENDORSEMENT);
    expect(await forge([HOSPITAL, CLINIC], ['delete', consentKey(relationRef, 3)])).toBe(VALID);
    const request = await ask(consortium, relation);
    const gateway = await consortium.identity(HOSPITAL, 'gateway');
    const input = openingOf(relation, document, [scene.laboratory], request, { change: { rulesVersion } });
    const refused = refusedWith(consortium.endorse(gateway, decisionArgs(request, 4), { input, endorsers: BOTH }));
    expect((await refused).code).toBe('RELATION_CLOSED');
  });

  test('a member whose chaincode lies cannot get its write validated alone, and stops nobody', async () => {
    const consent = { consent: scene.relation.consent(3) };
    const args = ['RecordConsent', JSON.stringify(consent)];
    const liar = await consortium.identity(INSURER);
    const mismatch = consortium.endorse(liar, args, { endorsers: [INSURER, AUTHORITY] });
    await expect(mismatch).rejects.toThrow(EndorseError);
    expect(await consortium.commitOf(await consortium.endorse(liar, args, { endorsers: [INSURER] }))).toBe(BAD_ENDORSEMENT);
    expect(await consortium.commitOf(await consortium.endorse(liar, args, { endorsers: [HOSPITAL, AUTHORITY] }))).toBe(VALID);
  });

  test('two members whose chaincode lies suspend nobody: they neither forge an approval nor write the rules', async () => {
    const rules = await consortium.evaluate(await consortium.identity(AUTHORITY), 'GetRules', {});
    const suspension = { ...RULES, version: 2, suspended: [AUTHORITY] };
    const colluding = [HOSPITAL, CLINIC];
    const forged = JSON.stringify({ ...rules, ...suspension });
    for (const script of [
      ['put', rulesKey(), forged],
      ['delete', rulesKey()],
      ['free', rulesKey()],
    ])
      expect(await forge(colluding, script)).toBe(BAD_ENDORSEMENT);
    await approveRules(consortium, suspension, colluding);
    const { change } = await consortium.evaluate(await consortium.identity(AUTHORITY), 'GetRulesApprovals', suspension);
    expect(await forge(colluding, ['hide', INSURER, rulesApprovalKey(), change])).toBe(BAD_ENDORSEMENT);
    const args = ['AdoptRules', JSON.stringify({ ...suspension, approvedBy: [...colluding, INSURER] })];
    const admin = await consortium.identity(HOSPITAL, 'admin');
    const refused = await refusedWith(consortium.endorse(admin, args, { endorsers: [...colluding, AUTHORITY] }));
    expect(refused).toMatchObject({ code: 'RULES_NOT_APPROVED', details: { approvals: 2, needed: 3 } });
    expect(await consortium.evaluate(await consortium.identity(AUTHORITY), 'GetRules', {})).toEqual(rules);
  });

  test('three of four change the rules, and from that block on a decision endorsed before is void', async () => {
    const request = await ask(consortium, scene.relation);
    const input = openingFor(request);
    const gateway = await consortium.identity(HOSPITAL, 'gateway');
    const decision = await consortium.endorse(gateway, decisionArgs(request), { input, endorsers: BOTH });
    const { version } = await changeRules(consortium, { ...RULES, version: 2, suspended: [CLINIC] }, [HOSPITAL, INSURER, AUTHORITY]);
    expect(await consortium.commitOf(decision)).toBe(READ_CONFLICT);
    const refused = refusedWith(consortium.endorse(gateway, decisionArgs(request), { input, endorsers: BOTH }));
    expect((await refused).code).toBe('ORGANISATION_NOT_ACTIVE');
    rulesVersion = (await changeRules(consortium, { ...RULES, version: version + 1 }, [HOSPITAL, INSURER, AUTHORITY])).version;
  });

  test('what a card permitted ends on her word: a decision endorsed before is void, and no collusion short of everybody takes it back', async () => {
    const patient = new Patient(HOSPITAL, true);
    await register(consortium, patient);
    const record = newRecord(patient);
    await importRecords(consortium, [record]);
    const [relation, registrar] = [patient.relateTo(CLINIC), await consortium.identity(HOSPITAL, 'registrar')];
    const { relationRef } = relation;
    const nothing = relation.document(1, [{ base: 'deny', exceptions: [] }]);
    const checkIn = checkInByCard(relation, later(formatInstant(Date.now()), 1), { with: nothing });
    const handIn = (endorsers: readonly string[]): ReturnType<typeof consortium.endorse> =>
      consortium.endorse(registrar, ['RegisterRelation', JSON.stringify(checkIn)], { endorsers });
    expect(await consortium.commitOf(await handIn([CLINIC, AUTHORITY]))).toBe(BAD_ENDORSEMENT);
    expect(await consortium.commitOf(await handIn([HOSPITAL, AUTHORITY]))).toBe(VALID);

    // Nobody but the custodian makes a notice count.
    const by = { mspId: HOSPITAL, role: 'records', actor: NOTIFIER };
    const times = { at: '2026-01-01T00:00:00.000Z', effectiveAt: '2026-01-04T00:00:00.000Z' };
    const notice = JSON.stringify({ relationRef, version: 1, channel: 'post', by, person: NOTIFIER, ...times });
    expect(await forge([CLINIC, INSURER], ['put', consentNoticeKey(relationRef, 1), notice])).toBe(VALID);
    const asked = { relationRef, version: 1 };
    const known = (): Promise<unknown> => consortium.identity(AUTHORITY).then((as) => consortium.evaluate(as, 'GetAssistance', asked));
    expect(await known()).toEqual({ assistance: { effectiveAt: null, isEnded: false } });

    // A law that needs no consent lets a decision be made before any delay is over: it reads the ends as all do.
    const law = { purpose: 'TREAT', roles: ['hospital'], categories: ['laboratory'], confidentiality: 'N' } as const;
    const byLaw = { ...RULES, version: rulesVersion + 1, legalBases: [law] };
    rulesVersion = (await changeRules(consortium, byLaw, [HOSPITAL, INSURER, AUTHORITY])).version;
    const request = await ask(consortium, relation);
    const { document, validity } = parseSigned('consent', checkIn.consent, 'consent').payload;
    const change = { rulesVersion, consent: { version: 1, document, validity } };
    const input = openingOf(relation, nothing, [record], request, { change });
    const gateway = await consortium.identity(HOSPITAL, 'gateway');
    const decision = await consortium.endorse(gateway, decisionArgs(request, 1), { input, endorsers: BOTH });
    const endId = newRef<EndId>();
    await consortium.submit(await consortium.identity(AUTHORITY, 'registrar'), 'EndAssistedConsent', { ...asked, endId });
    expect(await consortium.commitOf(decision)).toBe(PHANTOM);
    for (const script of [
      ['delete', consentEndKey(relationRef, endId)],
      ['put', consentEndKey(relationRef, endId), '{}'],
    ])
      expect(await forge([HOSPITAL, CLINIC, INSURER], script)).toBe(BAD_ENDORSEMENT);
    expect(await known()).toMatchObject({ assistance: { isEnded: true } });
    rulesVersion = (await changeRules(consortium, { ...RULES, version: rulesVersion + 1 }, [HOSPITAL, INSURER, AUTHORITY])).version;
  });

  test('a copy is deleted with its receipt by the member that holds it and a witness, and no collusion takes that back', async () => {
    const request = await ask(consortium, scene.relation);
    const { relationRef, requestId } = request;
    await send(HOSPITAL, decisionArgs(request), BOTH, openingFor(request));
    const part = ['DeliverRecords', JSON.stringify({ relationRef, requestId, part: 1, parts: 1 })];
    await send(HOSPITAL, part, BOTH, { envelope: sealedText('delivery') });
    await revoke();
    const receipt = {
      ...{ relationRef, requester: CLINIC, requestId, of: 'release', reason: 'consent-revoked' as const },
      ...{ consentVersion: 3, parts: 1, told: null, issuedAt: ISSUED },
    };
    const args = ['RecordDeletion', JSON.stringify({ deletion: signAs('deletion-receipt', receipt, signingKeyOf(CLINIC)) })];
    for (const endorsers of [[CLINIC], [HOSPITAL, AUTHORITY]]) expect(await send(CLINIC, args, endorsers)).toBe(BAD_ENDORSEMENT);
    const keys = [deliveryRef(relationRef, requestId, 1)];
    const held = async (): Promise<unknown> =>
      (await consortium.evaluate(await consortium.identity(CLINIC, 'gateway'), 'ReadSealed', { keys })).values[0]?.envelope;
    expect(await held()).toEqual(expect.any(String));
    expect(await send(CLINIC, args, [CLINIC, AUTHORITY])).toBe(VALID);
    expect(await held()).toBeNull();
    const key = deletionKey(relationRef, CLINIC, requestId, 'release');
    for (const script of [
      ['delete', key],
      ['put', key, '{}'],
    ])
      expect(await forge([HOSPITAL, CLINIC, INSURER], script)).toBe(BAD_ENDORSEMENT);
  });

  test('a revocation that commits between endorsement and ordering voids a decision and a delivery: code 11', async () => {
    const gateway = await consortium.identity(HOSPITAL, 'gateway');
    const first = await ask(consortium, scene.relation);
    const inputOf = (of: typeof first): unknown => openingFor(of);
    expect(await send(HOSPITAL, decisionArgs(first), BOTH, inputOf(first))).toBe(VALID);
    const second = await ask(consortium, scene.relation);
    const decision = await consortium.endorse(gateway, decisionArgs(second), { input: inputOf(second), endorsers: BOTH });
    const part = { relationRef: first.relationRef, requestId: first.requestId, part: 1, parts: 1 };
    const envelope = { envelope: sealedText('delivery') };
    const delivery = await consortium.endorse(gateway, ['DeliverRecords', JSON.stringify(part)], { input: envelope, endorsers: BOTH });
    await revoke();
    expect(await consortium.commitOf(decision)).toBe(READ_CONFLICT);
    expect(await consortium.commitOf(delivery)).toBe(READ_CONFLICT);
  });
});

describe('with the chaincode of the consortium at every member', () => {
  const folder = mkdtempSync(join(tmpdir(), 'medaccord-witnessed-'));
  let consortium: DevnetConsortium;
  let scene: Scene;

  beforeAll(async () => {
    consortium = await DevnetConsortium.start(folder, MEMBERS);
    await found(consortium);
    scene = await newScene(consortium, new Patient(HOSPITAL));
  });
  afterAll(async () => {
    await consortium.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test("a consent is given and revoked through any other member while the hospital's peer is down", async () => {
    const { switches } = consortium.devnet;
    switches.takeDownPeer(HOSPITAL);
    const statuses = [CLINIC, INSURER, AUTHORITY].flatMap((mspId) => [[mspId, 'in-force'] as const, [mspId, 'revoked'] as const]);
    for (const [index, [mspId, status]] of statuses.entries()) {
      const consent = scene.relation.consent(index + 3, status === 'revoked' ? { status, document: null } : {});
      const entry = await consortium.submit(await consortium.identity(mspId), 'RecordConsent', { consent });
      expect(entry).toMatchObject({ version: index + 3, status });
    }
    await switches.bringUpPeer(HOSPITAL);
    const { consents } = await consortium.evaluate(await consortium.identity(HOSPITAL), 'GetConsents', {
      relationRef: scene.relation.relationRef,
    });
    expect(consents.at(-1)).toMatchObject({ version: 8, status: 'revoked' });
  });

  test("a stranger's squatting stops nobody: at both sides only what the patient signed is stored, first and last", async () => {
    const { relation } = await newScene(consortium, new Patient(HOSPITAL));
    const { relationRef } = relation;
    const stranger = await consortium.identity(INSURER);
    for (const organisation of BOTH) {
      const values = [
        { ...bindingRef(relationRef), envelope: relation.bindingEnvelope(organisation) },
        { ...consentDocumentRef(relationRef, 1), envelope: relation.documentEnvelope(1, organisation) },
        { ...consentDocumentRef(relationRef, 2), envelope: relation.documentEnvelope(2, organisation) },
      ];
      for (const { envelope, ...ref } of values) {
        const args = ['StoreSealed', JSON.stringify({ organisation, keys: [ref] })];
        const squat = async (): Promise<string> =>
          (await refusedWith(consortium.endorse(stranger, args, { input: { envelopes: [sealedText('junk')] }, endorsers: [organisation] })))
            .code;
        expect(await squat()).toBe('COMMITMENT_MISMATCH');
        const stored = await consortium.endorse(stranger, args, { input: { envelopes: [envelope] }, endorsers: [organisation] });
        expect(await consortium.commitOf(stored)).toBe(VALID);
        expect(await squat()).toBe('COMMITMENT_MISMATCH');
        const reader = await consortium.identity(organisation, 'gateway');
        expect((await consortium.evaluate(reader, 'ReadSealed', { keys: [ref] })).values).toEqual([{ ...ref, envelope }]);
      }
    }
  });

  test('automatic planning finds the organisations that an import and a registration need', async () => {
    const patient = new Patient(HOSPITAL);
    await register(consortium, patient);
    await importRecords(consortium, [newRecord(patient), newRecord(patient)]);
  });

  test('no public byte joins two relations of one patient, or a relation with her', async () => {
    const patient = new Patient(HOSPITAL);
    const { relation, document, laboratory } = await newScene(consortium, patient);
    const other = patient.relateTo(INSURER);
    await checkIn(consortium, other);
    const request = await ask(consortium, relation);
    const { relationRef, requestId } = request;
    const gateway = await consortium.identity(HOSPITAL, 'gateway');
    const input = openingOf(relation, document, [laboratory], request);
    await consortium.submit(gateway, 'DecideRelease', { relationRef, requestId, consentVersion: 2 }, { input, endorsers: BOTH });
    const part = { relationRef, requestId, part: 1, parts: 1 };
    await consortium.submit(gateway, 'DeliverRecords', part, { input: { envelope: sealedText('delivery') }, endorsers: BOTH });
    const blocks = mkdtempSync(join(tmpdir(), 'medaccord-blocks-'));
    consortium.devnet.exportBlocks(blocks);
    const texts = readdirSync(blocks).map((file) => readFileSync(join(blocks, file)).toString('latin1'));
    rmSync(blocks, { recursive: true });
    const opened = texts.map(
      (text) =>
        `${text} ${(text.match(/[A-Za-z0-9_-]{40,}/g) ?? []).map((word) => Buffer.from(word, 'base64url').toString('latin1')).join(' ')}`,
    );
    const names = { relation: relationRef, other: other.relationRef, patient: patient.subjectRef, record: laboratory.recordId };
    const mentions = (name: string): readonly number[] => opened.flatMap((text, block) => (text.includes(name) ? [block] : []));
    const found = Object.values(names).map(mentions);
    for (const [index, blocksOf] of found.entries()) {
      expect(blocksOf.length).toBeGreaterThan(0);
      for (const others of found.slice(index + 1)) expect(blocksOf.filter((block) => others.includes(block))).toEqual([]);
    }
    const jwsOf = JSON.stringify([relation.keys, other.keys].map(publicKeys));
    expect(new Set(jwsOf.match(/"x":"[^"]+"/g)).size).toBe(6);
  });
});
