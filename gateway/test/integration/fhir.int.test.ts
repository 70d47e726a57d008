import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'fhir-kit-client';
import type { RunningGateway } from '../support/running-network';
import { RunningNetwork } from '../support/running-network';
import { TestPatient } from '../support/test-patient';
import { OwnGateway } from './support/own-gateway';

// The client's answers are loosely typed: the test says what it expects.
/* eslint-disable @typescript-eslint/no-explicit-any */

// Its own types bring those of a browser with them, which change what a Node program may write.
const smart = jest.requireActual<(...args: readonly unknown[]) => any>('fhirclient');

let network: RunningNetwork;
let gateway: RunningGateway;
let client: Client;
let headers: { 'medaccord-subject': string };

beforeAll(async () => {
  network = await RunningNetwork.start();
  gateway = network.gateway(network.membersOf('hospital')[0] ?? '');
  const patient = new TestPatient(network, gateway.mspId);
  expect((await patient.register()).status).toBe(201);
  headers = { 'medaccord-subject': patient.subjectRef };
  client = new Client({ baseUrl: `${gateway.url}/fhir`, bearerToken: await gateway.token('records') });
}, 90_000);

afterAll(async () => {
  await network.stop();
  network.remove();
}, 60_000);

const observationOf = (patientId: string, at: number): any => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'glucose' },
  subject: { reference: `Patient/${patientId}` },
  identifier: [{ system: 'urn:lab', value: String(at) }],
});

describe('fhir-kit-client on a running gateway', () => {
  it('learns what the service does, creates, reads, updates, lists versions and deletes', async () => {
    expect(await client.capabilityStatement()).toMatchObject({ resourceType: 'CapabilityStatement', fhirVersion: '4.0.1' });
    const made: any = await client.create({ resourceType: 'Location', body: { resourceType: 'Location', name: 'a' } });
    expect(made).toMatchObject({ name: 'a', meta: { versionId: '1' } });
    const { id } = made;
    expect(await client.read({ resourceType: 'Location', id })).toEqual(made);
    const updated: any = await client.update({
      resourceType: 'Location',
      id,
      body: { ...made, name: 'b' },
      options: { headers: { 'if-match': 'W/"1"' } },
    });
    expect(updated.meta.versionId).toBe('2');
    expect(await client.vread({ resourceType: 'Location', id, version: '1' })).toEqual(made);
    const history: any = await client.history({ resourceType: 'Location', id });
    expect(history.entry.map((one: any) => one.resource.name)).toEqual(['b', 'a']);
    await client.delete({ resourceType: 'Location', id });
    await expect(client.read({ resourceType: 'Location', id })).rejects.toMatchObject({
      response: { status: 410, data: { resourceType: 'OperationOutcome' } },
    });
  }, 60_000);

  it('creates a patient and her records in a transaction, once, and finds them page by page', async () => {
    const fullUrl = 'urn:uuid:6ba7b810-9dad-11d1-80b4-00c04fd430c8';
    const request = { method: 'POST', url: 'Patient', ifNoneExist: 'identifier=urn:mrn|1' };
    const patient = { resourceType: 'Patient', identifier: [{ system: 'urn:mrn', value: '1' }] };
    const entry = [
      { fullUrl, resource: patient, request },
      ...Array.from({ length: 5 }, (_, at) => ({
        resource: { ...observationOf('', at), subject: { reference: fullUrl } },
        request: { method: 'POST', url: 'Observation', ifNoneExist: `identifier=urn:lab|${String(at)}` },
      })),
    ];
    const body: any = { resourceType: 'Bundle', type: 'transaction', entry };
    const done: any = await client.transaction({ body, options: { headers } });
    const again: any = await client.transaction({ body, options: { headers } });
    const placesOf = (bundle: any): string[] => bundle.entry.map((one: any) => one.response.location);
    expect([done.type, placesOf(again)]).toEqual(['transaction-response', placesOf(done)]);
    const found: any = await client.search({ resourceType: 'Patient', searchParams: { identifier: 'urn:mrn|1' } });
    const { id } = found.entry[0].resource;
    let page: any = await client.search({ resourceType: 'Observation', searchParams: { patient: id, _count: 2 } });
    const values: string[] = [];
    while (page !== undefined) {
      values.push(...page.entry.map((one: any) => one.resource.identifier[0].value));
      page = await client.nextPage({ bundle: page });
    }
    expect(values).toEqual(['0', '1', '2', '3', '4']);
    const conditional: any = await client.create({
      resourceType: 'Observation',
      body: observationOf(id, 3),
      options: { headers: { 'if-none-exist': 'identifier=urn:lab|3' } },
    });
    expect(conditional.meta.versionId).toBe('1');
    const posted: any = await client.search({
      resourceType: 'Observation',
      searchParams: { patient: id },
      options: { postSearch: true },
    });
    expect(posted.entry).toHaveLength(5);
  }, 60_000);
});

describe('fhirclient on a running gateway', () => {
  /** As an app's server makes it once its user has signed in; there is no request whose session it would keep. */
  const connect = async (): Promise<any> => {
    const noRequest = { headers: {}, url: '/' };
    const noStorage = {
      get: () => Promise.resolve(undefined),
      set: (_key: string, value: unknown) => Promise.resolve(value),
      unset: () => Promise.resolve(true),
    };
    const app = smart(noRequest, {}, noStorage);
    return app.client({ serverUrl: `${gateway.url}/fhir`, tokenResponse: { access_token: await gateway.token('records') } });
  };

  it('creates once by condition, reads, updates, patches, lists versions and deletes', async () => {
    const app = await connect();
    const place = { resourceType: 'Location', name: 'a', identifier: [{ system: 'urn:place', value: 'js' }] };
    const once = { headers: { 'if-none-exist': 'identifier=urn:place|js' } };
    const made = await app.create(place, once);
    expect(await app.create(place, once)).toEqual(made);
    expect(await app.request(`Location/${made.id}`)).toEqual(made);
    const updated = await app.update({ ...made, name: 'b' }, { headers: { 'if-match': 'W/"1"' } });
    const patched = await app.patch(`Location/${made.id}`, [{ op: 'replace', path: '/name', value: 'c' }]);
    expect([updated.meta.versionId, patched.meta.versionId, patched.name]).toEqual(['2', '3', 'c']);
    const history = await app.request(`Location/${made.id}/_history`);
    expect(history.entry.map((one: any) => one.resource.name)).toEqual(['c', 'b', 'a']);
    await app.delete(`Location/${made.id}`);
    await expect(app.request(`Location/${made.id}`)).rejects.toMatchObject({ statusCode: 410 });
  }, 60_000);

  it('posts a transaction and follows the pages of a search by itself', async () => {
    const app = await connect();
    const fullUrl = 'urn:uuid:0b1a2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d';
    const found = (value: string): any => [{ system: 'urn:mrn', value }];
    const entry = [
      { fullUrl, resource: { resourceType: 'Patient', identifier: found('js') }, request: { method: 'POST', url: 'Patient' } },
      ...Array.from({ length: 5 }, (_, at) => ({
        resource: { ...observationOf('', at), identifier: found(`js-${String(at)}`), subject: { reference: fullUrl } },
        request: { method: 'POST', url: 'Observation' },
      })),
    ];
    const other = new TestPatient(network, gateway.mspId);
    expect((await other.register()).status).toBe(201);
    const done = await app.request({
      url: '',
      method: 'POST',
      headers: { 'content-type': 'application/fhir+json', 'medaccord-subject': other.subjectRef },
      body: JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry }),
    });
    expect(done.entry.map((one: any) => one.response.status.slice(0, 3))).toEqual(Array.from({ length: 6 }, () => '201'));
    const [patient] = await app.request('Patient?identifier=urn:mrn|js', { flat: true });
    const all = await app.request(`Observation?patient=${String(patient.id)}&_count=2`, { pageLimit: 0, flat: true });
    expect(all.map((one: any) => one.identifier[0].value)).toEqual([0, 1, 2, 3, 4].map((at) => `js-${String(at)}`));
  }, 60_000);
});

describe('more clients than a gateway process can carry', () => {
  /** Small enough that a few dozen clients are too many, wherever the tests run. */
  const LIMITS = {
    MEDACCORD_MAX_READS: '4',
    MEDACCORD_MAX_WAITING: '8',
    MEDACCORD_TURN_WITHIN_MS: '1000',
    MEDACCORD_MAX_PER_CALLER: '6',
  };
  const CLIENTS = 40;
  let small: OwnGateway;

  beforeAll(async () => {
    const { organisation, data } = gateway;
    network.kill(`gateway-${organisation.name}`, 'SIGSTOP');
    const env = { MEDACCORD_CONNECTION: organisation.connection, MEDACCORD_DATA: join(network.folder, 'small'), ...LIMITS };
    small = new OwnGateway(gateway.mspId, join(data, 'keys'), env);
    await small.start();
    await small.untilReady();
  }, 60_000);

  afterAll(async () => {
    await small.end('SIGKILL');
    network.kill(`gateway-${gateway.organisation.name}`, 'SIGCONT');
  });

  interface Crowd {
    readonly clients: number;
    /** They share these. */
    readonly tokens: readonly string[];
    /** How long who was refused waits, in milliseconds. */
    readonly patience: number;
  }

  /** A crowd searches again and again. Gives answers a second, and what the refused were told. */
  const press = async ({ clients, tokens, patience }: Crowd, ms: number): Promise<{ perSecond: number; refusals: Set<string> }> => {
    const refusals = new Set<string>();
    const startedAt = performance.now();
    let answered = 0;
    const work = async (token: string): Promise<void> => {
      while (performance.now() < startedAt + ms) {
        const { status, headers: told } = await small.send('/fhir/Observation?_count=20', { token });
        if (status === 200) answered += 1;
        else {
          refusals.add(`${String(status)}${Number(told.get('retry-after')) > 0 ? ' with Retry-After' : ''}`);
          await pause(patience);
        }
      }
    };
    await Promise.all(Array.from({ length: clients }, (_, at) => work(tokens[at % tokens.length] ?? '')));
    return { perSecond: (answered * 1000) / (performance.now() - startedAt), refusals };
  };

  it('leave it at work: at least half of what it answers at ease is answered, all else refused with Retry-After, one caller alone', async () => {
    const tokens = await Promise.all(Array.from({ length: 20 }, (_, at) => small.token('records', `reader-${String(at)}`)));
    const few = { clients: 4, tokens, patience: 0 };
    await press(few, 1_000);
    const before = await press(few, 3_000);
    // Together they ask for three times what it can, whatever the machine.
    const many = { clients: CLIENTS, tokens, patience: (CLIENTS / before.perSecond) * 500 };
    const crowd = await press(many, 5_000);
    const greedy = await press({ ...many, tokens: tokens.slice(0, 1) }, 2_000);
    const after = await press(few, 3_000);
    expect([...before.refusals, ...after.refusals]).toEqual([]);
    expect([...crowd.refusals]).toEqual(['503 with Retry-After']);
    expect([...greedy.refusals]).toEqual(['429 with Retry-After']);
    expect(crowd.perSecond).toBeGreaterThan(Math.min(before.perSecond, after.perSecond) / 2);
  }, 40_000);
});
