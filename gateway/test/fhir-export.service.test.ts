import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { newError } from '../src/problem';
import { findCanaries, readFolder } from './support/find-canaries';
import { expectOutcome, newFhirDoor, type SentFhir } from './support/fhir-door';
import { TestConsortium, waitFor, type Answer, type TestGateway } from './support/test-consortium';
import { TestPatient } from './support/test-patient';

const consortium = new TestConsortium();
const ada = new TestPatient(consortium, 'AlphaMSP');
let gateway: TestGateway;
const fhir = newFhirDoor(() => gateway);
const canary = 'cnry-export-5d1f';
const async = { headers: { prefer: 'respond-async' } };

beforeAll(async () => {
  await consortium.start();
  gateway = consortium.gateway('AlphaMSP');
  await ada.register();
  await fhir('PUT', '/Patient/ada', { body: { resourceType: 'Patient', id: 'ada' }, headers: { 'medaccord-subject': ada.subjectRef } });
  for (let at = 0; at < 60; at += 20)
    await Promise.all(
      Array.from({ length: 20 }, (_, more) =>
        put({ resourceType: 'Location', id: `l${String(at + more)}`, name: `${canary}-${String(at + more)}` }),
      ),
    );
  await put({ resourceType: 'Basic', id: 'b', code: { text: canary }, subject: { reference: 'Patient/ada' } });
  await put({ resourceType: 'Basic', id: 'of-nobody', code: { text: 'x' } });
  await put({ resourceType: 'Organization', id: 'o', name: canary });
}, 60_000);

afterAll(async () => {
  await consortium.stop();
});

async function put(body: { readonly resourceType: string; readonly id: string; readonly [name: string]: unknown }): Promise<void> {
  expect((await fhir('PUT', `/${body.resourceType}/${body.id}`, { body })).status).toBe(201);
}

const begin = async (path: string, sent: SentFhir = async): Promise<string> => {
  const { status, headers } = await fhir('GET', path, sent);
  expect(status).toBe(202);
  return new URL(headers.get('content-location') ?? '').pathname.replace('/fhir', '');
};

async function untilDone(job: string): Promise<Answer> {
  let answer = await fhir('GET', job);
  await waitFor(async () => {
    answer = await fhir('GET', job);
    return answer.status !== 202;
  }, 10_000);
  expect(answer.status).toBe(200);
  return answer;
}

/** Every resource of an export, by its reference, as its line stands. */
async function read(manifest: Answer): Promise<Map<string, string>> {
  const lines = new Map<string, string>();
  for (const { type, url, count } of manifest.body.output) {
    const file = await fhir('GET', new URL(url).pathname.replace('/fhir', ''), { headers: { accept: 'application/fhir+ndjson' } });
    expect(file.headers.get('content-type')).toBe('application/fhir+ndjson; charset=utf-8');
    const found = file.text.trimEnd().split('\n');
    expect(found).toHaveLength(count);
    for (const line of found) {
      const { resourceType, id } = JSON.parse(line);
      expect([resourceType, lines.has(`${type}/${id}`)]).toEqual([type, false]);
      lines.set(`${type}/${id}`, line);
    }
  }
  return lines;
}

describe('an export', () => {
  it('goes on by itself, tells how far it is, and ends with files that hold every resource as it is read', async () => {
    const job = await begin('/$export?_outputFormat=ndjson');
    const manifest = await untilDone(job);
    expect(manifest.body).toMatchObject({
      request: `${gateway.url}/fhir/$export?_outputFormat=ndjson`,
      requiresAccessToken: true,
      error: [],
    });
    expect(manifest.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(Date.parse(manifest.headers.get('expires') ?? '')).toBeGreaterThan(Date.now());
    const lines = await read(manifest);
    expect(lines.size).toBe(64);
    for (const reference of ['Location/l7', 'Patient/ada', 'Basic/b', 'Organization/o'])
      expect(lines.get(reference)).toBe((await fhir('GET', `/${reference}`)).text);
    expect(Date.parse(manifest.body.transactionTime)).toBeLessThan(Date.now());
  }, 20_000);

  it('is narrowed by type, by time and to the Patient compartment', async () => {
    const keysOf = async (path: string): Promise<string[]> => [...(await read(await untilDone(await begin(path)))).keys()].sort();
    expect(await keysOf('/Patient/$export')).toEqual(['Basic/b', 'Patient/ada']);
    expect(await keysOf('/$export?_type=Organization,Patient')).toEqual(['Organization/o', 'Patient/ada']);
    const { meta } = (await fhir('GET', '/Organization/o')).body;
    const since = `/$export?_since=${String(meta.lastUpdated)}`;
    expect(await keysOf(since)).toEqual(['Organization/o']);
    await fhir('DELETE', '/Location/l59');
    const { body } = await untilDone(await begin(since));
    expect(body.deleted).toMatchObject([{ type: 'Bundle', count: 1 }]);
    const deleted = await fhir('GET', new URL(body.deleted[0].url).pathname.replace('/fhir', ''));
    expect(JSON.parse(deleted.text)).toEqual({
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [{ request: { method: 'DELETE', url: 'Location/l59' } }],
    });
    await clear();
  }, 20_000);

  it('is refused when it is not asked for as one, or asks for what is not done', async () => {
    expectOutcome(await fhir('GET', '/$export'), 400, 'REQUEST_INVALID');
    expectOutcome(await fhir('GET', '/$export?_type=Canary', async), 400, 'REQUEST_INVALID');
    expectOutcome(await fhir('GET', '/Patient/$export?_type=Location', async), 400, 'REQUEST_INVALID');
    expectOutcome(await fhir('GET', '/$export?_outputFormat=parquet', async), 400, 'REQUEST_INVALID');
    expectOutcome(await fhir('GET', '/$export?_elements=id', async), 400, 'SEARCH_PARAMETER_UNKNOWN');
    expect(
      (await fhir('GET', '/$export?_elements=id&_type=Basic', { headers: { prefer: 'respond-async, handling=lenient' } })).status,
    ).toBe(202);
    expectOutcome(await fhir('GET', '/$export', { ...async, role: 'physician' }), 403, 'ROLE_NOT_ALLOWED');
    await clear();
  });

  it('is of whoever began it: for another it is not there', async () => {
    const job = await begin('/$export?_type=Organization');
    const { body } = await untilDone(job);
    const token = await gateway.token('records', 'somebody-else');
    for (const path of [`/fhir${job}`, new URL(body.output[0].url).pathname]) {
      expect((await gateway.send(path, { token })).status).toBe(404);
      expect((await gateway.send(path, { token, method: 'DELETE' })).status).toBe(path.endsWith('/1') ? 405 : 404);
      expect((await gateway.send(path)).status).toBe(401);
    }
    expect((await fhir('GET', job)).status).toBe(200);
    await clear();
  });

  it('stands on disk in no readable form, and is gone when it is deleted', async () => {
    const job = await begin('/$export');
    await untilDone(job);
    const folder = join(gateway.data, 'exports');
    const files = [...readFolder(folder)];
    expect(files.length).toBeGreaterThan(4);
    expect(findCanaries([canary, 'Location', 'resourceType'], files)).toEqual([]);
    expect(statSync(folder).mode & 0o077).toBe(0);
    expect((await fhir('DELETE', job)).status).toBe(202);
    expectOutcome(await fhir('GET', job), 404, 'RESOURCE_NOT_FOUND');
    expectOutcome(await fhir('GET', `${job}/1`), 404, 'RESOURCE_NOT_FOUND');
    expect(readdirSync(folder)).not.toContain(job.split('/').at(-1));
  });

  it('goes on after a crash where it was, and keeps what it had written', async () => {
    const list = gateway.store.resources.list.bind(gateway.store.resources);
    const spy = jest.spyOn(gateway.store.resources, 'list').mockImplementation((query, page) => {
      if (query.type === 'Organization') throw newError('LEDGER_UNAVAILABLE', 'as if the peer were down');
      return list(query, page);
    });
    const job = await begin('/$export?_type=Location,Organization');
    await waitFor(async () => (await fhir('GET', job)).headers.get('x-progress') === '59 resources, 1 of 2 types', 10_000);
    const written = join(gateway.data, 'exports', job.split('/').at(-1) ?? '', '1');
    const before = statSync(written);
    gateway = await consortium.crashAndRestart(gateway);
    spy.mockRestore();
    const manifest = await untilDone(job);
    expect((await read(manifest)).size).toBe(60);
    expect([statSync(written).ino, statSync(written).mtimeMs]).toEqual([before.ino, before.mtimeMs]);
    await clear();
  }, 20_000);
});

/** Deletes all exports, so that a later test has room. */
async function clear(): Promise<void> {
  const folder = join(gateway.data, 'exports');
  for (const id of readdirSync(folder)) await fhir('DELETE', `/$export/${id}`);
  expect(readdirSync(folder)).toEqual([]);
}
