import { patientKey } from '../src/model';
import { ENDORSEMENT_POLICY_FAILURE, refusalOf, type ConsortiumTwin } from './support/consortium-twin';
import { CLINIC, HOSPITAL, INSURER, newConsortium, register } from './support/story';
import {
  ISSUED,
  newKeyRing,
  otherForm,
  Patient,
  publicKeys,
  replacementStatement,
  signAs,
  type KeyPair,
  type KeyRing,
} from './support/wallet';

/** A replacement that follows the statement `current`. */
const replacementOf = (patient: Patient, current: string, next: KeyRing, signer: KeyPair): string =>
  signAs('patient-keys', replacementStatement(patient.subjectRef, current, next), signer);

describe('a patient', () => {
  let twin: ConsortiumTwin;
  let patient: Patient;
  beforeEach(async () => {
    twin = await newConsortium();
    patient = new Patient(HOSPITAL);
  });

  test('is registered by a registrar of her custodian, with her own signature', async () => {
    await register(twin, patient);
    const entry = await twin.evaluate(await twin.identity(INSURER), 'GetPatient', { subjectRef: patient.subjectRef });
    expect(entry).toMatchObject({ custodian: HOSPITAL, keys: publicKeys(patient.keys), bound: { method: 'custodian' } });
    expect(entry.by).toMatchObject({ mspId: HOSPITAL, role: 'registrar' });
    expect(twin.chain.at(-1)?.simulation.event).toEqual({
      name: 'PatientRegistered',
      payload: JSON.stringify({ subjectRef: patient.subjectRef }),
    });
  });

  test('cannot be registered by another organisation', async () => {
    const registration = { registration: patient.registration };
    const refusal = await refusalOf(twin.submit(await twin.identity(CLINIC, 'registrar'), 'RegisterPatient', registration));
    expect(refusal).toEqual({ code: 'CALLER_NOT_CUSTODIAN', details: { custodian: HOSPITAL } });
  });

  test('cannot be registered without her signature', async () => {
    const forged = signAs(
      'patient',
      JSON.parse(Buffer.from(patient.registration.split('.')[1] ?? '', 'base64url').toString()),
      newKeyRing().signing,
    );
    const refusal = await refusalOf(twin.submit(await twin.identity(HOSPITAL, 'registrar'), 'RegisterPatient', { registration: forged }));
    expect(refusal).toEqual({ code: 'SIGNATURE_INVALID', details: { kind: 'patient' } });
  });

  test('is registered once, and a repeat is answered the same', async () => {
    await register(twin, patient);
    await register(twin, patient);
    expect(twin.chain.at(-1)?.simulation.rwset.writes).toEqual({});
    const registrar = await twin.identity(HOSPITAL, 'registrar');
    await twin.submit(registrar, 'RegisterPatient', { registration: otherForm(patient.registration) });
    expect(twin.chain.at(-1)?.simulation.rwset.writes).toEqual({});
    const payload = JSON.parse(Buffer.from(patient.registration.split('.')[1] ?? '', 'base64url').toString());
    const other = newKeyRing();
    const registration = signAs('patient', { ...payload, keys: publicKeys(other) }, other.signing);
    const refusal = await refusalOf(twin.submit(await twin.identity(HOSPITAL, 'registrar'), 'RegisterPatient', { registration }));
    expect(refusal.code).toBe('PATIENT_ALREADY_REGISTERED');
  });

  test('replaces her keys through any member, with her signing or her recovery key', async () => {
    await register(twin, patient);
    const [second, third] = [newKeyRing(), newKeyRing()];
    const bySigning = replacementOf(patient, patient.registration, second, patient.keys.signing);
    await twin.submit(await twin.identity(INSURER), 'ReplacePatientKeys', { replacement: bySigning });
    const byRecovery = replacementOf(patient, bySigning, third, second.recovery);
    await twin.submit(await twin.identity(CLINIC), 'ReplacePatientKeys', { replacement: byRecovery });
    const entry = await twin.evaluate(await twin.identity(HOSPITAL), 'GetPatient', { subjectRef: patient.subjectRef });
    expect(entry.keys).toEqual(publicKeys(third));
  });

  test('keeps her keys when somebody else signs, or an old statement comes back', async () => {
    await register(twin, patient);
    const [second, third] = [newKeyRing(), newKeyRing()];
    const submit = async (replacement: string): Promise<unknown> =>
      twin.submit(await twin.identity(HOSPITAL), 'ReplacePatientKeys', { replacement });
    expect((await refusalOf(submit(replacementOf(patient, patient.registration, second, second.signing)))).code).toBe('SIGNATURE_INVALID');
    expect((await refusalOf(submit(replacementOf(patient, patient.registration, second, patient.keys.sealing)))).code).toBe(
      'SIGNATURE_INVALID',
    );
    const old = replacementOf(patient, patient.registration, second, patient.keys.signing);
    await submit(old);
    const back = replacementOf(patient, old, patient.keys, second.signing);
    await submit(back);
    // Her first keys are in force again, but what replaced them once does not replace them twice.
    expect((await refusalOf(submit(old))).code).toBe('PATIENT_KEYS_OUTDATED');
    await submit(replacementOf(patient, back, third, patient.keys.signing));
  });

  test('keeps her keys when two members write others past the rules', async () => {
    await register(twin, patient);
    const key = patientKey(patient.subjectRef);
    const other = newKeyRing();
    const forged = { ...(twin.state(key) as object), keys: publicKeys(other) };
    twin.world.history.get(key)?.push({ txId: 'x', value: Buffer.from(JSON.stringify(forged)), isDelete: false });
    const jws = replacementOf(patient, patient.registration, other, other.signing);
    twin.world.history.get(key)?.push({ txId: 'y', value: Buffer.from(JSON.stringify({ ...forged, jws })), isDelete: false });
    twin.world.history.get(key)?.push({ txId: 'z', value: Buffer.alloc(0), isDelete: true });
    const entry = await twin.evaluate(await twin.identity(CLINIC), 'GetPatient', { subjectRef: patient.subjectRef });
    expect(entry.keys).toEqual(publicKeys(patient.keys));
  });

  test('cannot be written by one member alone', async () => {
    const args = ['RegisterPatient', JSON.stringify({ registration: patient.registration })];
    const endorsed = await twin.endorse(await twin.identity(HOSPITAL, 'registrar'), args, { endorsers: [HOSPITAL] });
    expect(twin.commit(endorsed)).toBe(ENDORSEMENT_POLICY_FAILURE);
  });

  test('needs three different keys', async () => {
    const { signing, sealing, recovery } = publicKeys(patient.keys);
    for (const keys of [
      { signing, sealing: signing, recovery },
      { signing, sealing, recovery: signing },
      { signing, sealing, recovery: sealing },
    ]) {
      const payload = {
        subjectRef: patient.subjectRef,
        custodian: HOSPITAL,
        keys,
        bound: { method: 'custodian' },
        issuedAt: ISSUED,
      } as const;
      const registration = signAs('patient', payload, patient.keys.signing);
      const refusal = await refusalOf(twin.submit(await twin.identity(HOSPITAL, 'registrar'), 'RegisterPatient', { registration }));
      expect(refusal.code).toBe('KEYS_NOT_DISTINCT');
    }
  });

  test('begins with the first registration that she signed, and with none there is no patient', async () => {
    await register(twin, patient);
    const key = patientKey(patient.subjectRef);
    const history = twin.world.history.get(key) ?? [];
    const other = newKeyRing();
    const entry = twin.state(key) as object;
    const payload = {
      subjectRef: patient.subjectRef,
      custodian: CLINIC,
      keys: publicKeys(patient.keys),
      bound: { method: 'custodian' },
      issuedAt: ISSUED,
    } as const;
    const forged = { ...entry, custodian: CLINIC, jws: signAs('patient', payload, other.signing) };
    history.unshift({ txId: 'x', value: Buffer.from(JSON.stringify(forged)), isDelete: false });
    const reader = await twin.identity(CLINIC);
    expect((await twin.evaluate(reader, 'GetPatient', { subjectRef: patient.subjectRef })).custodian).toBe(HOSPITAL);
    history.pop();
    expect((await refusalOf(twin.evaluate(reader, 'GetPatient', { subjectRef: patient.subjectRef }))).code).toBe('PATIENT_HISTORY_BROKEN');
  });

  test('that is not registered is not found', async () => {
    const refusal = await refusalOf(twin.evaluate(await twin.identity(HOSPITAL), 'GetPatient', { subjectRef: patient.subjectRef }));
    expect(refusal.code).toBe('PATIENT_NOT_FOUND');
    const replacement = replacementOf(patient, patient.registration, newKeyRing(), patient.keys.signing);
    expect((await refusalOf(twin.submit(await twin.identity(HOSPITAL), 'ReplacePatientKeys', { replacement }))).code).toBe(
      'PATIENT_NOT_FOUND',
    );
  });
});
