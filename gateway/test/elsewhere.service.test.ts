import { randomUUID } from 'node:crypto';
import { formatUtf8, type Accumulators, type AdjudicationDocument } from '@medaccord/chaincode/model';
import { hideSealed } from './support/hide-sealed';
import { TestConsortium, waitFor, type TestGateway } from './support/test-consortium';
import { newPlan, TestCoverage } from './support/test-coverage';
import { TestPatient } from './support/test-patient';
import { newVisitBundle } from './support/visit-bundle';

jest.setTimeout(60_000);

const HOSPITALS = ['AlphaMSP', 'BetaMSP'] as const;
const YEAR = 'year/2026-01-01';
const [VISIT, EXAMINATION] = ['390906007', '399208008'];
/** A visit for 125.00 with 25.00 to pay. */
const CHARGE = 12_500;
const BENEFIT = 10_000;

interface Decided {
  readonly benefit: number;
  readonly document: Pick<AdjudicationDocument, 'elsewhere'>;
  readonly verdict: string;
}

/** One person at one hospital, as that hospital knows her: which two of them are one person, the insurer alone can say. */
class Insured {
  readonly patient: TestPatient;
  coverageId = '';
  encounter = '';

  constructor(readonly hospital: string) {
    this.patient = new TestPatient(consortium, hospital);
  }

  async begin(terms: object): Promise<this> {
    await this.patient.register();
    const { resources } = (await this.patient.import(newVisitBundle())).body as { resources: { reference: string }[] };
    this.encounter = resources.find(({ reference }) => reference.startsWith('Encounter/'))?.reference ?? '';
    await this.patient.checkIn('GammaMSP', 'GammaMSP', ['cover']);
    const coverage = new TestCoverage(this.patient);
    expect((await coverage.begin(undefined, terms)).status).toBe(201);
    this.coverageId = coverage.coverageId;
    return this;
  }

  async bill(code: string, day: string, charge: number): Promise<string> {
    const lines = [{ service: { system: 'http://snomed.info/sct', code }, day, charge }];
    const body = { relationRef: this.patient.relationRef, coverageId: this.coverageId, type: 'institutional', currency: 'USD' };
    const gateway = consortium.gateway(this.hospital);
    const sent = { token: await gateway.token('records'), key: randomUUID(), body: { ...body, encounter: this.encounter, lines } };
    const answer = await gateway.send('/api/claims', sent);
    expect([answer.status, answer.body]).toEqual([201, expect.anything()]);
    return (answer.body as { claimId: string }).claimId;
  }

  /** As the hospital got it, and worked it out again. */
  async decided(claimId: string): Promise<Decided> {
    const gateway = consortium.gateway(this.hospital);
    const sent = { token: await gateway.token('records'), headers: { prefer: 'wait=20' } };
    const { body } = await gateway.send(`/api/claims/${this.patient.relationRef}/${claimId}`, sent);
    const [{ document, check }] = body.adjudications;
    return { benefit: document.decided.result.totals.benefit, document, verdict: check.verdict };
  }

  async pay(code: string, day: string, charge: number): Promise<{ readonly benefit: number; readonly elsewhere: Accumulators }> {
    const { benefit, document, verdict } = await this.decided(await this.bill(code, day, charge));
    expect(verdict).toBe('agrees');
    return { benefit, elsewhere: document.elsewhere };
  }
}

const consortium = new TestConsortium();
let insurer: TestGateway;

beforeAll(async () => {
  await consortium.start();
  insurer = consortium.gateway('GammaMSP');
}, 30_000);

afterAll(async () => {
  await consortium.stop();
});

async function publish(planId: string, changed: object): Promise<void> {
  const body = { plan: newPlan({ planId, filingDays: null, evidence: [], ...changed }) };
  expect((await insurer.send('/api/plans', { token: await insurer.token('insurer-clerk'), body })).status).toBe(201);
  await consortium.untilFollowing();
}

/** The same person at two hospitals. */
function insure(terms: object): Promise<readonly Insured[]> {
  return Promise.all(HOSPITALS.map((hospital) => new Insured(hospital).begin(terms)));
}

describe('what one person uses at two hospitals', () => {
  it('overruns no limit, however many claims of both are in flight', async () => {
    await publish('limited', { yearLimit: 7 * BENEFIT });
    const both = await insure({ planId: 'limited', beneficiary: 'M-1' });
    const days = Array.from({ length: 8 }, (_, at) => `2026-03-0${String(at + 1)}`);
    const all = both.flatMap((insured) => days.map(async (day) => insured.decided(await insured.bill(VISIT, day, CHARGE))));
    const decided = await Promise.all(all);
    expect(decided.reduce((sum, { benefit }) => sum + benefit, 0)).toBe(7 * BENEFIT);
    expect(decided.map(({ verdict }) => verdict)).toEqual(decided.map(() => 'agrees'));
    const told = new Set(decided.flatMap(({ document }) => Object.keys(document.elsewhere)));
    expect([...told]).toEqual([`${YEAR}/benefit`]);
  });

  it('is told to a hospital only as far as its own claim would be answered otherwise', async () => {
    await publish('shared', {});
    const [one, other] = (await insure({ planId: 'shared', beneficiary: 'M-2' })) as [Insured, Insured];
    expect(await one.pay(EXAMINATION, '2026-03-01', 61_000)).toEqual({ benefit: 8_800, elsewhere: {} });
    expect(await other.pay(VISIT, '2026-03-02', CHARGE)).toEqual({ benefit: BENEFIT, elsewhere: {} });
    const elsewhere = { [`${YEAR}/deductible`]: 50_000 };
    expect(await other.pay(EXAMINATION, '2026-03-03', 61_000)).toEqual({ benefit: 48_800, elsewhere });
    expect(await other.pay(EXAMINATION, '2025-03-03', 61_000)).toEqual({ benefit: 8_800, elsewhere: {} });
  });

  it('is counted under one plan, and for whom the insurer named alike', async () => {
    await publish('first', {});
    await publish('second', {});
    const [one] = await insure({ planId: 'first', beneficiary: 'M-3' });
    const others = [
      await new Insured('BetaMSP').begin({ planId: 'second', beneficiary: 'M-3' }),
      await new Insured('BetaMSP').begin({ planId: 'first', beneficiary: 'M-4' }),
      await new Insured('BetaMSP').begin({ planId: 'first' }),
    ];
    for (const insured of [one!, ...others])
      expect(await insured.pay(EXAMINATION, '2026-03-01', 61_000)).toEqual({ benefit: 8_800, elsewhere: {} });
  });

  it('is waited for while nobody knows what became of it', async () => {
    await publish('awaited', {});
    const [one, other] = (await insure({ planId: 'awaited', beneficiary: 'M-5' })) as [Insured, Insured];
    const name = { operation: `adjudicate/${one.coverageId}/x`, transactionId: randomUUID() };
    const { intents } = insurer.store;
    await intents.open({ ...name, requestHash: '', envelope: formatUtf8(''), result: '', sentAt: Date.now() });
    const claimId = await other.bill(VISIT, '2026-03-01', CHARGE);
    await waitFor(() => insurer.logged.some((text) => text.includes('READ_MODEL_STALE')), 20_000);
    const { claims } = insurer.store.facts;
    expect(claims.find(other.patient.relationRef, claimId)?.status).not.toBe('complete');
    await intents.settle(name, { state: 'failed', code: undefined, block: undefined });
    expect((await other.decided(claimId)).benefit).toBe(BENEFIT);
  });

  it('is counted also while new terms of hers have not arrived', async () => {
    await publish('renewed', { yearLimit: BENEFIT });
    const [one, other] = (await insure({ planId: 'renewed', beneficiary: 'M-6' })) as [Insured, Insured];
    expect(await one.pay(VISIT, '2026-03-01', CHARGE)).toEqual({ benefit: BENEFIT, elsewhere: {} });
    const hidden = hideSealed(insurer, `${one.coverageId}.2`);
    const coverage = new TestCoverage(one.patient);
    expect((await coverage.begin(undefined, { planId: 'renewed', coverageId: one.coverageId })).body).toMatchObject({ version: 2 });
    expect(await other.pay(VISIT, '2026-03-02', CHARGE)).toEqual({ benefit: 0, elsewhere: { [`${YEAR}/benefit`]: BENEFIT } });
    hidden.mockRestore();
  });

  it('is kept without the number by which the insurer knows her', async () => {
    const [one] = await insure({ planId: 'shared', beneficiary: 'M-secret' });
    const { beneficiaries } = insurer.store;
    const name = await beneficiaries.find(one!.coverageId);
    expect(name).toMatch(/^[\w-]{43}$/);
    expect((await beneficiaries.list(name!)).map(({ coverageId }) => coverageId)).toContain(one!.coverageId);
    expect(insurer.logged.join('')).not.toContain('M-secret');
  });
});
