import type { Category, ConsentSet, DelegatePower, MspId, RelationRef } from '@medaccord/chaincode/model';
import { endDelegation, newDelegateToken, type DelegationWish } from '../src/wallet';
import { TestConsortium, type Answer, type TestGateway } from './support/test-consortium';
import { at, HOUR, TestDelegate } from './support/test-delegate';
import { ask, newBundle, newMedicationBundle, TestPatient } from './support/test-patient';

jest.setTimeout(30_000);

const consortium = new TestConsortium();
let alpha: TestGateway;
let beta: TestGateway;
let gamma: TestGateway;
let patient: TestPatient;
/** The delegate's own wallet. */
let delegate: TestDelegate;

const relationRef = (): RelationRef => patient.relationRef as RelationRef;
const all: readonly DelegatePower[] = ['consent', 'revoke', 'history'];

beforeAll(async () => {
  await consortium.start({}, { GammaMSP: 'authority' });
  [alpha, beta, gamma] = ['AlphaMSP', 'BetaMSP', 'GammaMSP'].map((mspId) => consortium.gateway(mspId)) as [
    TestGateway,
    TestGateway,
    TestGateway,
  ];
}, 30_000);

beforeEach(async () => {
  patient = new TestPatient(consortium, 'AlphaMSP');
  delegate = new TestDelegate(patient);
  await patient.register();
  await patient.import(newBundle(2));
  await patient.checkIn('BetaMSP');
  expect((await patient.consent('BetaMSP', ['laboratory'])).status).toBe(201);
});

afterEach(() => {
  jest.restoreAllMocks();
});

afterAll(async () => {
  await consortium.stop();
});

const grant = (wish: Partial<DelegationWish> = {}): Promise<Answer> => delegate.grant(wish);
const read = (what: string, gateway = alpha, delegation = 1): Promise<Answer> => delegate.read(what, gateway.mspId, delegation);
const kindsOf = ({ body }: Answer): string[] => (body.entries as { kind: string }[]).map(({ kind }) => kind);

const consentFor = (sets: readonly ConsentSet[], version: number, via = 'BetaMSP'): Promise<Answer> =>
  delegate.consentTo(sets, version, via);
const permit = (...categories: Category[]): ConsentSet[] => [{ base: 'deny', exceptions: [{ decision: 'permit', categories }] }];

describe('a delegate', () => {
  it('revokes and consents for the patient, whose own history tells who really acted', async () => {
    expect((await grant()).body).toMatchObject({ n: 1, delivery: 'delivered' });
    expect((await delegate.revoke(3, 'GammaMSP')).body).toMatchObject({ version: 3 });
    expect((await ask(beta, patient.relationRef, ['laboratory'])).body).toMatchObject({ status: 'refused' });
    expect((await consentFor(permit('laboratory'), 4)).body).toMatchObject({ version: 4 });
    expect((await ask(beta, patient.relationRef, ['laboratory'])).body).toMatchObject({ status: 'released', records: 2 });
    const { body } = await alpha.send(`/api/relations/${patient.relationRef}/history`, { token: await patient.token('AlphaMSP') });
    const entries = body.entries as Record<string, unknown>[];
    expect(entries.filter(({ kind }) => kind === 'consent').map(({ version, delegation }) => [version, delegation])).toEqual([
      [1, null],
      [2, null],
      [3, 1],
      [4, 1],
    ]);
    expect(entries.find(({ kind }) => kind === 'delegation')).toMatchObject({
      n: 1,
      act: 'grant',
      confirmedBy: null,
      opening: { kind: 'guardian' },
    });
  });

  it('who is a support person reads, and can neither consent nor revoke', async () => {
    await grant({ kind: 'support-person', powers: ['history'] });
    expect((await read('history')).status).toBe(200);
    expect((await consentFor(permit('laboratory'), 3)).body).toMatchObject({ code: 'DELEGATE_NOT_ALLOWED' });
    await expect(grant({ n: 2, kind: 'support-person', powers: all })).rejects.toThrow('support person');
  });

  it("without the power reads no history, and nothing that is the patient's alone", async () => {
    await grant({ powers: ['revoke'] });
    expect((await read('history')).body.code).toBe('ROLE_NOT_ALLOWED');
    expect((await read('delegations')).body.code).toBe('ROLE_NOT_ALLOWED');
    expect((await read('consents')).status).toBe(200);
  });

  it('of one relation is nobody in another, nor at another gateway than the token names', async () => {
    await grant();
    const token = await delegate.token('AlphaMSP');
    const other = new TestPatient(consortium, 'AlphaMSP');
    await other.register();
    await other.checkIn('BetaMSP');
    expect((await alpha.send(`/api/relations/${other.relationRef}/history`, { token })).body.code).toBe('ROLE_NOT_ALLOWED');
    expect((await beta.send(`/api/relations/${patient.relationRef}/consents`, { token })).body.code).toBe('TOKEN_INVALID');
    const forged = await newDelegateToken(
      delegate.wallet,
      { relationRef: other.relationRef as RelationRef, delegation: 1 },
      'AlphaMSP' as MspId,
    );
    expect((await alpha.send(`/api/relations/${other.relationRef}/history`, { token: forged })).body.code).toBe('TOKEN_INVALID');
    expect((await read('consents', alpha, 2)).body.code).toBe('TOKEN_INVALID');
  });

  it('acts no longer once the time is over or the patient has ended it', async () => {
    await grant();
    expect((await read('consents')).status).toBe(200);
    const real = Date.now();
    const clock = jest.spyOn(Date, 'now').mockReturnValue(real + HOUR + 1);
    const late = await delegate.token('AlphaMSP');
    const answer = await alpha.send(`/api/relations/${patient.relationRef}/consents`, { token: late });
    clock.mockRestore();
    expect(answer.body.code).toBe('TOKEN_INVALID');
    const ended = await endDelegation(patient.wallet, { relationRef: relationRef(), n: 2, of: 1, after: 2 });
    expect((await beta.send('/api/delegations', { body: ended })).body).toMatchObject({ n: 2, delivery: null });
    await consortium.untilFollowing();
    expect((await read('consents')).body.code).toBe('TOKEN_INVALID');
    expect((await consentFor(permit('laboratory'), 3)).body).toMatchObject({ code: 'DELEGATE_NOT_ALLOWED' });
  });

  it('whose signature the patient declares void counts nowhere: nothing is permitted until she signs the next version', async () => {
    await grant();
    expect((await consentFor([{ base: 'permit', exceptions: [] }], 3)).status).toBe(201);
    const ended = await endDelegation(patient.wallet, { relationRef: relationRef(), n: 2, of: 1, after: 2 });
    expect((await beta.send('/api/delegations', { body: ended })).status).toBe(201);
    expect((await ask(beta, patient.relationRef, ['laboratory'])).body).toMatchObject({
      status: 'refused',
      decision: { consentVersion: 3 },
    });
    const { body: present } = await alpha.send(`/api/relations/${patient.relationRef}`, { token: await patient.token('AlphaMSP') });
    expect(present).toMatchObject({ consent: { version: 2 }, newestConsent: 3 });
    patient.wallet = { ...patient.wallet, relations: patient.wallet.relations.map((one) => ({ ...one, consentVersion: 3 })) };
    expect((await patient.consent('BetaMSP', ['laboratory'])).status).toBe(201);
    expect((await ask(beta, patient.relationRef, ['laboratory'])).body).toMatchObject({ status: 'released' });
  });
});

describe('what is withheld', () => {
  it('never stands in what a delegate reads: not the request, not its answer, not a count', async () => {
    await patient.import(newMedicationBundle());
    expect((await patient.consent('BetaMSP', ['laboratory', 'medications'])).status).toBe(201);
    await grant({ withheld: ['medications'] });
    const both = (await ask(beta, patient.relationRef, ['laboratory', 'medications'])).body;
    expect(both).toMatchObject({ status: 'released', records: 3 });
    const secret = (await ask(beta, patient.relationRef, ['medications'])).body;
    expect(secret).toMatchObject({ status: 'released', records: 1 });
    await patient.consent('BetaMSP', ['medications']);
    const onlySecret = (await ask(beta, patient.relationRef, ['laboratory', 'medications'])).body;
    expect(onlySecret).toMatchObject({ status: 'released', records: 1 });
    await patient.consent('BetaMSP', ['laboratory']);
    const refused = (await ask(beta, patient.relationRef, ['medications'])).body;
    expect(refused).toMatchObject({ status: 'refused' });
    await consortium.untilFollowing();
    const shown = await read('history');
    expect(shown.text).not.toContain(refused.requestId);
    expect(shown.text).not.toContain(secret.requestId);
    expect(shown.text).not.toContain(onlySecret.requestId);
    expect(shown.text).not.toContain('medications');
    const decision = (shown.body.entries as Record<string, unknown>[]).find(
      ({ requestId, kind }) => requestId === both.requestId && kind === 'decision',
    );
    expect(decision).toMatchObject({ outcome: 'released', records: 2, notice: null });
    const own = await alpha.send(`/api/relations/${patient.relationRef}/history`, { token: await patient.token('AlphaMSP') });
    expect(kindsOf(own).filter((kind) => kind === 'decision')).toHaveLength(4);
    expect(kindsOf(shown).filter((kind) => kind === 'decision')).toHaveLength(1);
    expect(kindsOf(shown)).not.toContain('delegation');
  });

  it('is known at the custodian alone, so that no other gateway shows a delegate the history', async () => {
    await grant();
    expect((await read('history', beta)).body.code).toBe('NOT_THE_CUSTODIAN');
  });

  it('hides all as long as the custodian does not know what it is', async () => {
    alpha.carrier.hook = (step, { transaction }) => {
      if (step === 'endorse' && transaction === 'StoreSealed') throw new Error('held back');
    };
    consortium.gateway('BetaMSP').carrier.hook = alpha.carrier.hook;
    await grant();
    expect((await read('history')).body.code).toBe('DELEGATION_NOT_READY');
    for (const gateway of [alpha, beta]) gateway.carrier.hook = () => undefined;
  });

  it('is decided by no delegate: what one signs releases nothing of it', async () => {
    await grant({ withheld: ['laboratory'] });
    expect((await consentFor([{ base: 'permit', exceptions: [] }], 3)).status).toBe(201);
    expect((await ask(beta, patient.relationRef, ['laboratory'])).body).toMatchObject({ status: 'refused' });
  });
});

describe('an appointment', () => {
  const appointment = { kind: 'guardian', withheld: ['sexual-health'], majority: null } as const;
  const appoint = async (more: object = {}): Promise<Answer> =>
    alpha.send('/api/appointments', {
      token: await alpha.token('registrar'),
      body: {
        relationRef: patient.relationRef,
        key: await delegate.key(),
        powers: all,
        validity: { from: at(-HOUR), until: at(HOUR) },
        authority: 'GammaMSP',
        ...appointment,
        ...more,
      },
    });
  const confirm = async (gateway: TestGateway, signed: object, said: object = appointment): Promise<Answer> =>
    gateway.send('/api/appointments/confirmations', { token: await gateway.token('registrar'), body: { ...signed, ...said } });

  it('takes a registrar of the custodian and one of an authority, who states the same; the patient sees it and can end it', async () => {
    const { body: signed } = await appoint();
    expect((await consentFor(permit('laboratory'), 3)).body.code).toBe('ROLE_NOT_ALLOWED');
    expect((await confirm(gamma, signed as object)).body).toMatchObject({ n: 1, delivery: 'delivered' });
    await consortium.untilFollowing();
    expect((await consentFor(permit('laboratory'), 3)).body).toMatchObject({ version: 3 });
    expect((await ask(beta, patient.relationRef, ['laboratory'])).body).toMatchObject({ status: 'released' });
    const { body } = await alpha.send(`/api/relations/${patient.relationRef}/history`, { token: await patient.token('AlphaMSP') });
    expect((body.entries as { kind: string }[]).find(({ kind }) => kind === 'delegation')).toMatchObject({
      confirmedBy: 'GammaMSP',
      opening: appointment,
    });
    const ended = await endDelegation(patient.wallet, { relationRef: relationRef(), n: 2, of: 1, after: 3 });
    expect((await beta.send('/api/delegations', { body: ended })).status).toBe(201);
    expect((await consentFor(permit('laboratory'), 4)).body).toMatchObject({ code: 'DELEGATE_NOT_ALLOWED' });
  });

  it('is not confirmed when the authority states something else, or is not the one that is asked', async () => {
    const { body: signed } = await appoint();
    expect((await confirm(gamma, signed as object, { ...appointment, withheld: [] })).body.code).toBe('REQUEST_INVALID');
    expect((await confirm(beta, signed as object)).body.code).toBe('REQUEST_INVALID');
    const other = (await appoint({ authority: 'BetaMSP' })).body as object;
    expect((await confirm(beta, other)).body.code).toBe('SIGNATURE_INVALID');
    expect((await appoint({ kind: 'support-person' })).body.code).toBe('REQUEST_INVALID');
  });

  it('is ended by custodian and authority together as well', async () => {
    expect((await confirm(gamma, (await appoint()).body as object)).status).toBe(201);
    await consortium.untilFollowing();
    expect((await consentFor(permit('laboratory'), 3)).status).toBe(201);
    await consortium.untilFollowing();
    const ends = async (gateway: TestGateway, path: string, body: object): Promise<Answer> =>
      gateway.send(`/api/appointments/ends${path}`, { token: await gateway.token('registrar'), body });
    const { body: end } = await ends(alpha, '', { relationRef: patient.relationRef, of: 1, authority: 'GammaMSP' });
    expect((await ends(beta, '/confirmations', end as object)).body.code).toBe('REQUEST_INVALID');
    expect((await ends(gamma, '/confirmations', end as object)).body).toMatchObject({ n: 2, delivery: null });
    await consortium.untilFollowing();
    expect((await read('consents')).body.code).toBe('TOKEN_INVALID');
    expect((await ask(beta, patient.relationRef, ['laboratory'])).body).toMatchObject({ status: 'released' });
  });

  it('of a guardian ends with the coming of age at the latest', async () => {
    expect((await appoint({ majority: at(HOUR - 1_000) })).body.code).toBe('REQUEST_INVALID');
    expect((await appoint({ majority: at(2 * HOUR) })).status).toBe(200);
  });
});

describe('the death of a patient', () => {
  const state = async (gateway: TestGateway, path: string, body: object): Promise<Answer> =>
    gateway.send(path, { token: await gateway.token('registrar'), body });

  it('ends what her consents allow and what delegates may do; the custodian takes no consent any more', async () => {
    await grant();
    expect((await state(beta, `/api/patients/${patient.subjectRef}/death`, {})).body.code).toBe('NOT_THE_CUSTODIAN');
    expect((await state(alpha, `/api/patients/${patient.subjectRef}/death`, {})).body).toMatchObject({ n: 1, status: 'deceased' });
    expect((await ask(beta, patient.relationRef, ['laboratory'])).body).toMatchObject({ status: 'refused' });
    expect((await read('history')).body.code).toBe('PATIENT_DECEASED');
    expect((await consentFor(permit('laboratory'), 3, 'AlphaMSP')).body.code).toBe('PATIENT_DECEASED');
  });

  it('that was recorded in error is corrected by custodian and authority, and the patient sees both', async () => {
    await state(alpha, `/api/patients/${patient.subjectRef}/death`, {});
    const { body } = await state(alpha, `/api/patients/${patient.subjectRef}/corrections`, { authority: 'GammaMSP' });
    expect((await ask(beta, patient.relationRef, ['laboratory'])).body).toMatchObject({ status: 'refused' });
    expect((await state(beta, '/api/corrections', body as object)).body.code).toBe('REQUEST_INVALID');
    expect((await state(gamma, '/api/corrections', body as object)).body).toMatchObject({ n: 2, status: 'living' });
    await consortium.untilFollowing();
    expect((await ask(beta, patient.relationRef, ['laboratory'])).body).toMatchObject({ status: 'released' });
    const own = await alpha.send(`/api/relations/${patient.relationRef}/history`, { token: await patient.token('AlphaMSP') });
    const statuses = (own.body.entries as { kind: string; status: string }[]).filter(({ kind }) => kind === 'status');
    expect(statuses.map(({ status }) => status)).toEqual(['deceased', 'living']);
  });
});
