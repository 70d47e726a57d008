import { randomUUID } from 'node:crypto';
import {
  formatInstant,
  patientKey,
  payloadBytes,
  type Keys,
  type MspId,
  type PatientEntry,
  type SubjectRef,
} from '@medaccord/chaincode/model';
import { generateSigningKey, hashBytes, publicJwkOf, signJws, type PrivateJwk } from '../src/crypto';
import {
  askRecovery,
  checkIn,
  deriveRecoverySeed,
  newWallet,
  openNotice,
  recoverPatient,
  signApproval,
  signGuardians,
  signVeto,
  signVetoByRecovery,
} from '../src/wallet';
import { declare, passHours } from './support/declare';
import type { Answer } from './support/door';
import { TestConsortium, waitFor, type TestGateway } from './support/test-consortium';
import { ask, newBundle, TestPatient } from './support/test-patient';

/** A patient whose keys are lost, from the hold to the keys of her new wallet. */
const consortium = new TestConsortium();
let alpha: TestGateway;
let beta: TestGateway;
let gamma: TestGateway;
let patient: TestPatient;
let guardians: PrivateJwk[];

beforeAll(async () => {
  await consortium.start({}, { GammaMSP: 'authority' });
  [alpha, beta, gamma] = ['AlphaMSP', 'BetaMSP', 'GammaMSP'].map((mspId) => consortium.gateway(mspId)) as [
    TestGateway,
    TestGateway,
    TestGateway,
  ];
  guardians = await Promise.all([generateSigningKey(), generateSigningKey(), generateSigningKey()]);
}, 30_000);

beforeEach(async () => {
  patient = new TestPatient(consortium, 'AlphaMSP');
  await patient.register();
  await patient.import(newBundle(2));
  await patient.checkIn('BetaMSP');
  expect((await patient.consent('BetaMSP', ['laboratory'])).status).toBe(201);
});

afterEach(() => {
  jest.useRealTimers();
  alpha.carrier.hook = () => undefined;
});

afterAll(async () => {
  await consortium.stop();
});

interface Shown extends Pick<PatientEntry, 'custodian' | 'keys' | 'jws'> {
  readonly guardians: { readonly threshold: number } | null;
  readonly hold: NonNullable<PatientEntry['hold']> | null;
  readonly steps: readonly { readonly kind: string }[];
}

const ref = (): SubjectRef => patient.subjectRef as SubjectRef;
const path = (): string => `/api/patients/${patient.subjectRef}`;
const read = async (mspId = 'GammaMSP'): Promise<Shown> => {
  const gateway = consortium.gateway(mspId);
  await waitFor(() => gateway.store.facts.height === consortium.ledger.blocks.length, 5_000);
  return (await gateway.send(path())).body as Shown;
};
const act = async (what: string, body: object = {}, { at = alpha, role = 'registrar' } = {}): Promise<Answer> =>
  at.send(`${path()}/${what}`, { token: await at.token(role), key: randomUUID(), body });
const state = (statement: string, mspId = 'GammaMSP'): Promise<Answer> =>
  consortium.gateway(mspId).send('/api/patient-statements', { body: { statement } });
const nameGuardians = async (): Promise<Answer> =>
  state(await signGuardians(patient.wallet, ref(), (await read()).jws, { threshold: 2, keys: guardians.map(publicJwkOf) }));
const release = async (): Promise<{ status: string; requestId: string }> =>
  (await ask(beta, patient.relationRef, ['laboratory'])).body as { status: string; requestId: string };
const openingOf = async (): Promise<string> => (await read()).hold?.recovery?.opening ?? '';

describe('a hold', () => {
  it('stops releases at once, tells the patient so, and is lifted by her signature through any member', async () => {
    expect((await release()).status).toBe('released');
    expect((await act('hold')).status).toBe(201);
    const { status, requestId } = await release();
    expect(status).toBe('refused');
    const { body } = await alpha.send(`/api/relations/${patient.relationRef}/history`, { token: await patient.token('AlphaMSP') });
    const entry = (body.entries as { requestId: string; notice: string }[]).findLast((one) => one.requestId === requestId);
    expect(await openNotice(patient.wallet, patient.relationRef, requestId, entry?.notice ?? '')).toMatchObject({ reason: 'held' });
    expect((await read('BetaMSP')).hold).toMatchObject({ recovery: null });
    expect((await state(await signVeto(patient.wallet, ref(), (await read()).jws))).status).toBe(201);
    await read('AlphaMSP');
    expect((await release()).status).toBe('released');
  }, 30_000);

  it('ends what the consent check had answered, and not an emergency', async () => {
    const { resources } = (await patient.import(newBundle(1))).body as { resources: { recordId: string; category: string }[] };
    const records = resources.filter(({ category }) => category === 'laboratory').map(({ recordId }) => recordId);
    const check = async (): Promise<unknown> => {
      await read('AlphaMSP');
      const wish = { relationRef: patient.relationRef, purpose: 'TREAT', records };
      const { body } = await alpha.send('/api/decisions', { token: await alpha.token('records'), body: wish });
      return (body.decisions as { reason: string }[] | undefined)?.map(({ reason }) => reason) ?? body.code;
    };
    await waitFor(async () => JSON.stringify(await check()) === '["permitted"]', 10_000);
    expect((await act('hold')).status).toBe(201);
    expect(await check()).toEqual(['held']);
    expect((await declare(beta, patient.relationRef)).body).toMatchObject({ status: 'released', records: 3 });
    expect((await state(await signVeto(patient.wallet, ref(), (await read()).jws))).status).toBe(201);
    expect(await check()).toEqual(['permitted']);
  }, 30_000);

  it('stops a release that is decided and not delivered', async () => {
    let isHeld = false;
    alpha.carrier.hook = async (step, { transaction }) => {
      if (isHeld || `${step} ${transaction}` !== 'sent DecideRelease') return;
      isHeld = true;
      expect((await act('hold')).status).toBe(201);
    };
    const { requestId } = (await ask(beta, patient.relationRef, ['laboratory'], { wait: 0 })).body as { requestId: string };
    const answered = (): string | undefined => alpha.logged.find((line) => line.includes('request answered') && line.includes(requestId));
    await waitFor(() => answered() !== undefined, 10_000);
    expect(JSON.parse(answered() ?? '')).toMatchObject({ outcome: 'withdrawn' });
    expect(alpha.store.facts.list('delivery', patient.relationRef)).toEqual([]);
  }, 30_000);

  it("is the custodian's: no other registrar and no other role places it, opens or completes a recovery", async () => {
    for (const what of ['hold', 'recovery/completion']) {
      expect((await act(what, {}, { at: beta })).body.code).toBe('NOT_THE_CUSTODIAN');
      expect((await act(what, {}, { role: 'physician' })).body.code).toBe('ROLE_NOT_ALLOWED');
    }
    expect((await read()).hold).toBeNull();
  }, 30_000);

  it("that two members wrote in the custodian's name holds nobody", async () => {
    const { facts } = beta.store;
    const entry = facts.find<PatientEntry>('patient', patient.subjectRef)?.value as PatientEntry;
    consortium.ledger.forge({ [patientKey(ref())]: JSON.stringify({ ...entry, hold: { at: entry.registeredAt, recovery: null } }) });
    expect((await read('AlphaMSP')).hold).toBeNull();
    expect((await release()).status).toBe('released');
  }, 30_000);
});

describe('a recovery', () => {
  const ownKeys = async (): Promise<Keys> => (await read()).keys;

  it('by her guardians gives a new wallet her place, and relations under the lost keys decide nothing', async () => {
    expect((await nameGuardians()).status).toBe(201);
    const lost = await ownKeys();
    expect((await act('hold')).status).toBe(201);
    const asked = await askRecovery(newWallet(), { subjectRef: ref(), custodian: 'AlphaMSP' as MspId });
    expect((await act('recovery', { keys: asked.statement })).status).toBe(201);
    for (const guardian of guardians.slice(1))
      expect((await state(await signApproval(guardian, ref(), await openingOf()))).status).toBe(201);
    expect((await act('recovery/completion')).body.code).toBe('RECOVERY_NOT_DUE');
    passHours(72);
    expect((await act('recovery/completion')).status).toBe(201);
    const after = await read();
    expect(after.hold).toBeNull();
    expect(after.keys).not.toEqual(lost);
    expect(after.steps.map(({ kind }) => kind)).toEqual([
      'patient',
      'patient-guardians',
      'patient-hold',
      'recovery-opening',
      'recovery-approval',
      'recovery-approval',
      'recovery-completion',
    ]);
    expect((await release()).status).toBe('refused');
    patient.wallet = asked.wallet;
    expect((await patient.checkIn('BetaMSP')).status).toBe(201);
    expect((await patient.consent('BetaMSP', ['laboratory'])).status).toBe(201);
    expect((await release()).status).toBe('released');
  }, 60_000);

  it("by hospital and authority is approved at the authority's gateway, which refuses a delay that is too short", async () => {
    await act('hold');
    const { statement } = await askRecovery(newWallet(), { subjectRef: ref(), custodian: 'AlphaMSP' as MspId });
    const { jws, keys } = await read();
    const issuedAt = formatInstant(Date.now());
    const previous = await hashBytes(payloadBytes(jws));
    // What the custodian can do with another member: both run altered chaincode.
    const short = { subjectRef: ref(), previous, keys: await hashBytes(payloadBytes(statement)), effectiveAt: issuedAt, issuedAt };
    const opening = await signJws('recovery-opening', short, alpha.keys.signing);
    const entry = alpha.store.facts.find<PatientEntry>('patient', patient.subjectRef)?.value as PatientEntry;
    const recovery = { effectiveAt: issuedAt, keys: statement, opening, approvals: [], isApproved: true };
    consortium.ledger.forge({ [patientKey(ref())]: JSON.stringify({ ...entry, jws: opening, hold: { at: issuedAt, recovery } }) });
    expect((await read()).hold?.recovery).toMatchObject({ effectiveAt: issuedAt, isApproved: false });
    expect((await act('recovery/approval', {}, { at: gamma })).body.code).toBe('RECOVERY_DELAY_SHORT');
    expect((await act('recovery/completion')).body.code).toBe('RECOVERY_NOT_APPROVED');
    expect((await state(await signVeto(patient.wallet, ref(), opening))).status).toBe(201);
    await read('AlphaMSP');
    expect((await act('hold')).status).toBe(201);
    expect((await act('recovery', { keys: statement })).status).toBe(201);
    await read();
    expect((await act('recovery/approval', {}, { at: gamma, role: 'physician' })).body.code).toBe('ROLE_NOT_ALLOWED');
    expect((await act('recovery/approval', {}, { at: gamma })).status).toBe(201);
    await read('AlphaMSP');
    passHours(72);
    expect((await act('recovery/completion')).status).toBe(201);
    expect(await ownKeys()).not.toEqual(keys);
  }, 60_000);

  it('is ended by a veto with the paper that everybody had forgotten', async () => {
    await nameGuardians();
    await act('hold');
    const asked = await askRecovery(newWallet(), { subjectRef: ref(), custodian: 'AlphaMSP' as MspId });
    await act('recovery', { keys: asked.statement });
    for (const guardian of guardians) await state(await signApproval(guardian, ref(), await openingOf()));
    const seed = await deriveRecoverySeed(patient.wallet.seed);
    const { jws, keys } = await read();
    expect((await state(await signVetoByRecovery(seed, ref(), jws, keys.recovery), 'BetaMSP')).status).toBe(201);
    passHours(72);
    expect((await act('recovery/completion')).body.code).toBe('RECOVERY_NOT_OPEN');
    expect(await ownKeys()).toEqual(keys);
  }, 60_000);

  it('is not opened by keys that nobody has, nor approved by a member that is no authority', async () => {
    await act('hold');
    const { statement } = await askRecovery(newWallet(), { subjectRef: ref(), custodian: 'AlphaMSP' as MspId });
    const broken = `${statement.slice(0, statement.lastIndexOf('.'))}.${'A'.repeat(86)}`;
    expect((await act('recovery', { keys: broken })).status).toBe(400);
    expect((await act('recovery/approval', {}, { at: beta })).body.code).toBe('RECOVERY_UNKNOWN');
    await act('recovery', { keys: statement });
    await read('BetaMSP');
    expect((await act('recovery/approval', {}, { at: beta })).body.code).toBe('APPROVER_NOT_NAMED');
  }, 30_000);

  it('with the recovery seed alone takes no hospital: the paper replaces the keys, and can neither check in nor name guardians', async () => {
    const seed = await deriveRecoverySeed(patient.wallet.seed);
    const thief = newWallet(seed);
    const wish = { subjectRef: ref(), counterparty: 'GammaMSP' as MspId, kinds: ['care'] as const };
    const foreign = { ...thief, patients: patient.wallet.patients };
    const named = await signGuardians(foreign, ref(), (await read()).jws, { threshold: 1, keys: guardians.map(publicJwkOf) });
    expect((await state(named)).body.code).toBe('SIGNATURE_INVALID');
    const { request, relationRef } = await checkIn(foreign, wish, await patient.recipients('GammaMSP'));
    expect((await beta.send('/api/relations', { body: request })).status).toBe(201);
    const { body } = await ask(consortium.gateway('GammaMSP'), relationRef, ['laboratory']);
    expect(body.status).toBe('refused');
    const wallet = newWallet();
    const replacement = await recoverPatient(seed, ref(), { wallet, current: (await read()).jws, generation: 0 });
    expect((await state(replacement)).status).toBe(201);
    expect((await read()).steps.map(({ kind }) => kind)).toEqual(['patient', 'patient-keys']);
  }, 30_000);

  it('takes statements of patients and guardians only, at the open door', async () => {
    const { statement } = await askRecovery(newWallet(), { subjectRef: ref(), custodian: 'AlphaMSP' as MspId });
    expect(await state(statement)).toMatchObject({ status: 400, body: { code: 'REQUEST_INVALID' } });
    expect((await alpha.send('/api/patients/AAAAAAAAAAAAAAAAAAAAAA')).body.code).toBe('PATIENT_UNKNOWN');
  }, 30_000);
});
