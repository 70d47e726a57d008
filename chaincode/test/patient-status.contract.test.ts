import { patientStatusKey } from '../src/model';
import { ENDORSEMENT_POLICY_FAILURE, OK, refusalOf, type ConsortiumTwin, type Endorsed } from './support/consortium-twin';
import { confirm, signStatus } from './support/delegates';
import { ask, AUTHORITY, CLINIC, HOSPITAL, newConsortium, newScene, openingOf, signingKeyOf, type Scene } from './support/story';
import { newKeyPair, Patient, type KeyPair } from './support/wallet';

describe('the death of a patient', () => {
  let twin: ConsortiumTwin;
  let scene: Scene;
  let hospitalKey: KeyPair;
  let authorityKey: KeyPair;

  const death = (n = 1, by = hospitalKey): string => signStatus(scene.patient.subjectRef, { n, status: 'deceased', confirmedBy: null }, by);
  const correction = (n = 2, confirmedBy = AUTHORITY): string =>
    signStatus(scene.patient.subjectRef, { n, status: 'living', confirmedBy }, hospitalKey);
  const set = async (status: string, confirmation: string | null = null, mspId = HOSPITAL): Promise<unknown> =>
    twin.submit(await twin.identity(mspId, 'registrar'), 'SetPatientStatus', { status, confirmation });
  const decide = async (): Promise<Endorsed> => {
    const request = await ask(twin, scene.relation);
    const { relationRef, requestId } = request;
    const args = ['DecideRelease', JSON.stringify({ relationRef, requestId, consentVersion: 2 })];
    const input = openingOf(scene.relation, scene.document, [scene.laboratory], request);
    return twin.endorse(await twin.identity(HOSPITAL, 'gateway'), args, { input, endorsers: [HOSPITAL, CLINIC] });
  };
  const forge = (n: number, jws: string, confirmation: string | null = null): void => {
    const entry = { ...(twin.state(patientStatusKey(scene.patient.subjectRef, 1)) as object), n, jws, confirmation };
    twin.forge(patientStatusKey(scene.patient.subjectRef, n), JSON.stringify(entry));
  };

  beforeEach(async () => {
    twin = await newConsortium();
    scene = await newScene(twin, new Patient(HOSPITAL));
    hospitalKey = signingKeyOf(HOSPITAL);
    authorityKey = signingKeyOf(AUTHORITY);
  });

  test('is stated by her custodian, ends what her consents allow, and joins no relation with her in any block', async () => {
    expect(twin.commit(await decide())).toBe(OK);
    await set(death());
    expect(await refusalOf(decide())).toEqual({ code: 'RELEASE_NOT_PERMITTED', details: { reason: 'deceased', at: 0 } });
    const reads = Object.keys(twin.chain.at(-1)?.simulation.rwset.reads ?? {}).join(' ');
    expect(reads).not.toContain(patientStatusKey(scene.patient.subjectRef, 1));
    const { statuses } = await twin.evaluate(await twin.identity(CLINIC), 'GetPatientStatus', { subjectRef: scene.patient.subjectRef });
    expect(statuses.map(({ status }) => status)).toEqual(['deceased']);
  });

  test('is stated by nobody else: not by another member, not with its key, and not without her custodian', async () => {
    expect((await refusalOf(set(death(1, newKeyPair())))).code).toBe('SIGNATURE_INVALID');
    expect((await refusalOf(set(death(1, authorityKey), null, AUTHORITY))).code).toBe('SIGNATURE_INVALID');
    expect(await refusalOf(set(death(), null, CLINIC))).toMatchObject({ code: 'PATIENT_STATUS_INVALID' });
    const args = ['SetPatientStatus', JSON.stringify({ status: death(), confirmation: null })];
    const alone = await twin.endorse(await twin.identity(HOSPITAL, 'registrar'), args, { endorsers: [CLINIC, AUTHORITY] });
    expect(twin.commit(alone)).toBe(ENDORSEMENT_POLICY_FAILURE);
    const physician = twin.submit(await twin.identity(HOSPITAL, 'physician'), 'SetPatientStatus', { status: death(), confirmation: null });
    expect((await refusalOf(physician)).code).toBe('CALLER_NOT_ALLOWED');
  });

  test('that two members wrote past the rules ends nothing', async () => {
    await set(death());
    const real = correction();
    await set(real, confirm(real, 'patient-status', authorityKey), AUTHORITY);
    forge(3, death(3, newKeyPair()));
    expect(twin.commit(await decide())).toBe(OK);
  });

  test('is corrected by custodian and authority together, and can be stated again', async () => {
    await set(death());
    const jws = correction();
    expect((await refusalOf(set(jws))).code).toBe('SIGNATURE_INVALID');
    expect((await refusalOf(set(jws, confirm(jws, 'patient-status', hospitalKey)))).code).toBe('SIGNATURE_INVALID');
    const byClinic = correction(2, CLINIC);
    expect((await refusalOf(set(byClinic, confirm(byClinic, 'patient-status', authorityKey)))).code).toBe('SIGNATURE_INVALID');
    forge(2, jws);
    expect((await refusalOf(decide())).code).toBe('RELEASE_NOT_PERMITTED');
    const second = correction(3);
    await set(second, confirm(second, 'patient-status', authorityKey), AUTHORITY);
    expect(twin.commit(await decide())).toBe(OK);
    await set(death(4));
    expect((await refusalOf(decide())).code).toBe('RELEASE_NOT_PERMITTED');
  });

  test('is written once, in order, and stands', async () => {
    await set(death());
    await set(death());
    expect(twin.chain.at(-1)?.simulation.rwset.writes).toEqual({});
    const problem = async (promise: Promise<unknown>): Promise<unknown> =>
      ((await refusalOf(promise)).details as { problem: string }).problem;
    expect(await problem(set(death(2)))).toBe('changes nothing');
    expect(await problem(set(death(3)))).toBe('leaves a number out');
    const jws = correction(1);
    expect(await problem(set(jws, confirm(jws, 'patient-status', authorityKey)))).toMatch(/taken/);
    const takeBack = {
      reads: {},
      writes: { [patientStatusKey(scene.patient.subjectRef, 1)]: null },
      policies: {},
      hashedReads: {},
      privateWrites: {},
    };
    expect(twin.validate(takeBack, [HOSPITAL, CLINIC, AUTHORITY])).toBe(ENDORSEMENT_POLICY_FAILURE);
  });
});
