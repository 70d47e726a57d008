import { rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  consentKey,
  decisionKey,
  deliveryKey,
  formatKey,
  parseSigned,
  recordKey,
  relationKey,
  requestKey,
  type ConsentEntry,
  type Decision,
} from '@medaccord/chaincode/model';
import { closeByRecovery, countFrom, deriveRecoverySeed, openNotice, signConsent } from '../src/wallet';
import { TestConsortium, waitFor, type TestGateway } from './support/test-consortium';
import { ask, newBundle, TestPatient } from './support/test-patient';

/** Members that endorse together whatever they like: what they commit may stop, blind or widen nothing. */
const consortium = new TestConsortium();
let alpha: TestGateway;
let beta: TestGateway;
let gamma: TestGateway;

beforeAll(async () => {
  await consortium.start();
  [alpha, beta, gamma] = ['AlphaMSP', 'BetaMSP', 'GammaMSP'].map((mspId) => consortium.gateway(mspId)) as [
    TestGateway,
    TestGateway,
    TestGateway,
  ];
}, 30_000);

afterEach(() => {
  consortium.heal();
});

afterAll(async () => {
  await consortium.stop();
});

const newPatient = async (counterparty = 'BetaMSP'): Promise<TestPatient> => {
  const patient = new TestPatient(consortium, 'AlphaMSP');
  await patient.register();
  await patient.import(newBundle(2));
  await patient.checkIn(counterparty);
  expect((await patient.consent(counterparty, ['laboratory'])).status).toBe(201);
  return patient;
};

const areFollowing = (): Promise<void> =>
  waitFor(() => [...consortium.gateways.values()].every(({ store }) => store.facts.height === consortium.ledger.blocks.length), 5_000);

const release = async (gateway: TestGateway, requestId: string): Promise<{ status: number; code: string | undefined }> => {
  const { status, body } = await gateway.send(`/api/releases/${requestId}`, { token: await gateway.token('physician') });
  return { status, code: body.code as string | undefined };
};

const isAlarmed = (requestId: string): boolean => alpha.logged.some((line) => line.includes('"level":50') && line.includes(requestId));

describe('junk in public state', () => {
  it('of every kind, and in every event, stops no gateway: all follow, and a request is answered at once', async () => {
    const patient = await newPatient();
    const ref = patient.relationRef as never;
    const [id, gateway] = ['x'.repeat(43) as never, 'BetaMSP' as never];
    const keys = [
      ...['rules', 'else'].map((type) => formatKey(type, 'x')),
      formatKey('patient', patient.subjectRef),
      formatKey('request', ref, 'short'),
      relationKey('y'.repeat(22) as never),
      requestKey(ref, gateway, id),
      decisionKey(ref, gateway, id),
      deliveryKey(ref, gateway, id, 1),
      recordKey('AlphaMSP' as never, 'z'.repeat(22) as never, 1),
    ];
    for (const text of ['junk', 'null', '{}', '[1]', `{"relationRef":"${String(ref)}","party":true}`])
      for (const payload of ['x', 'null', '{"ref":1}', '[]'])
        consortium.ledger.forge(Object.fromEntries(keys.map((key) => [key, text])), { name: 'SealedStored', payload });
    await areFollowing();
    expect((await ask(beta, patient.relationRef, ['laboratory'])).body).toMatchObject({ status: 'released', records: 2 });
    expect(alpha.app.readReadiness().projection).toBe(true);
  }, 30_000);

  it('at far versions of a consent hides the one in force from nobody', async () => {
    const patient = await newPatient();
    const ref = patient.relationRef as never;
    const signed = beta.store.facts.findConsent(ref)?.signed.value as ConsentEntry;
    consortium.ledger.forge({ [consentKey(ref, 900)]: JSON.stringify({ ...signed, version: 900 }) });
    consortium.ledger.forge({ [consentKey(ref, 901)]: 'junk' });
    await areFollowing();
    expect(beta.store.facts.findConsent(ref)?.newest).toBe(2);
    expect((await ask(beta, patient.relationRef, ['laboratory'])).body).toMatchObject({ status: 'released' });
  }, 30_000);

  it('over the consent in force permits nothing, and the patient is told why: her next version counts again', async () => {
    const patient = await newPatient();
    const ref = patient.relationRef as never;
    consortium.ledger.forge({ [consentKey(ref, 3)]: 'junk' });
    await areFollowing();
    const token = await patient.token('AlphaMSP');
    const { body: relation } = await alpha.send(`/api/relations/${patient.relationRef}`, { token });
    expect(relation).toMatchObject({ consent: { version: 2 }, newestConsent: 3 });
    const refused = (await ask(beta, patient.relationRef, ['laboratory'])).body;
    expect(refused).toMatchObject({ status: 'refused', refusal: { code: 'NOT_PERMITTED' }, decision: { consentVersion: 3 } });
    const { body } = await alpha.send(`/api/relations/${patient.relationRef}/history`, { token });
    const { requestId, notice } = (body.entries as { kind: string; requestId: string; notice: string }[]).findLast(
      ({ kind }) => kind === 'decision',
    )!;
    expect(await openNotice(patient.wallet, patient.relationRef, requestId, notice)).toMatchObject({ reason: 'consent-invalid' });
    expect((await patient.consent('BetaMSP', ['laboratory'])).body.code).toBe('CONSENT_VERSION_TAKEN');
    expect((await patient.consent('BetaMSP', ['laboratory'])).body).toMatchObject({ version: 4 });
    expect((await ask(beta, patient.relationRef, ['laboratory'])).body).toMatchObject({ status: 'released' });
  }, 30_000);

  it('that continues a closed relation, though a stolen key signed it, permits nothing', async () => {
    const patient = await newPatient();
    const stolen = patient.wallet;
    const closing = await closeByRecovery(await deriveRecoverySeed(patient.wallet.seed), patient.relationRef as never, 3);
    expect((await beta.send('/api/consents', { body: closing })).status).toBe(201);
    patient.wallet = countFrom(stolen, patient.relationRef as never, 3);
    expect((await patient.consent('BetaMSP', ['laboratory'])).body.code).toBe('RELATION_CLOSED');
    const sets = [{ base: 'permit' as const, exceptions: [] }];
    const signed = await signConsent(
      countFrom(stolen, patient.relationRef as never, 3),
      patient.relationRef as never,
      { sets, validity: null },
      [],
    );
    const { payload } = parseSigned('consent', signed.request.consent, 'consent');
    const entry = { ...payload, jws: signed.request.consent, recordedAt: payload.issuedAt };
    consortium.ledger.forge({ [consentKey(patient.relationRef as never, 4)]: JSON.stringify(entry) });
    await areFollowing();
    expect((await ask(beta, patient.relationRef, ['laboratory'])).body).toMatchObject({
      status: 'refused',
      decision: { consentVersion: 3 },
    });
  }, 30_000);

  it('over what never changes leaves it as it was: relation, consent, request, decision, delivery, anchor, keys of the patient', async () => {
    const patient = await newPatient();
    const { requestId } = (await ask(beta, patient.relationRef, ['laboratory'])).body;
    const { facts } = beta.store;
    const types = ['relation', 'consent', 'request', 'decision', 'delivery', 'record', 'patient'] as const;
    const look = (): string => JSON.stringify(types.flatMap((type) => facts.listType(type)));
    const before = look();
    const stranger = await newPatient();
    const swap = (text: string): string =>
      text.replaceAll(stranger.relationRef, patient.relationRef).replaceAll(stranger.subjectRef, patient.subjectRef);
    const written = consortium.ledger.blocks.flatMap(({ transactions }) => transactions.flatMap(({ writes }) => writes));
    const foreign = written.filter(({ key }) => key.includes(stranger.relationRef) || key.includes(stranger.subjectRef));
    const expected = look();
    expect(expected).not.toBe(before);
    for (const { key, value } of foreign) consortium.ledger.forge({ [swap(key)]: swap(value ?? '') });
    const decision = facts.listType<Decision>('decision').find(({ value }) => value.requestId === requestId)?.value as Decision;
    const key = decisionKey(decision.relationRef, decision.requester, decision.requestId);
    consortium.ledger.forge({ [key]: JSON.stringify({ ...decision, deadline: '2099-01-01T00:00:00.000Z' }) });
    await areFollowing();
    expect(look()).toBe(expected);
    expect(await release(beta, requestId)).toEqual({ status: 200, code: undefined });
  }, 30_000);
});

describe('a decision that the custodian did not make', () => {
  it('is never delivered: it is an alarm', async () => {
    const patient = await newPatient();
    const made = (await ask(beta, patient.relationRef, ['laboratory'])).body.requestId as string;
    const { value } = alpha.store.facts.listType<Decision>('decision').find((fact) => fact.value.requestId === made) as { value: Decision };
    alpha.carrier.faults.down.add('BetaMSP');
    const { requestId } = (await ask(beta, patient.relationRef, ['laboratory'], { wait: 0 })).body;
    const forged = { ...value, requestId, deadline: '2099-01-01T00:00:00.000Z' };
    consortium.ledger.forge({ [decisionKey(value.relationRef, value.requester, requestId)]: JSON.stringify(forged) });
    alpha.carrier.faults.down.clear();
    await waitFor(() => isAlarmed(requestId), 20_000);
    expect(await release(beta, requestId)).toEqual({ status: 409, code: 'RELEASE_NOT_READY' });
    expect(alpha.store.facts.list('delivery', patient.relationRef)).toHaveLength(1);
  }, 40_000);

  it('or of which it has lost its own intent, is never delivered either', async () => {
    const patient = await newPatient();
    alpha.carrier.hook = (step, { transaction }) => {
      if (`${step} ${transaction}` === 'endorse DeliverRecords') alpha.carrier.faults.unreachable = true;
    };
    const asked = ask(beta, patient.relationRef, ['laboratory'], { wait: 3 });
    await waitFor(() => alpha.carrier.faults.unreachable, 10_000);
    await alpha.stop();
    for (const ending of ['', '-wal', '-shm']) rmSync(join(alpha.data, `gateway.sqlite${ending}`), { force: true });
    alpha.carrier.hook = () => undefined;
    alpha.carrier.faults.unreachable = false;
    await alpha.start();
    const { requestId, status } = (await asked).body;
    await waitFor(() => isAlarmed(requestId), 10_000);
    expect(status).toBe('decided');
    expect(await release(beta, requestId)).toEqual({ status: 409, code: 'RELEASE_NOT_READY' });
  }, 40_000);

  it('is not delivered when it was withdrawn, whatever is written over it before a restart', async () => {
    const patient = await newPatient();
    let isRevoked = false;
    alpha.carrier.hook = async (step, { transaction }) => {
      if (isRevoked || `${step} ${transaction}` !== 'endorse DeliverRecords') return;
      isRevoked = true;
      await patient.revoke('GammaMSP');
    };
    const { requestId, status } = (await ask(beta, patient.relationRef, ['laboratory'])).body;
    expect(status).toBe('withdrawn');
    await patient.consent('BetaMSP', ['demographics']);
    const fact = alpha.store.facts.listType<Decision>('decision').find(({ value }) => value.requestId === requestId);
    const decision = fact?.value as Decision;
    await alpha.stop();
    const key = decisionKey(decision.relationRef, decision.requester, decision.requestId);
    consortium.ledger.forge({ [key]: JSON.stringify({ ...decision, consentVersion: 4, deadline: '2099-01-01T00:00:00.000Z' }) });
    await alpha.start();
    // What comes later is answered: the agent has seen the forged block and all that is listed.
    expect((await ask(beta, patient.relationRef, ['demographics'])).body).toMatchObject({ status: 'released', records: 1 });
    expect(await release(beta, requestId)).toEqual({ status: 409, code: 'RELEASE_NOT_READY' });
  }, 40_000);
});

describe('a counterparty that endorses nothing', () => {
  it('delays no other, however many requests it makes', async () => {
    const patients = await Promise.all(Array.from({ length: 6 }, () => newPatient()));
    const other = await newPatient('GammaMSP');
    let attempts = 0;
    alpha.carrier.hook = async (step, { transaction, organisations }) => {
      if (step !== 'endorse' || transaction !== 'DecideRelease' || organisations?.includes('BetaMSP') !== true) return;
      attempts += 1;
      // As a peer that takes the call and never answers: the attempt lasts until the test is over.
      await waitFor(() => !alpha.carrier.faults.down.has('BetaMSP'), 30_000);
    };
    alpha.carrier.faults.down.add('BetaMSP');
    const pending = await Promise.all(patients.map((patient) => ask(beta, patient.relationRef, ['laboratory'], { wait: 0 })));
    await waitFor(() => attempts >= 4, 5_000);
    expect((await ask(gamma, other.relationRef, ['laboratory'], { wait: 5 })).body).toMatchObject({ status: 'released' });
    alpha.carrier.faults.down.clear();
    for (const { body } of pending) {
      const path = `/api/access-requests/${String(body.requestId)}`;
      const done = await beta.send(path, { token: await beta.token('physician'), headers: { prefer: 'wait=20' } });
      expect(done.body).toMatchObject({ status: 'released' });
    }
  }, 60_000);

  it('and requests whose ask never comes hold up no request of the same member', async () => {
    const [patient, late] = [await newPatient(), await newPatient()];
    const identity = await consortium.ledger.identity('BetaMSP', 'physician');
    const relationRef = late.relationRef;
    for (let at = 0; at < 8; at += 1) {
      const request = { relationRef, requestId: `${'q'.repeat(42)}${String(at)}`, purpose: 'TREAT', proof: null, ask: 'A'.repeat(43) };
      const endorsed = await consortium.ledger.endorse(consortium.ledger.identityOf(identity.name), 'RequestAccess', {
        transaction: 'RequestAccess',
        request,
      });
      consortium.ledger.commit(endorsed);
    }
    expect((await ask(beta, patient.relationRef, ['laboratory'], { wait: 5 })).body).toMatchObject({ status: 'released' });
  }, 30_000);
});
