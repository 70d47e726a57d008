import { createHash } from 'node:crypto';
import {
  addMinutes,
  patientKey,
  type Digest,
  type Guardians,
  type Instant,
  type MspId,
  type PatientEntry,
  type SignedKind,
  type SignedPayload,
  type TransientInput,
} from '../src/model';
import { declare, emergencyOpeningOf } from './support/break-glass-story';
import { type ConsortiumTwin, ENDORSEMENT_POLICY_FAILURE, refusalOf } from './support/consortium-twin';
import { changeRules } from './support/rules-changes';
import {
  ask,
  AUTHORITY,
  CLINIC,
  HOSPITAL,
  INSURER,
  newConsortium,
  newScene,
  openingOf,
  register,
  RULES,
  signingKeyOf,
  type Scene,
} from './support/story';
import { newKeyPair, newKeyRing, Patient, publicKeys, replacementStatement, signAs, type KeyPair, type KeyRing } from './support/wallet';

const HOURS_72 = 72 * 60;
const digestOf = (jws: string): Digest =>
  createHash('sha256')
    .update(Buffer.from(jws.split('.')[1] ?? '', 'base64url'))
    .digest('base64url') as Digest;

describe('a patient who has lost everything', () => {
  let twin: ConsortiumTwin;
  let patient: Patient;
  let next: KeyRing;
  let now: Instant;
  const guardians = [newKeyPair(), newKeyPair(), newKeyPair()];

  beforeEach(async () => {
    twin = await newConsortium();
    patient = new Patient(HOSPITAL);
    next = newKeyRing();
    now = twin.clock as Instant;
    await register(twin, patient);
  });

  const later = (minutes: number): void => {
    now = addMinutes(now, minutes);
    twin.clock = now;
  };
  const entry = async (at: MspId = CLINIC): Promise<PatientEntry> =>
    twin.evaluate(await twin.identity(at), 'GetPatient', { subjectRef: patient.subjectRef });
  const registrar = (mspId: MspId = HOSPITAL): Promise<Awaited<ReturnType<ConsortiumTwin['identity']>>> =>
    twin.identity(mspId, 'registrar');
  /** A statement that follows the latest one. */
  const step = async (kind: SignedKind, key: KeyPair, more: object = {}): Promise<string> => {
    const statement = { subjectRef: patient.subjectRef, previous: digestOf((await entry()).jws), issuedAt: now, ...more };
    return signAs(kind, statement as unknown as SignedPayload<SignedKind>, key);
  };

  const hold = async (): Promise<void> => {
    await twin.submit(await registrar(), 'PlaceHold', { hold: await step('patient-hold', signingKeyOf(HOSPITAL)) });
  };
  const newKeys = (keys: KeyRing = next, by: KeyPair = keys.signing): string =>
    signAs('recovery-keys', { subjectRef: patient.subjectRef, keys: publicKeys(keys), issuedAt: now }, by);
  const openingOfKeys = async (keys: string, more: object = {}, by: KeyPair = signingKeyOf(HOSPITAL)): Promise<string> =>
    step('recovery-opening', by, { keys: digestOf(keys), effectiveAt: addMinutes(now, HOURS_72), ...more });
  const open = async (keys: string = newKeys()): Promise<string> => {
    const opening = await openingOfKeys(keys);
    await twin.submit(await registrar(), 'OpenRecovery', { opening, keys });
    return opening;
  };
  const approval = (opening: string, key: KeyPair, by: MspId | null = null): string =>
    signAs('recovery-approval', { subjectRef: patient.subjectRef, opening: digestOf(opening), by, issuedAt: now }, key);
  const approve = async (opening: string, key: KeyPair): Promise<void> => {
    await twin.submit(await twin.identity(INSURER), 'ApproveRecovery', { approval: approval(opening, key) });
  };
  const approveAsAuthority = async (opening: string): Promise<void> => {
    await twin.submit(await registrar(AUTHORITY), 'ApproveRecovery', { approval: approval(opening, signingKeyOf(AUTHORITY), AUTHORITY) });
  };
  const complete = async (more: object = {}): Promise<PatientEntry> =>
    twin.submit(await registrar(), 'CompleteRecovery', { completion: await step('recovery-completion', signingKeyOf(HOSPITAL), more) });
  const veto = async (key: KeyPair): Promise<PatientEntry> =>
    twin.submit(await twin.identity(INSURER), 'Veto', { veto: await step('patient-veto', key) });
  const name = async (named: Guardians, key: KeyPair = patient.keys.signing): Promise<PatientEntry> =>
    twin.submit(await twin.identity(INSURER), 'NameGuardians', { guardians: await step('patient-guardians', key, { guardians: named }) });
  const nameGuardians = (): Promise<PatientEntry> => name({ threshold: 2, keys: guardians.map(({ jwk }) => jwk) });
  const codeOf = async (promise: Promise<unknown>): Promise<string> => (await refusalOf(promise)).code;

  describe('under a hold', () => {
    const decide = async ({ relation, document, laboratory }: Scene, rulesVersion = 1): Promise<string> => {
      const asked = await ask(twin, relation);
      return decideOn(asked, openingOf(relation, document, [laboratory], asked, { change: { rulesVersion } }));
    };
    const decideOn = async (
      { relationRef, requestId }: Awaited<ReturnType<typeof ask>>,
      input: TransientInput<'DecideRelease'>,
    ): Promise<string> => {
      const request = { relationRef, requestId, consentVersion: 2 };
      const as = await twin.identity(HOSPITAL, 'gateway');
      return twin.submit(as, 'DecideRelease', request, { input, endorsers: [HOSPITAL, CLINIC] }).then(
        () => 'released',
        async (error: unknown) => JSON.stringify(await refusalOf(Promise.reject(error as Error))),
      );
    };

    test('an emergency and a legal basis go on', async () => {
      patient = new Patient(HOSPITAL);
      const scene = await newScene(twin, patient);
      await hold();
      const declared = await declare(twin, scene.relation);
      const input = emergencyOpeningOf(scene.relation, scene.document, [scene.laboratory], declared);
      expect(await decideOn(declared, input)).toBe('released');
      expect(await decide(scene)).toMatch('held');
      const legalBases = [{ purpose: 'TREAT', roles: ['hospital'], categories: ['laboratory'], confidentiality: 'N' }] as const;
      await changeRules(twin, { ...RULES, version: 2, legalBases });
      expect(await decide(scene, 2)).toBe('released');
    });

    test('nothing is decided to release, and what decides leaves no trace of her in the block', async () => {
      patient = new Patient(HOSPITAL);
      const scene = await newScene(twin, patient);
      expect(await decide(scene)).toBe('released');
      await hold();
      expect(await decide(scene)).toBe('{"code":"RELEASE_NOT_PERMITTED","details":{"at":0,"reason":"held"}}');
      await veto(patient.keys.signing);
      expect(await decide(scene)).toBe('released');
      const { reads } = twin.chain.at(-1)?.simulation.rwset ?? { reads: {} };
      expect(Object.keys(reads).filter((key) => key.includes(patient.subjectRef))).toEqual([]);
      expect(Object.keys(reads).filter((key) => key.startsWith('\u0000organisation'))).toHaveLength(2);
    });

    test('is told to all, and a second hold, or one of another member, is refused', async () => {
      const foreign = twin.submit(await registrar(CLINIC), 'PlaceHold', { hold: await step('patient-hold', signingKeyOf(CLINIC)) });
      expect(await codeOf(foreign)).toBe('CALLER_NOT_CUSTODIAN');
      const unsigned = twin.submit(await registrar(), 'PlaceHold', { hold: await step('patient-hold', signingKeyOf(CLINIC)) });
      expect(await codeOf(unsigned)).toBe('SIGNATURE_INVALID');
      await hold();
      expect(twin.chain.at(-1)?.simulation.event?.name).toBe('HoldPlaced');
      expect((await entry()).hold).toEqual({ at: now, recovery: null });
      expect(await codeOf(hold())).toBe('HOLD_ALREADY_PLACED');
    });

    test('needs the custodian to endorse, whoever else does', async () => {
      const args = ['PlaceHold', JSON.stringify({ hold: await step('patient-hold', signingKeyOf(HOSPITAL)) })];
      expect(twin.commit(await twin.endorse(await registrar(), args, { endorsers: [CLINIC, INSURER] }))).toBe(ENDORSEMENT_POLICY_FAILURE);
    });

    test('is lifted by any of her own signatures: a veto by signing or recovery key, guardians, new keys', async () => {
      for (const key of [patient.keys.signing, patient.keys.recovery]) {
        await hold();
        expect((await veto(key)).hold).toBeUndefined();
      }
      await hold();
      expect((await nameGuardians()).hold).toBeUndefined();
      await hold();
      const replacement = replacementStatement(patient.subjectRef, (await entry()).jws, next);
      const keys = { replacement: signAs('patient-keys', replacement, patient.keys.recovery) };
      expect((await twin.submit(await twin.identity(INSURER), 'ReplacePatientKeys', keys)).hold).toBeUndefined();
      expect(await entry()).toMatchObject({ keys: publicKeys(next) });
    });

    test('does not come back: a hold that was lifted is no statement that follows', async () => {
      const statement = await step('patient-hold', signingKeyOf(HOSPITAL));
      await twin.submit(await registrar(), 'PlaceHold', { hold: statement });
      await veto(patient.keys.signing);
      expect(await codeOf(twin.submit(await registrar(), 'PlaceHold', { hold: statement }))).toBe('PATIENT_STATEMENT_OUTDATED');
    });

    test('is signed when it is placed: ten minutes later, or dated ahead, it is refused', async () => {
      const old = await step('patient-hold', signingKeyOf(HOSPITAL));
      const ahead = await step('patient-hold', signingKeyOf(HOSPITAL), { issuedAt: addMinutes(now, 1) });
      expect(await codeOf(twin.submit(await registrar(), 'PlaceHold', { hold: ahead }))).toBe('STATEMENT_NOT_FRESH');
      later(11);
      expect(await codeOf(twin.submit(await registrar(), 'PlaceHold', { hold: old }))).toBe('STATEMENT_NOT_FRESH');
    });
  });

  describe('is recovered', () => {
    test('by as many guardians as she named, after the delay, with the keys of her new wallet', async () => {
      await nameGuardians();
      await hold();
      const opening = await open();
      for (const guardian of guardians.slice(0, 2)) await approve(opening, guardian);
      later(HOURS_72);
      await complete();
      const after = await entry();
      expect(after).toMatchObject({ keys: publicKeys(next), guardians: { threshold: 2 } });
      expect(after.hold).toBeUndefined();
      expect(await codeOf(veto(patient.keys.signing))).toBe('HOLD_NOT_PLACED');
      expect(await codeOf(name({ threshold: 1, keys: [] }))).toBe('SIGNATURE_INVALID');
    });

    test('by hospital and authority, where she named no guardians', async () => {
      await hold();
      await approveAsAuthority(await open());
      later(HOURS_72);
      expect((await complete()).keys).toEqual(publicKeys(next));
    });

    test('only under a hold, and one recovery at a time', async () => {
      const keys = newKeys();
      const opening = await openingOfKeys(keys);
      expect(await codeOf(twin.submit(await registrar(), 'OpenRecovery', { opening, keys }))).toBe('HOLD_NOT_PLACED');
      await hold();
      await open();
      expect(await codeOf(open(newKeys(newKeyRing())))).toBe('RECOVERY_ALREADY_OPEN');
    });

    test('with keys whose owner has them, named by the opening', async () => {
      await hold();
      const stranger = newKeyRing();
      const stolen = newKeys(next, stranger.signing);
      expect(await codeOf(open(stolen))).toBe('SIGNATURE_INVALID');
      const opening = await openingOfKeys(newKeys());
      const other = newKeys(stranger);
      expect(await codeOf(twin.submit(await registrar(), 'OpenRecovery', { opening, keys: other }))).toBe('COMMITMENT_MISMATCH');
    });

    test('with three different keys', async () => {
      await hold();
      expect(await codeOf(open(newKeys({ ...next, recovery: next.signing })))).toBe('KEYS_NOT_DISTINCT');
    });

    test('by her custodian only, with its own signature', async () => {
      await hold();
      const keys = newKeys();
      const byOther = await openingOfKeys(keys, {}, signingKeyOf(CLINIC));
      expect(await codeOf(twin.submit(await registrar(CLINIC), 'OpenRecovery', { opening: byOther, keys }))).toBe('CALLER_NOT_CUSTODIAN');
      expect(await codeOf(twin.submit(await registrar(), 'OpenRecovery', { opening: byOther, keys }))).toBe('SIGNATURE_INVALID');
    });

    test('not before the delay of the rules is over, to the millisecond', async () => {
      await hold();
      const keys = newKeys();
      const short = await openingOfKeys(keys, { effectiveAt: addMinutes(now, HOURS_72 - 1) });
      const refused = await refusalOf(twin.submit(await registrar(), 'OpenRecovery', { opening: short, keys }));
      expect(refused).toMatchObject({ code: 'REQUEST_INVALID', details: { place: 'request.opening.effectiveAt' } });
      await approveAsAuthority(await open(keys));
      const due = addMinutes(now, HOURS_72);
      later(HOURS_72 - 1);
      now = `${now.slice(0, 17)}59.999Z` as Instant;
      twin.clock = now;
      expect(await refusalOf(complete())).toMatchObject({ code: 'RECOVERY_NOT_DUE', details: { deadline: due } });
      expect(await codeOf(complete({ issuedAt: due }))).toBe('STATEMENT_NOT_FRESH');
      now = due;
      twin.clock = due;
      await complete();
    });

    test('not by too few guardians, nor by one guardian twice, nor by somebody whom she did not name', async () => {
      await nameGuardians();
      await hold();
      const opening = await open();
      await approve(opening, guardians[0]!);
      later(1);
      await approve(opening, guardians[0]!);
      expect(twin.chain.at(-1)?.simulation.rwset.writes).toEqual({});
      expect(await codeOf(approve(opening, newKeyPair()))).toBe('APPROVER_NOT_NAMED');
      expect(await codeOf(approve(opening, patient.keys.signing))).toBe('APPROVER_NOT_NAMED');
      later(HOURS_72);
      expect(await codeOf(complete())).toBe('RECOVERY_NOT_APPROVED');
      await approve(opening, guardians[2]!);
      await complete();
    });

    test('not by a member that is no authority, nor by an authority without its registrar, nor by the custodian itself', async () => {
      await hold();
      const opening = await open();
      const bring = async (mspId: MspId, role: 'registrar' | 'gateway', by: MspId, key: KeyPair): Promise<string> =>
        codeOf(twin.submit(await twin.identity(mspId, role), 'ApproveRecovery', { approval: approval(opening, key, by) }));
      expect(await bring(INSURER, 'registrar', INSURER, signingKeyOf(INSURER))).toBe('APPROVER_NOT_NAMED');
      expect(await bring(HOSPITAL, 'registrar', HOSPITAL, signingKeyOf(HOSPITAL))).toBe('APPROVER_NOT_NAMED');
      expect(await bring(INSURER, 'registrar', AUTHORITY, signingKeyOf(AUTHORITY))).toBe('APPROVER_NOT_NAMED');
      expect(await bring(AUTHORITY, 'gateway', AUTHORITY, signingKeyOf(AUTHORITY))).toBe('CALLER_NOT_ALLOWED');
      expect(await bring(AUTHORITY, 'registrar', AUTHORITY, signingKeyOf(INSURER))).toBe('APPROVER_NOT_NAMED');
    });

    test('not after a veto, by signing or by recovery key, until the delay is over and it is completed', async () => {
      for (const key of [patient.keys.signing, patient.keys.recovery]) {
        await hold();
        await approveAsAuthority(await open());
        later(HOURS_72);
        expect((await veto(key)).hold).toBeUndefined();
        expect(twin.chain.at(-1)?.simulation.event?.name).toBe('RecoveryVetoed');
        expect(await codeOf(complete())).toBe('RECOVERY_NOT_OPEN');
      }
      await hold();
      await open();
      expect(await codeOf(veto(next.signing))).toBe('SIGNATURE_INVALID');
      expect(await codeOf(veto(patient.keys.sealing))).toBe('SIGNATURE_INVALID');
    });

    test('not by an old opening, nor by approvals of one: what a veto ended does not come back', async () => {
      await nameGuardians();
      await hold();
      const keys = newKeys();
      const old = await open(keys);
      const given = approval(old, guardians[0]!);
      await approve(old, guardians[1]!);
      await veto(patient.keys.recovery);
      expect(await codeOf(twin.submit(await registrar(), 'OpenRecovery', { opening: old, keys }))).toBe('HOLD_NOT_PLACED');
      await hold();
      expect(await codeOf(twin.submit(await registrar(), 'OpenRecovery', { opening: old, keys }))).toBe('PATIENT_STATEMENT_OUTDATED');
      await open(newKeys(newKeyRing()));
      const replay = twin.submit(await twin.identity(INSURER), 'ApproveRecovery', { approval: given });
      expect(await codeOf(replay)).toBe('PATIENT_STATEMENT_OUTDATED');
      expect((await entry()).hold?.recovery?.approvals).toEqual([]);
    });
  });

  describe('believed', () => {
    /** What two members commit with altered chaincode: an entry as they like, at the end of the history. */
    const forge = (more: object): void => {
      const standing = twin.state(patientKey(patient.subjectRef)) as object;
      twin.forge(patientKey(patient.subjectRef), JSON.stringify({ ...standing, ...more }));
    };

    test('is no hold, opening, approval or completion that its owner did not sign, whoever endorsed it', async () => {
      const at = now;
      forge({ hold: { at, recovery: null } });
      forge({ hold: { at, recovery: null }, jws: await step('patient-hold', signingKeyOf(CLINIC)) });
      expect((await entry()).hold).toBeUndefined();
      await hold();
      const keys = newKeys();
      const foreign = await openingOfKeys(keys, {}, signingKeyOf(INSURER));
      forge({ hold: { at, recovery: { effectiveAt: at, keys, opening: foreign, approvals: [], isApproved: true } }, jws: foreign });
      expect((await entry()).hold?.recovery).toBeNull();
      const opening = await open(keys);
      const stranger = approval(opening, newKeyPair());
      const ofInsurer = approval(opening, signingKeyOf(INSURER), INSURER);
      const recovery = { effectiveAt: at, keys, opening, approvals: [stranger, ofInsurer], isApproved: true };
      forge({ hold: { at, recovery }, jws: opening });
      expect((await entry()).hold?.recovery).toMatchObject({ effectiveAt: addMinutes(now, HOURS_72), approvals: [], isApproved: false });
      forge({
        jws: await step('recovery-completion', signingKeyOf(HOSPITAL), { issuedAt: addMinutes(now, HOURS_72) }),
        keys: publicKeys(next),
      });
      await approveAsAuthority(opening);
      forge({
        jws: await step('recovery-completion', signingKeyOf(AUTHORITY), { issuedAt: addMinutes(now, HOURS_72) }),
        keys: publicKeys(next),
      });
      forge({ jws: await step('recovery-completion', signingKeyOf(HOSPITAL)), keys: publicKeys(next) });
      expect(await entry()).toMatchObject({ keys: publicKeys(patient.keys), hold: { recovery: { isApproved: true } } });
    });

    test('is her veto, also when two others have deleted her entry or written junk over it', async () => {
      for (const text of [null, 'junk']) {
        await hold();
        twin.forge(patientKey(patient.subjectRef), text);
        expect((await veto(patient.keys.signing)).hold).toBeUndefined();
      }
    });

    test('is a veto that two others wrote over: the recovery stays ended', async () => {
      await hold();
      await approveAsAuthority(await open());
      const before = twin.state(patientKey(patient.subjectRef)) as object;
      await veto(patient.keys.signing);
      forge(before);
      expect((await entry()).hold).toBeUndefined();
      later(HOURS_72);
      expect(await codeOf(complete())).toBe('RECOVERY_NOT_OPEN');
    });
  });

  describe('guardians', () => {
    test('are named and changed by her signing key, never by the recovery key or a replay', async () => {
      expect(await codeOf(name({ threshold: 1, keys: [guardians[0]!.jwk] }, patient.keys.recovery))).toBe('SIGNATURE_INVALID');
      await nameGuardians();
      const first = (await entry()).jws;
      await name({ threshold: 1, keys: [] });
      const replay = twin.submit(await twin.identity(INSURER), 'NameGuardians', { guardians: first });
      expect(await codeOf(replay)).toBe('PATIENT_STATEMENT_OUTDATED');
      await hold();
      expect(await codeOf(approve(await open(), guardians[0]!))).toBe('APPROVER_NOT_NAMED');
    });

    test('are ten at most, each once, and no more are needed than there are', async () => {
      const many = Array.from({ length: 11 }, () => newKeyPair().jwk);
      const [one, other] = many as [(typeof many)[0], (typeof many)[0]];
      for (const keys of [many, [one, one], [one, { ...other, y: 'short' }]])
        expect(await codeOf(name({ threshold: 1, keys }))).toBe('REQUEST_INVALID');
      expect(await codeOf(name({ threshold: 3, keys: [one, other] }))).toBe('REQUEST_INVALID');
    });
  });
});
