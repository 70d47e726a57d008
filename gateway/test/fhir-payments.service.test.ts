import { randomUUID } from 'node:crypto';
import type { AdjudicationEntry } from '@medaccord/chaincode/model';
import { parseLosslessJson, type JsonObject } from '../src/fhir';
import { validateResource } from '../src/validation';
import { TestClaims, type TestBilling, type TestClaim, type TestLine } from './support/test-claims';
import { TestConsortium, waitFor, type Answer, type Sent, type TestGateway } from './support/test-consortium';
import { newPlan, TestCoverage } from './support/test-coverage';
import { TestPatient } from './support/test-patient';

jest.setTimeout(60_000);

/** Hospital and insurer read what statements were paid as FHIR. */
const consortium = new TestConsortium();
const patient = new TestPatient(consortium, 'AlphaMSP');
const coverage = new TestCoverage(patient);
const claims = new TestClaims(consortium, coverage);
const euros = new TestCoverage(patient);
const inEuros = new TestClaims(consortium, euros);
const plan = newPlan({ evidence: [], quantities: [] });
const alpha = (): TestGateway => consortium.gateway('AlphaMSP');
const gamma = (): TestGateway => consortium.gateway('GammaMSP');
let [first, second, third]: TestClaim[] = [];

async function billUntilChecked(by: TestClaims, line: TestLine, more?: TestBilling): Promise<TestClaim> {
  const claim = await by.bill([line], more);
  await untilChecked(claim.claimId, 1);
  return claim;
}

async function untilChecked(claimId: string, n: number): Promise<void> {
  const { relationRef } = patient;
  const { facts } = gamma().store;
  const decided = (): boolean => facts.find<AdjudicationEntry>('adjudication', relationRef, claimId)?.value.n === n;
  await waitFor(() => decided() && alpha().store.adjudicated.find({ relationRef, claimId, n })?.verdict === 'agrees', 20_000);
}

async function atInsurer(path: string, body?: object): Promise<Answer> {
  return gamma().send(path, { token: await gamma().token('insurer-clerk'), key: randomUUID(), ...(body && { body }) });
}

async function atHospital(path: string, sent: Sent = {}): Promise<Answer> {
  await consortium.untilFollowing();
  return alpha().send(path, { token: await alpha().token('records'), ...sent });
}

/** A statement of what is due, signed, and said to be paid. */
async function settle(number: number): Promise<void> {
  expect((await atInsurer('/api/settlements', { hospital: 'AlphaMSP' })).body.number).toBe(number);
  const signed = await atHospital(`/api/settlements/GammaMSP/${String(number)}/signature`, { method: 'POST' });
  expect(signed.status).toBe(200);
  await consortium.untilFollowing();
  const body = { amounts: signed.body.totals as object, paidOn: '2026-03-02', reference: `RF18 ${String(number)}` };
  expect((await atInsurer(`/api/settlements/AlphaMSP/${String(number)}/payment`, body)).status).toBe(201);
}

const receive = (number: number, amounts: object): Promise<Answer> =>
  atHospital(`/api/settlements/GammaMSP/${String(number)}/payment/received`, { method: 'PUT', body: { amounts } });
const read = (path: string): Promise<Answer> => atHospital(`/fhir/claims/${path}`);
const entriesOf = ({ body }: Answer): Answer['body'][] => (body.entry ?? []).map(({ resource }: { resource: object }) => resource);
const fhirId = (id: string): string => id.replaceAll('_', '.');
const isValid = (text: string): void => expect(validateResource(parseLosslessJson(text) as JsonObject)).toEqual([]);

beforeAll(async () => {
  await consortium.start();
  await patient.register();
  await patient.checkIn('GammaMSP', 'GammaMSP', ['cover']);
  await claims.treat(4);
  inEuros.records.push(...claims.records);
  expect((await coverage.begin(plan)).status).toBe(201);
  expect((await euros.begin({ ...plan, planId: 'euros', currency: 'EUR' }, { planId: 'euros' })).status).toBe(201);
  first = await billUntilChecked(claims, { records: [0], charge: 10_000 });
  second = await billUntilChecked(claims, { records: [1], charge: 20_000 });
  third = await billUntilChecked(inEuros, { records: [2], charge: 4_000 }, { currency: 'EUR' });
}, 60_000);

afterAll(async () => {
  await consortium.stop();
});

describe('a payment', () => {
  it('is there once the insurer says that it paid, in a resource for each currency', async () => {
    expect((await atInsurer('/api/settlements', { hospital: 'AlphaMSP' })).status).toBe(201);
    expect((await read('PaymentNotice')).body).toMatchObject({ resourceType: 'Bundle', type: 'searchset' });
    expect(entriesOf(await read('PaymentNotice'))).toEqual([]);
    await settle(1);
    const notices = entriesOf(await read('PaymentNotice'));
    expect(notices.map(({ amount }) => amount)).toEqual([
      { value: 15, currency: 'EUR' },
      { value: 250, currency: 'USD' },
    ]);
  });

  it('is read alike by hospital and insurer, and FHIR R4 takes it', async () => {
    const [, { id } = { id: '' }] = entriesOf(await read('PaymentNotice'));
    for (const type of ['PaymentNotice', 'PaymentReconciliation']) {
      const own = await read(`${type}/${String(id)}`);
      expect(own.status).toBe(200);
      isValid(own.text);
      expect((await atInsurer(`/fhir/claims/${type}/${String(id)}`)).text).toBe(own.text);
    }
    expect((await read(`PaymentNotice/${String(id)}`)).body).toMatchObject({
      status: 'active',
      identifier: [{ system: 'urn:medaccord:settlement', value: 'AlphaMSP/GammaMSP/1' }],
      payment: { reference: `PaymentReconciliation/${String(id)}` },
      paymentDate: '2026-03-02',
      recipient: { identifier: { value: 'AlphaMSP' } },
      paymentStatus: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/paymentstatus', code: 'paid' }] },
    });
  });

  it('is reconciled line by line: each names its claim, and what the insurer answered', async () => {
    const [inEuro, inDollar] = entriesOf(await read('PaymentReconciliation'));
    const detail = (claim: TestClaim, value: number, currency: string): object => ({
      identifier: { system: 'urn:medaccord:adjudication', value: `${claim.claimId}.1` },
      type: { coding: [{ code: 'payment' }] },
      request: { reference: `Claim/${fhirId(claim.claimId)}` },
      response: { reference: `ClaimResponse/${fhirId(claim.claimId)}` },
      amount: { value, currency },
    });
    expect(inDollar).toMatchObject({
      outcome: 'queued',
      paymentIssuer: { identifier: { value: 'GammaMSP' } },
      paymentAmount: { value: 250, currency: 'USD' },
      paymentIdentifier: { value: 'RF18 1' },
      detail: [detail(first!, 75, 'USD'), detail(second!, 175, 'USD')],
    });
    expect(inEuro?.['detail']).toMatchObject([detail(third!, 15, 'EUR')]);
    expect((await read(String(inDollar?.['detail'][0].request.reference))).status).toBe(200);
  });

  it('of which less came than is due is an error to the hospital alone, and complete to both once it is cleared', async () => {
    await receive(1, { USD: 24_000, EUR: 1_500 });
    const wrong = entriesOf(await read('PaymentReconciliation?outcome=error'));
    expect(wrong).toMatchObject([{ paymentAmount: { currency: 'USD' }, processNote: [{ text: '10.00 USD less came than is due' }] }]);
    isValid((await read(`PaymentReconciliation/${String(wrong[0]?.['id'])}`)).text);
    expect(entriesOf(await atInsurer('/fhir/claims/PaymentReconciliation')).map(({ outcome }) => outcome)).toEqual(['queued', 'queued']);
    expect((await receive(1, { USD: 25_000, EUR: 1_500 })).body.status).toBe('cleared');
    await consortium.untilFollowing();
    const cleared = entriesOf(await atInsurer('/fhir/claims/PaymentReconciliation?outcome=complete'));
    expect(cleared).toHaveLength(2);
    expect(cleared.map(({ meta, created }) => meta.lastUpdated > created)).toEqual([true, true]);
    expect(entriesOf(await read('PaymentNotice?payment-status=cleared'))).toHaveLength(2);
    expect(entriesOf(await read('PaymentNotice?payment-status=paid'))).toEqual([]);
  });

  it('of what was taken back names the decision that was paid before', async () => {
    await claims.bill([], { related: { claimId: second!.claimId as never, relationship: 'reversal' } });
    await untilChecked(second!.claimId, 2);
    await settle(2);
    const [newest, ...older] = entriesOf(await read('PaymentReconciliation'));
    expect(older).toHaveLength(2);
    isValid((await read(`PaymentReconciliation/${String(newest?.['id'])}`)).text);
    expect(newest).toMatchObject({
      paymentAmount: { value: -175, currency: 'USD' },
      detail: [
        {
          identifier: { value: `${second!.claimId}.2` },
          predecessor: { value: `${second!.claimId}.1` },
          type: { coding: [{ code: 'adjustment' }] },
        },
      ],
    });
  });

  it('is listed page by page, none left out and none twice', async () => {
    const all = entriesOf(await read('PaymentNotice')).map(({ id }) => String(id));
    expect(new Set(all).size).toBe(3);
    const paged: string[] = [];
    for (let path: string | undefined = 'PaymentNotice?_count=1'; path !== undefined;) {
      const page: Answer = await read(path);
      paged.push(...entriesOf(page).map(({ id }) => String(id)));
      const link = page.body.link.find(({ relation }: { relation: string }) => relation === 'next')?.url as string | undefined;
      path = link?.replace(/^.*\/fhir\/claims\//, '');
    }
    expect(paged).toEqual(all);
    expect(entriesOf(await read(`PaymentNotice?_id=${all.slice(1).join(',')}`)).map(({ id }) => id)).toEqual(all.slice(1));
    expect(entriesOf(await read('PaymentNotice?created=lt2020-01-01'))).toEqual([]);
    expect(entriesOf(await read('PaymentNotice?identifier=urn:medaccord:settlement%7CAlphaMSP/GammaMSP/1'))).toHaveLength(2);
    expect(entriesOf(await read('PaymentNotice?identifier=AlphaMSP/GammaMSP/9'))).toEqual([]);
    isValid((await read('PaymentReconciliation')).text);
  });

  it('is nothing to others, and no resource of a patient', async () => {
    const [{ id } = { id: '' }] = entriesOf(await read('PaymentNotice'));
    const beta = consortium.gateway('BetaMSP');
    const atBeta = async (path: string): Promise<Answer> => beta.send(`/fhir/claims/${path}`, { token: await beta.token('records') });
    expect([(await atBeta(`PaymentNotice/${String(id)}`)).status, entriesOf(await atBeta('PaymentReconciliation'))]).toEqual([404, []]);
    const hers = `/fhir/own-claims/${patient.relationRef}`;
    expect((await alpha().send(`${hers}/PaymentNotice`, { token: await patient.token('AlphaMSP') })).status).toBe(404);
    const typesOf = async (root: string): Promise<string[]> =>
      (await alpha().send(`${root}/metadata`)).body.rest[0].resource.map(({ type }: { type: string }) => type);
    expect(await typesOf('/fhir/claims')).toEqual(expect.arrayContaining(['PaymentNotice', 'PaymentReconciliation']));
    expect(await typesOf(hers)).not.toContain('PaymentNotice');
  });

  it('that a person reads is in the audit log under every relation that its lines name', async () => {
    const [{ id } = { id: '' }] = entriesOf(await read('PaymentReconciliation'));
    await read(`PaymentReconciliation/${String(id)}`);
    const { body } = await alpha().send(`/api/relations/${patient.relationRef}/audit`, { token: await patient.token('AlphaMSP') });
    expect(JSON.stringify(body)).toContain('PaymentReconciliation');
  });
});
