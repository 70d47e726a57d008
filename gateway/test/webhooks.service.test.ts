import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { loadService } from '../src/config';
import { parseLosslessJson, type JsonObject } from '../src/fhir';
import { validateResource } from '../src/validation';
import { TestClaims, type TestClaim } from './support/test-claims';
import { TestConsortium, waitFor, type Answer, type TestGateway } from './support/test-consortium';
import { newPlan, TestCoverage } from './support/test-coverage';
import { TestPatient } from './support/test-patient';

jest.setTimeout(60_000);

/** A billing system that is told of claims by webhooks: it fails in every way, and the gateway does, too. */
const consortium = new TestConsortium();
const patient = new TestPatient(consortium, 'AlphaMSP');
const coverage = new TestCoverage(patient);
const claims = new TestClaims(consortium, coverage);
const webhooks = { origins: [] as string[], networks: [], answerWithinMs: 300, giveUpAfterMs: 600_000 };
const root = '/fhir/claims/Subscription';
let billed = 0;

interface Got {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly status: number;
}

/** What the receiver does with what comes, one after another; afterwards it takes everything. */
type Behaviour = number | 'breaks off' | 'stalls' | 'redirects';
const behaviours: Behaviour[] = [];
const got: Got[] = [];
const receiver = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const behaviour = behaviours.shift() ?? 204;
    const status = typeof behaviour === 'number' ? behaviour : 0;
    got.push({ url: String(request.url), headers: request.headers, body: Buffer.concat(chunks).toString('utf8'), status });
    answer(response, behaviour);
  });
});

function answer(response: ServerResponse, behaviour: Behaviour): void {
  if (behaviour === 'breaks off') response.destroy();
  else if (behaviour === 'redirects') response.writeHead(307, { location: '/elsewhere' }).end();
  else if (behaviour !== 'stalls') response.writeHead(behaviour).end('thanks');
}

const alpha = (): TestGateway => consortium.gateway('AlphaMSP');
const endpoint = (): string => `${String(webhooks.origins[0])}/hook`;

beforeAll(async () => {
  receiver.listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  webhooks.origins.push(`http://127.0.0.1:${String((receiver.address() as AddressInfo).port)}`);
  await consortium.start({ service: { ...loadService({}, []), webhooks } });
  await patient.register();
  await patient.checkIn('GammaMSP', 'GammaMSP', ['cover']);
  await claims.treat(20);
  expect((await coverage.begin(newPlan({ evidence: [], quantities: [] }))).status).toBe(201);
}, 60_000);

afterEach(async () => {
  consortium.heal();
  webhooks.giveUpAfterMs = 600_000;
  for (const { resource } of (await send('', {})).body.entry ?? []) await send(`/${String(resource.id)}`, { method: 'DELETE' });
  behaviours.length = 0;
  got.length = 0;
});

afterAll(async () => {
  await consortium.stop();
  receiver.closeAllConnections();
  receiver.close();
});

const send = async (path: string, { method, body, role = 'records' }: { method?: string; body?: object; role?: string }): Promise<Answer> =>
  alpha().send(root + path, {
    token: await alpha().token(role),
    ...(method === undefined ? {} : { method }),
    ...(body === undefined ? {} : { body, headers: { 'content-type': 'application/fhir+json' } }),
  });

const contentUrl = 'http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-payload-content';
const idOnly = { payload: 'application/fhir+json', _payload: { extension: [{ url: contentUrl, valueCode: 'id-only' }] } };
const newSubscription = (criteria: string, channel: object = idOnly): object => ({
  resourceType: 'Subscription',
  status: 'requested',
  reason: 'Billing',
  criteria,
  channel: { type: 'rest-hook', endpoint: endpoint(), ...channel },
});

async function subscribe(criteria: string, channel?: object): Promise<{ id: string; secret: string; resource: Answer['body'] }> {
  const { status, body, headers } = await send('', { body: newSubscription(criteria, channel) });
  expect([status, body.status]).toEqual([201, 'active']);
  expect(headers.get('location')).toBe(`${alpha().url}${root}/${String(body.id)}`);
  const { extension, ...resource } = body;
  return { id: body.id, secret: extension[0].valueString, resource };
}

const newClaim = (): Promise<TestClaim> => claims.bill([{ records: [billed++] }]);
const taken = (): readonly Got[] => got.filter(({ status }) => status === 204);
const namesOf = (all: readonly Got[]): string[] => all.map(({ headers }) => String(headers['webhook-id']));
const focusOf = ({ body }: Got): string =>
  JSON.parse(body).entry[0].resource.parameter.find(({ name }: { name: string }) => name === 'notification-event').part[1].valueReference
    .reference;

describe('a subscription to claims', () => {
  it('tells by signed ids what has changed, and what it is about is read here', async () => {
    const { id, secret, resource } = await subscribe('ClaimResponse?', { ...idOnly, header: ['Authorization: Bearer of-the-receiver'] });
    const claim = await newClaim();
    await waitFor(() => taken().length >= 2, 20_000);
    for (const { headers, body, url } of taken()) {
      expect(url).toBe('/hook');
      expect(headers.authorization).toBe('Bearer of-the-receiver');
      const [name, at] = [String(headers['webhook-id']), String(headers['webhook-timestamp'])];
      const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
      expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', key).update(`${name}.${at}.${body}`).digest('base64')}`);
      expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toMatchObject({
        resourceType: 'Bundle',
        type: 'history',
      });
      expect(validateResource(parseLosslessJson(body) as JsonObject)).toEqual([]);
      expect(JSON.parse(body).timestamp).toMatch(/Z$/);
      expect(body).not.toContain(patient.relationRef);
    }
    expect(taken().map(focusOf)).toEqual(Array(2).fill(`ClaimResponse/${claim.claimId.replaceAll('_', '.')}`));
    const read = await alpha().send(`/fhir/claims/${focusOf(taken()[1]!)}`, { token: await alpha().token('records') });
    expect(read.body).toMatchObject({ resourceType: 'ClaimResponse', outcome: 'complete', item: expect.anything() });
    expect(validateResource(parseLosslessJson(JSON.stringify(resource)) as JsonObject)).toEqual([]);
    const shown = [await send(`/${id}`, {}), await send('', {})].map(({ text }) => text);
    for (const text of shown) {
      expect(text).toContain(endpoint());
      expect(text).not.toContain(secret);
      expect(text).not.toContain('of-the-receiver');
    }
  });

  it('without a payload tells that something has changed, and no more', async () => {
    const { secret } = await subscribe('Claim?use=claim', {});
    await newClaim();
    await waitFor(() => taken().length === 1, 20_000);
    const [{ body, headers }] = taken() as [Got];
    expect([body, headers['content-type']]).toEqual(['', undefined]);
    expect(() => new Webhook(secret).verify('', headers as Record<string, string>)).not.toThrow();
  });

  it('tells only of what its search finds', async () => {
    await subscribe('Claim?use=preauthorization');
    await subscribe('ClaimResponse?outcome=error,queued');
    await newClaim();
    const asked = await claims.bill([{ records: [billed++] }], { use: 'preauthorization' });
    await waitFor(() => taken().length >= 1, 20_000);
    await waitFor(async () => (await isDocumented(asked)) && (await areUpToDate()), 20_000);
    expect(taken().map(focusOf)).toEqual([`Claim/${asked.claimId.replaceAll('_', '.')}`]);
  });

  it('tries again until it arrives, in order and under one name each, however its receiver and the gateway fail', async () => {
    const { id } = await subscribe('ClaimResponse?');
    behaviours.push('breaks off', 'stalls', 500, 204, 'redirects', 503);
    const made = [await newClaim(), await newClaim()];
    await waitFor(() => got.length >= 2, 20_000);
    await consortium.crashAndRestart(alpha());
    await waitFor(() => got.length >= 5, 20_000);
    await consortium.crashAndRestart(alpha());
    made.push(await newClaim());
    for (const claim of made) await waitFor(() => isDocumented(claim), 20_000);
    await waitFor(areUpToDate, 20_000);
    const expected = (await events()).filter(({ event, claimId }) => event !== 'submitted' && made.some((one) => one.claimId === claimId));
    const named = expected.map(({ id: place }) => `${id}-${place.replace('.', '-')}`);
    expect([...new Set(namesOf(taken()))]).toEqual(named);
    // Nothing later leaves before what is earlier has arrived.
    expect([...new Set(namesOf(got))]).toEqual(named);
    expect(got.every(({ url }) => url === '/hook')).toBe(true);
    const metrics = (await alpha().send('/metrics')).text;
    expect(metrics).toMatch(/medaccord_gateway_webhooks\{outcome="delivered"\} [1-9]/);
  });

  it('is given up after the stated time, says why, and goes on where it stopped once it is turned on again', async () => {
    webhooks.giveUpAfterMs = 700;
    const { id, resource } = await subscribe('ClaimResponse?');
    behaviours.push(...Array<number>(50).fill(500));
    await newClaim();
    await waitFor(async () => (await send(`/${id}`, {})).body.status === 'error', 20_000);
    expect((await send(`/${id}`, {})).body.error).toBe('HTTP 500');
    expect((await alpha().send('/metrics')).text).toContain('medaccord_gateway_webhooks{outcome="given_up"} 1');
    expect(new Set(namesOf(got)).size).toBe(1);
    behaviours.length = 0;
    const on = await send(`/${id}`, { method: 'PUT', body: { ...resource, status: 'active' } });
    expect([on.status, on.body.status, on.body.error]).toEqual([200, 'active', undefined]);
    await waitFor(areUpToDate, 20_000);
    expect(namesOf(taken())[0]).toBe(namesOf(got)[0]);
    expect(taken()).toHaveLength(2);
  });

  it('ends at once where the receiver says that it is gone', async () => {
    const { id } = await subscribe('ClaimResponse?');
    behaviours.push(410);
    await newClaim();
    await waitFor(async () => (await send(`/${id}`, {})).body.status === 'error', 20_000);
    expect(got).toHaveLength(1);
  });

  it('that is off is silent, and tells afterwards what has happened meanwhile; what is deleted tells nothing more', async () => {
    const { id, resource } = await subscribe('Claim?');
    expect((await send(`/${id}`, { method: 'PUT', body: { ...resource, status: 'off' } })).body.status).toBe('off');
    const claim = await newClaim();
    await waitFor(() => isDocumented(claim), 20_000);
    expect(got).toEqual([]);
    await send(`/${id}`, { method: 'PUT', body: { ...resource, status: 'active' } });
    await waitFor(() => taken().length === 1, 20_000);
    expect((await send(`/${id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await send(`/${id}`, {})).status).toBe(404);
    const later = await newClaim();
    await waitFor(() => isDocumented(later), 20_000);
    expect(got).toHaveLength(1);
  });

  it('is refused where the operator lists no such address, or more is asked for than can be told', async () => {
    const refused: [object, string][] = [
      [newSubscription('ClaimResponse?', { ...idOnly, endpoint: 'https://elsewhere.example/hook' }), 'channel.endpoint'],
      [newSubscription('ClaimResponse?', { ...idOnly, endpoint: endpoint().replace('127.0.0.1', 'localhost') }), 'channel.endpoint'],
      [newSubscription('Patient?'), 'criteria'],
      [newSubscription('ClaimResponse'), 'criteria'],
      [newSubscription('ClaimResponse?', { payload: 'application/fhir+json' }), 'channel'],
      [newSubscription('ClaimResponse?', { header: ['webhook-signature: v1,none'] }), 'channel.header'],
      [newSubscription('ClaimResponse?', { header: ['X-Ok: a\r\nX-Bad: b'] }), 'channel.header'],
      [newSubscription('ClaimResponse?', { type: 'email' }), 'channel.type'],
    ];
    for (const [body, place] of refused) {
      const { status, body: outcome } = await send('', { body });
      expect([place, status]).toEqual([place, 400]);
      expect(outcome.issue[0].diagnostics).toContain(place);
    }
    expect((await send('', { body: newSubscription('ClaimResponse?color=red') })).status).toBe(400);
    const { id, resource } = await subscribe('ClaimResponse?');
    expect((await send(`/${id}`, { method: 'PUT', body: { ...resource, criteria: 'Claim?' } })).status).toBe(400);
    for (const other of ['another', undefined])
      expect((await send(`/${id}`, { method: 'PUT', body: { ...resource, id: other, status: 'off' } })).status).toBe(400);
    expect((await send(`/${id}`, {})).body.status).toBe('active');
  });
});

interface Told {
  readonly id: string;
  readonly event: string;
  readonly claimId: string;
}

async function events(): Promise<readonly Told[]> {
  return (await alpha().send('/api/claims/events?after=0.0&count=200', { token: await alpha().token('records') })).body.events as Told[];
}

async function isDocumented({ claimId }: TestClaim): Promise<boolean> {
  return (await events()).some((one) => one.event === 'documented' && one.claimId === claimId);
}

/** Whether every active subscription has come to the last event. */
async function areUpToDate(): Promise<boolean> {
  const last = (await events()).at(-1)!.id;
  const all = await alpha().store.subscriptions.list();
  return all.every(({ status, after }) => status !== 'active' || `${String(after.block)}.${String(after.place)}` === last);
}
