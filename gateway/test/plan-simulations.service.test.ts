import { randomUUID } from 'node:crypto';
import type { AdjudicationEntry } from '@medaccord/chaincode/model';
import { TestClaims, type TestClaim, type TestLine } from './support/test-claims';
import { TestConsortium, waitFor, type Answer } from './support/test-consortium';
import { newPlan, TestCoverage } from './support/test-coverage';
import { TestPatient } from './support/test-patient';

jest.setTimeout(60_000);

const consortium = new TestConsortium();
const patient = new TestPatient(consortium, 'AlphaMSP');
const coverage = new TestCoverage(patient);
const claims = new TestClaims(consortium, coverage);
const published = newPlan({ evidence: [], quantities: [], filingDays: null });
/** In place of 500.00 a deductible of 200.00; of a visit she bears 30.00 instead of 25.00; check-ups want their encounter. */
const draft = {
  ...published,
  version: 2,
  period: { from: '2099-01-01', until: null },
  deductible: 20_000,
  categories: (published.categories as { id: string; inNetwork: object }[]).map((one) =>
    one.id === 'visits' ? { ...one, inNetwork: { ...one.inNetwork, copay: 3_000 } } : one,
  ),
  evidence: [{ id: 'seen', services: { categories: ['check-ups'] }, recordTypes: ['Encounter'], otherwise: 'review' }],
};
const dayFromNow = (days: number): string => new Date(Date.now() + days * 24 * 3_600_000).toISOString().slice(0, 10);
const period = { from: dayFromNow(-1), until: dayFromNow(2) };
/** Under the demonstration plan 420.00 and 350.00, with deductible and 20 % coinsurance. */
const [spirometry, examination] = ['23426006', '117015009'];

const made: Record<string, TestClaim> = {};
const begun: string[] = [];
const gamma = () => consortium.gateway('GammaMSP');
const idOf = (name: string): string => made[name]?.claimId ?? '';

async function send(
  path: string,
  { who = 'clerk-1', method, body }: { who?: string; method?: string; body?: object } = {},
): Promise<Answer> {
  const token = await gamma().token('insurer-clerk', who);
  return gamma().send(path, { token, key: randomUUID(), ...(method && { method }), ...(body && { body }) });
}

async function untilDecided({ claimId }: TestClaim, n = 1): Promise<void> {
  const entry = () => gamma().store.facts.find<AdjudicationEntry>('adjudication', patient.relationRef, claimId)?.value;
  await waitFor(() => (entry()?.n ?? 0) >= n, 20_000).catch((error: unknown) => {
    throw new Error(gamma().logged.slice(-5).join(''), { cause: error });
  });
}

async function bill(name: string, line: TestLine): Promise<void> {
  const claim = await claims.bill([{ ...line, records: [Object.keys(made).length] }]);
  made[name] = claim;
  await untilDecided(claim);
}

async function decide(name: string, body: object): Promise<void> {
  expect((await send(`/api/adjudications/${patient.relationRef}/${idOf(name)}/decisions`, { body })).status).toBe(201);
}

async function simulate(body: object): Promise<Answer['body']> {
  const { status, body: first } = await send('/api/plan-simulations', { body });
  expect([status, first.code]).toEqual([202, null]);
  begun.push(first.reportId as string);
  const read = () => send(`/api/plan-simulations/${first.reportId as string}`);
  await waitFor(async () => !['waiting', 'running'].includes((await read()).body.status as string), 20_000);
  return (await read()).body;
}

beforeAll(async () => {
  await consortium.start();
  await patient.register();
  await patient.checkIn('GammaMSP', 'GammaMSP', ['cover']);
  await claims.treat(20);
  expect((await coverage.begin(published)).status).toBe(201);
  await bill('visit', { charge: 10_000 });
  await bill('first test', { code: spirometry, charge: 42_000 });
  await bill('by a person', { charge: 600_000 });
  await decide('by a person', { decisions: [{ line: 1, reason: 'own-rule', decision: 'clear' }] });
  await bill('second test', { code: examination, charge: 35_000 });
  await bill('overridden', { charge: 10_000 });
  await decide('overridden', { overrides: [{ line: 1, benefit: 10_000, why: 'Goodwill' }] });
  await bill('taken back', { code: spirometry, charge: 42_000 });
  await claims.bill([], { related: { claimId: idOf('taken back') as never, relationship: 'reversal' } });
  await untilDecided(made['taken back'] as TestClaim, 2);
  await bill('third test', { code: spirometry, charge: 42_000 });
  await bill('check-up', { code: '185349003', charge: 8_000 });
  // What was decided is with hospital and patient.
  await waitFor(async () => (await gamma().store.outbox.list()).length === 0, 20_000);
  await consortium.untilFollowing();
}, 120_000);

afterEach(async () => {
  for (const reportId of begun.splice(0)) await send(`/api/plan-simulations/${reportId}`, { method: 'DELETE' });
});

afterAll(async () => {
  await consortium.stop();
});

describe('a simulation of a draft', () => {
  it('comes to what a hand works out, before and after, and writes nothing to the ledger', async () => {
    const { length } = consortium.ledger.blocks;
    const simulation = await simulate({ plan: draft, period });
    expect(simulation).toMatchObject({
      status: 'done',
      plan: { planId: 'demonstration', version: 2, currency: 'USD' },
      period,
      claims: { rerun: 4, differing: 3, reversed: 1 },
      uncounted: [],
    });
    // Visit 100.00 - 25.00; tests 0.00 (420.00 deductible), 350.00 - 80.00 - 54.00 and 420.00 - 84.00.
    expect(simulation.before).toEqual({
      ...{ submitted: 129_000, benefit: 7_500 + 0 + 21_600 + 33_600, patient: 2_500 + 42_000 + 13_400 + 8_400, pending: 0 },
      categories: [
        { category: 'diagnostics', lines: 3, benefit: 55_200, patient: 63_800 },
        { category: 'visits', lines: 1, benefit: 7_500, patient: 2_500 },
      ],
      reasons: [
        { reason: 'coinsurance', lines: 2, amount: 5_400 + 8_400 },
        { reason: 'copay', lines: 1, amount: 2_500 },
        { reason: 'deductible', lines: 2, amount: 50_000 },
      ],
    });
    // Visit 100.00 - 30.00; tests 420.00 - 200.00 - 44.00, 350.00 - 70.00 and 420.00 - 84.00.
    expect(simulation.after).toEqual({
      ...{ submitted: 129_000, benefit: 7_000 + 17_600 + 28_000 + 33_600, patient: 3_000 + 24_400 + 7_000 + 8_400, pending: 0 },
      categories: [
        { category: 'diagnostics', lines: 3, benefit: 79_200, patient: 39_800 },
        { category: 'visits', lines: 1, benefit: 7_000, patient: 3_000 },
      ],
      reasons: [
        { reason: 'coinsurance', lines: 3, amount: 4_400 + 7_000 + 8_400 },
        { reason: 'copay', lines: 1, amount: 3_000 },
        { reason: 'deductible', lines: 1, amount: 20_000 },
      ],
    });
    expect(consortium.ledger.blocks.length).toBe(length);
  });

  it('guesses nothing of what a person decided, paid beside the rule, or nobody asked for then', async () => {
    const { apart, reportId } = await simulate({ plan: draft, period });
    expect(apart).toEqual([
      { reason: 'by-person', claims: 1, paid: 597_500 },
      { reason: 'evidence-not-asked', claims: 1, paid: 8_000 },
      { reason: 'overridden', claims: 1, paid: 10_000 },
    ]);
    const { body } = await send(`/api/plan-simulations/${reportId as string}/claims?list=apart`);
    expect(body).toMatchObject({
      claims: [
        { claimId: idOf('by a person'), reason: 'by-person', paid: 597_500 },
        { claimId: idOf('overridden'), reason: 'overridden', paid: 10_000 },
        { claimId: idOf('check-up'), reason: 'evidence-not-asked', paid: 8_000 },
      ],
      next: null,
    });
  });

  it('lists the claims that differ, page by page, with the amounts and reasons of both', async () => {
    const { reportId } = await simulate({ plan: draft, period });
    const seen: object[] = [];
    for (let next: number | null = 0; next !== null;) {
      const { body }: Answer = await send(`/api/plan-simulations/${reportId as string}/claims?count=2&cursor=${String(next)}`);
      expect(body.claims.length).toBeLessThanOrEqual(2);
      seen.push(...(body.claims as object[]));
      next = body.next as number | null;
    }
    const named = { relationRef: patient.relationRef, hospital: 'AlphaMSP' };
    expect(seen).toEqual([
      expect.objectContaining({ ...named, claimId: idOf('visit') }),
      {
        ...{ ...named, claimId: idOf('first test') },
        before: { outcome: 'complete', benefit: 0, patient: 42_000, pending: 0 },
        after: { outcome: 'complete', benefit: 17_600, patient: 24_400, pending: 0 },
        lines: [
          {
            line: 1,
            before: { outcome: 'paid', benefit: 0, patient: 42_000, pending: 0, reasons: [{ reason: 'deductible', amount: 42_000 }] },
            after: {
              ...{ outcome: 'paid', benefit: 17_600, patient: 24_400, pending: 0 },
              reasons: [
                { reason: 'deductible', amount: 20_000 },
                { reason: 'coinsurance', amount: 4_400 },
              ],
            },
          },
        ],
      },
      expect.objectContaining({ ...named, claimId: idOf('second test') }),
    ]);
    const written = gamma().store.audit.list({ names: [['event', 'search']] }, { most: 100 });
    expect(written.map(({ text }) => JSON.parse(text) as object)).toContainEqual(
      expect.objectContaining({ route: 'get /api/plan-simulations/{reportId}/claims', relation: patient.relationRef }),
    );
  });

  it('changes nothing where the draft is the plan itself, and finds nothing where nothing was decided', async () => {
    const same = await simulate({ plan: { ...published, version: 2 }, period });
    expect(same).toMatchObject({
      claims: { rerun: 5, differing: 0, reversed: 1 },
      apart: [{ reason: 'by-person' }, { reason: 'overridden' }],
    });
    expect(same.after).toEqual(same.before);
    const none = await simulate({ plan: draft, period: { from: dayFromNow(-40), until: dayFromNow(-10) } });
    expect(none).toMatchObject({ claims: { rerun: 0, differing: 0, reversed: 0 }, apart: [], before: { benefit: 0 } });
  });

  it('says of which parts of the draft it does not know what was used before', async () => {
    const more = { id: 'two-tests', services: { categories: ['diagnostics'] }, per: 'year', maximum: 2, over: 'deny' };
    const { uncounted, after } = await simulate({ plan: { ...draft, quantities: [more] }, period });
    expect(uncounted).toEqual(['quantities/two-tests']);
    // The third test is one too many.
    expect(after.benefit).toBe(7_000 + 17_600 + 28_000);
  });

  it('is refused for what is no plan, of no plan of this insurer, and for no period', async () => {
    const answers = await Promise.all(
      [
        { plan: { ...draft, deductible: -1 }, period },
        { plan: draft, period: { from: period.until, until: period.from } },
        { plan: draft, period: { from: '2020-01-01', until: '2026-01-01' } },
        { plan: { ...draft, planId: 'another' }, period },
      ].map((body) => send('/api/plan-simulations', { body })),
    );
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [400, 'REQUEST_INVALID'],
      [400, 'REQUEST_INVALID'],
      [400, 'REQUEST_INVALID'],
      [404, 'RESOURCE_NOT_FOUND'],
    ]);
    expect(JSON.stringify(answers[0]?.body)).toContain('deductible');
  });

  it("is its owner's, who may have five, and is forgotten when she says so", async () => {
    const who = 'clerk-9';
    const { body } = await send('/api/plan-simulations', { who, body: { plan: draft, period } });
    const path = `/api/plan-simulations/${body.reportId as string}`;
    for (const other of [path, `${path}/claims`]) expect((await send(other)).status).toBe(404);
    expect((await send(path, { method: 'DELETE' })).status).toBe(404);
    for (let more = 0; more < 4; more += 1) await send('/api/plan-simulations', { who, body: { plan: draft, period } });
    const sixth = await send('/api/plan-simulations', { who, body: { plan: draft, period } });
    expect([sixth.status, sixth.body.code]).toEqual([429, 'REQUESTS_TOO_MANY']);
    expect((await send(path, { who, method: 'DELETE' })).status).toBe(204);
    for (const gone of [path, `${path}/claims`]) expect((await send(gone, { who })).status).toBe(404);
    expect((await send('/api/plan-simulations', { who, body: { plan: draft, period } })).status).toBe(202);
  });
});
