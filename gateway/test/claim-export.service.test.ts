import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { newError } from '../src/problem';
import { findCanaries, readFolder } from './support/find-canaries';
import { TestClaims, type TestClaim } from './support/test-claims';
import { TestConsortium, waitFor, type Answer } from './support/test-consortium';
import { newPlan, TestCoverage } from './support/test-coverage';
import { TestPatient } from './support/test-patient';

jest.setTimeout(60_000);

const consortium = new TestConsortium();
const patient = new TestPatient(consortium, 'AlphaMSP');
const coverage = new TestCoverage(patient);
const claims = new TestClaims(consortium, coverage);
/** A spreadsheet would reckon with it. */
const formula = '=HYPERLINK("http://cnry-5d20.example";"x")';
const made: TestClaim[] = [];
const gamma = () => consortium.gateway('GammaMSP');

beforeAll(async () => {
  await consortium.start();
  await patient.register();
  await patient.checkIn('GammaMSP', 'GammaMSP', ['cover']);
  await claims.treat(8);
  expect((await coverage.begin(newPlan({ quantities: [], evidence: [] }))).status).toBe(201);
  await consortium.untilFollowing();
  for (let at = 0; at < 6; at += 1) made.push(await claims.bill([{ records: [at], day: `2026-01-1${String(at)}`, charge: 10_000 + at }]));
  made.push(await claims.bill([{ records: [6], code: formula, charge: 99 }]));
  // Its body never comes.
  made.push(await claims.submit([{ records: [7] }]));
  const { claims: list } = gamma().store.facts;
  await waitFor(() => list.list({ statuses: ['submitted', 'received'] }, { order: 'submittedAt', most: 10 }).claims.length === 1, 30_000);
  await waitFor(() => list.listUnopened().length === 1, 30_000);
}, 90_000);

afterAll(async () => {
  await consortium.stop();
});

async function send(path: string, { who = 'clerk-1', ...more }: { who?: string; method?: string; body?: object } = {}): Promise<Answer> {
  return gamma().send(path, { token: await gamma().token('insurer-clerk', who), key: randomUUID(), ...more });
}

const pathOf = (url: string): string => new URL(url).pathname;

async function begin(body: object): Promise<string> {
  const { status, headers } = await send('/api/claim-exports', { body });
  expect(status).toBe(202);
  return pathOf(headers.get('content-location') ?? '');
}

async function untilDone(job: string): Promise<Answer> {
  let answer = await send(job);
  await waitFor(async () => {
    answer = await send(job);
    return answer.status !== 202;
  }, 20_000);
  expect([answer.status, answer.body.error]).toEqual([200, []]);
  return answer;
}

/** The one file of an export. */
async function read(body: object): Promise<Answer> {
  const { body: manifest } = await untilDone(await begin(body));
  expect(manifest.output).toHaveLength(1);
  return send(pathOf(manifest.output[0].url));
}

async function clear(): Promise<void> {
  const folder = join(gamma().data, 'claim-exports');
  for (const id of readdirSync(folder)) await send(`/api/claim-exports/${id}`, { method: 'DELETE' });
  expect(readdirSync(folder)).toEqual([]);
}

/** A spreadsheet's reading of RFC 4180, quotes and line ends inside of them included. */
function parseCsv(text: string): string[][] {
  const fields = [...text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)];
  const rows: string[][] = [[]];
  for (const [, quoted, plain = '', end] of fields) {
    rows.at(-1)?.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === '\r\n') rows.push([]);
  }
  return rows.slice(0, -1);
}

const unguarded = (id: string | undefined): string => (id ?? '').replace(/^'/, '');

describe('an export of claims', () => {
  afterEach(clear);

  it('as CSV has a row for each, by the time of submission, and no text that a spreadsheet reckons with', async () => {
    const { text, headers } = await read({ format: 'csv' });
    expect(headers.get('content-type')).toBe('text/csv; header=present; charset=utf-8');
    const [head = [], ...rows] = parseCsv(text);
    const found = rows.map((row) => Object.fromEntries(head.map((name, at) => [name, row[at] ?? ''])));
    expect(found.map(({ claim }) => unguarded(claim))).toEqual(made.map(({ claimId }) => claimId));
    expect(found[0]).toMatchObject({ use: 'claim', hospital: 'AlphaMSP', currency: 'USD', charged: '100.00', services: '185345009' });
    expect(unguarded(found[0]?.coverage)).toBe(coverage.coverageId);
    for (const row of found.slice(0, 6)) {
      const { claimId } = made.find((one) => one.claimId === unguarded(row.claim)) ?? { claimId: '' };
      const { body } = await send(`/api/adjudications/${patient.relationRef}/${claimId}`);
      expect([row.paid, row.status]).toEqual([(body.document.decided.result.totals.benefit / 100).toFixed(2), 'complete']);
    }
    expect(found[6]).toMatchObject({ charged: '0.99', services: `'${formula}` });
    expect(found[0]?.paid).not.toBe('0.00');
    // What cannot be opened is empty.
    expect(found[7]).toMatchObject({ status: 'submitted', charged: '', currency: '', paid: '', services: '' });
  });

  it('as FHIR is a Bundle of what /fhir/claims shows of each, in the same bytes', async () => {
    const { text, headers } = await read({ format: 'fhir', from: '2026-01-01T00:00:00.000Z' });
    expect(headers.get('content-type')).toBe('application/fhir+json; charset=utf-8');
    const { resourceType, type, entry } = JSON.parse(text);
    expect([resourceType, type, entry.length]).toEqual(['Bundle', 'collection', 2 * made.length]);
    for (const { fullUrl, resource } of entry) {
      expect(pathOf(fullUrl)).toBe(`/fhir/claims/${String(resource.resourceType)}/${String(resource.id)}`);
      const shown = await send(pathOf(fullUrl));
      expect(shown.status).toBe(200);
      expect(text).toContain(shown.text);
    }
  });

  it('is narrowed as a search is', async () => {
    const countOf = async (conditions: object): Promise<number> => {
      const { body } = await untilDone(await begin({ format: 'csv', ...conditions }));
      return body.output.reduce((sum: number, { count }: { count: number }) => sum + count, 0);
    };
    expect(await countOf({ status: 'submitted' })).toBe(1);
    expect(await countOf({ currency: 'USD', minAmount: 10_001, maxAmount: 10_003 })).toBe(3);
    expect(await countOf({ service: formula })).toBe(1);
    expect(await countOf({ hospital: 'BetaMSP' })).toBe(0);
    const { status, body } = await send('/api/claim-exports', { body: { format: 'csv', minAmount: 1 } });
    expect([status, body.code]).toEqual([400, 'REQUEST_INVALID']);
    expect((await send('/api/claim-exports', { body: { format: 'xlsx' } })).status).toBe(400);
  });

  it('tells how far it is, and waits for a ledger that is away', async () => {
    const { facts } = gamma().store;
    const list = facts.claims.list.bind(facts.claims);
    let pages = 0;
    const spy = jest.spyOn(facts.claims, 'list').mockImplementation((query, page) => {
      pages += 1;
      if (pages > 1) throw newError('LEDGER_UNAVAILABLE', 'as if the peer were down');
      return list(query, { ...page, most: 3 });
    });
    const job = await begin({ format: 'csv' });
    await waitFor(async () => /^3 claims, submitted until \d{4}-.*Z$/.test((await send(job)).headers.get('x-progress') ?? ''), 10_000);
    spy.mockRestore();
    const { body } = await untilDone(job);
    expect(body.output.map(({ count }: { count: number }) => count)).toEqual([made.length]);
  });

  it('is of the clerk who began it, and written down with each claim that she was shown', async () => {
    const job = await begin({ format: 'csv' });
    const { body } = await untilDone(job);
    const file = pathOf(body.output[0].url);
    for (const path of [job, file]) expect((await send(path, { who: 'clerk-2' })).status).toBe(404);
    await send(file);
    const written = gamma().store.audit.list({ names: [['event', 'export']] }, { most: 1, newestFirst: true });
    const entry = JSON.parse(written[0]?.text ?? '{}');
    expect(entry).toMatchObject({ route: 'get /api/claim-exports/{exportId}/{file}', relation: patient.relationRef, status: 200 });
    for (const { claimId } of made) expect(JSON.stringify(entry)).toContain(`Claim/${claimId.replaceAll('_', '.')}`);
    for (const role of ['records', 'auditor', 'operator'])
      expect((await gamma().send('/api/claim-exports', { token: await gamma().token(role), body: { format: 'csv' } })).status).toBe(403);
  });

  it('stands on disk in no readable form', async () => {
    await untilDone(await begin({ format: 'csv' }));
    const files = [...readFolder(join(gamma().data, 'claim-exports'))];
    expect(files.length).toBeGreaterThan(1);
    expect(findCanaries(['cnry-5d20', 'submitted', made[0]?.claimId ?? ''], files)).toEqual([]);
  });
});
