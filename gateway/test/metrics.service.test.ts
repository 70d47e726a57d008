import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadService } from '../src/config';
import { TestConsortium, type TestGateway } from './support/test-consortium';
import { ask, newBundle, TestPatient } from './support/test-patient';

const canary = 'CANARY-51C0';
const consortium = new TestConsortium();
const patient = new TestPatient(consortium, 'AlphaMSP');
let gateway: TestGateway;
let beta: TestGateway;

beforeAll(async () => {
  await consortium.start();
  gateway = consortium.gateway('AlphaMSP');
  beta = consortium.gateway('BetaMSP');
  await patient.register({ name: canary, birthDate: '1970-01-01' });
  expect((await patient.import(newBundle(3, canary))).status).toBe(201);
  await patient.checkIn('BetaMSP');
  await patient.consent('BetaMSP', ['laboratory']);
  expect((await ask(beta, patient.relationRef, ['laboratory'])).body.status).toBe('released');
  expect((await ask(beta, patient.relationRef, ['imaging'])).body.status).toBe('refused');
}, 30_000);

afterAll(async () => {
  await consortium.stop();
});

const read = async (from: TestGateway): Promise<string> => {
  const { status, headers, text } = await from.send('/metrics');
  expect([status, headers.get('content-type')]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
  return text;
};
/** Series of a scrape: name, labels and value. */
const parse = (text: string): { name: string; labels: Record<string, string>; value: number }[] =>
  text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name = '', labels = '', value = ''] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
      return {
        name,
        labels: Object.fromEntries([...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', one = '']) => [key, one])),
        value: Number(value.replace('Inf', 'Infinity')),
      };
    });
const valueOf = (text: string, name: string, labels: Record<string, string> = {}): number | undefined =>
  parse(text).find((one) => one.name === name && Object.entries(labels).every(([key, value]) => one.labels[key] === value))?.value;

describe('/metrics', () => {
  it('tells of requests, of the ways of transactions, of the read model and of the agent', async () => {
    const text = await read(gateway);
    const own = 'medaccord_gateway_';
    const imports = { route: '/api/imports', method: 'POST', status: '201' };
    expect(valueOf(text, `${own}http_request_duration_count`, imports)).toBe(1);
    const anchored = { step: 'endorse', transaction: 'AnchorRecords', success: 'true' };
    expect(valueOf(text, `${own}ledger_step_duration_count`, anchored)).toBeGreaterThan(0);
    expect(valueOf(text, `${own}ledger_transaction_count`, { validation_code: 'VALID' })).toBeGreaterThan(3);
    expect(valueOf(text, `${own}projection_height`)).toBe(gateway.store.facts.height);
    expect(valueOf(text, `${own}projection_block_duration_count`)).toBeGreaterThan(3);
    expect(valueOf(text, `${own}projection_proof_age`)).toBeLessThan(15);
    for (const outcome of ['released', 'refused']) expect(valueOf(text, `${own}agent_request_duration_count`, { outcome })).toBe(1);
    for (const name of ['agent_requests_waiting', 'ledger_intents_open', 'projection_lag']) expect(valueOf(text, own + name)).toBe(0);
    expect(valueOf(text, `${own}http_requests`, { lane: 'reads', state: 'busy' })).toBe(0);
    expect(valueOf(text, 'nodejs_eventloop_lag_p99_seconds')).toBeGreaterThan(0);
    expect(valueOf(text, 'process_resident_memory_bytes')).toBeGreaterThan(0);
  });

  it('has every series that dashboards and alerts ask for', async () => {
    const text = await read(gateway);
    const types = new Map([...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name = '', type = '']) => [name, type]));
    const exported = JSON.parse(readFileSync(join(__dirname, '../../network/test/fixtures/exported-metrics.json'), 'utf8')) as {
      readonly gateway: Readonly<Record<string, readonly [type: string, ...labels: string[]]>>;
    };
    for (const [name, [type]] of Object.entries(exported.gateway)) expect([name, types.get(name)]).toEqual([name, type]);
    const own = [...types.keys()].filter((name) => name.startsWith('medaccord_'));
    expect(own.filter((name) => exported.gateway[name] === undefined)).toEqual([]);
  });

  it('counts conflicts with others, and outcomes that had to be looked for', async () => {
    const count = async (code: string): Promise<number> =>
      valueOf(await read(beta), 'medaccord_gateway_ledger_transaction_count', { validation_code: code }) ?? 0;
    const resent = async (): Promise<number> => valueOf(await read(beta), 'medaccord_gateway_ledger_resubmissions') ?? 0;
    const before = [await count('MVCC_READ_CONFLICT'), await resent()];
    beta.carrier.faults.codes.push(11);
    await ask(beta, patient.relationRef, ['imaging']);
    beta.carrier.faults.loseSends = 1;
    await ask(beta, patient.relationRef, ['imaging']);
    expect(await count('MVCC_READ_CONFLICT')).toBe((before[0] ?? 0) + 1);
    expect(await resent()).toBeGreaterThan(before[1] ?? 0);
  });

  it('has labels from tables alone: nothing of a person, and no more series whatever callers make up', async () => {
    const token = await gateway.token('records', canary);
    const call = async (at: number): Promise<void> => {
      const id = `${canary}-${String(at)}`;
      await gateway.send(`/${id}`, { token });
      await gateway.send(`/fhir/Observation/${id}`, { token });
      await gateway.send(`/api/records/${id}?${id}=${id}`, { token, method: 'POST', key: id, body: { [id]: id } });
      await gateway.send('/api/access-requests', {
        token: await gateway.token('physician', id),
        key: randomUUID(),
        body: { relationRef: id },
      });
      await gateway.send('/readyz', { method: ['SEARCH', 'PROPFIND', 'LOCK', 'MKCOL'][at % 4] ?? 'LOCK' });
    };
    await call(0);
    const series = parse(await read(gateway)).length;
    for (let at = 1; at <= 20; at += 1) await call(at);
    const text = await read(gateway);
    expect(parse(text).length - series).toBeLessThanOrEqual(0);
    for (const secret of [canary, patient.subjectRef, patient.relationRef, 'Family', 'glucose']) expect(text).not.toContain(secret);
    const routes = new Set(['(none)', ...gateway.app.routes.map(({ path }) => path)]);
    for (const { name, labels } of parse(text)) {
      expect(name).toMatch(/^(medaccord_gateway|process|nodejs)_[a-z0-9_]+$/);
      if (labels['route'] !== undefined) expect(routes).toContain(labels['route']);
    }
  });

  it('is not there for whoever comes through a proxy, or from an address that is not configured', async () => {
    for (const header of ['x-forwarded-for', 'forwarded', 'via']) {
      const { status, body } = await gateway.send('/metrics', { headers: { [header]: '10.0.0.1' } });
      expect([status, body.code]).toEqual([404, 'ROUTE_NOT_FOUND']);
    }
    const other = new TestConsortium();
    await other.start({ service: { ...loadService({ MEDACCORD_METRICS_FROM: '10.0.0.0/8,fd00::/8' }, []) } });
    expect((await other.gateway('AlphaMSP').send('/metrics')).status).toBe(404);
    await other.stop();
  });
});
