import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { loadService, type ServiceConfig } from '../src/config';
import { TestConsortium, waitFor, type Answer, type TestGateway } from './support/test-consortium';
import { newBundle, TestPatient } from './support/test-patient';

const load: ServiceConfig['load'] = { reads: 4, writes: 4, waiting: 8, waitMs: 500, perCaller: 3 };
const service: ServiceConfig = {
  ...loadService({}, []),
  load,
  answerWithinMs: 1_500,
  bodyWithinMs: 300,
  corsOrigins: ['https://ehr.example'],
};
const consortium = new TestConsortium();
const patient = new TestPatient(consortium, 'AlphaMSP');
let gateway: TestGateway;

beforeAll(async () => {
  await consortium.start({ service });
  gateway = consortium.gateway('AlphaMSP');
  await patient.register();
  expect((await patient.import(newBundle(20))).status).toBe(201);
  await patient.checkIn('BetaMSP');
}, 30_000);

afterAll(async () => {
  await consortium.stop();
});

afterEach(() => {
  consortium.heal();
});

const codeOf = ({ body }: Answer): unknown => body.code ?? body.issue?.[0].details.coding[0].code;
/** A page of twenty resources, each opened. */
const search = (token: string): Promise<Answer> => gateway.send('/fhir/Observation?_count=20', { token });
const timed = async (run: () => Promise<Answer>): Promise<Answer & { ms: number }> => {
  const startedAt = performance.now();
  return { ...(await run()), ms: performance.now() - startedAt };
};
const percentile = (values: readonly number[], share: number): number =>
  [...values].sort((one, other) => one - other)[Math.floor((values.length - 1) * share)] ?? NaN;

/** Someone asks at Beta's gateway for records; what it takes to the ledger waits until `release`. */
function holdWrites(): { release: () => void; held: () => number } {
  const { carrier } = consortium.gateway('BetaMSP');
  let held = 0;
  let release = (): void => undefined;
  const open = new Promise<void>((resolve) => (release = resolve));
  carrier.hook = async (step) => {
    if (step !== 'send') return;
    held += 1;
    await open;
  };
  return { release, held: () => held };
}
const requestAccess = async (subject: string, key: string = randomUUID(), wait = 0): Promise<Answer> => {
  const beta = consortium.gateway('BetaMSP');
  return beta.send('/api/access-requests', {
    token: await beta.token('physician', subject),
    key,
    headers: { prefer: `wait=${String(wait)}` },
    body: { relationRef: patient.relationRef, purpose: 'TREAT', categories: ['laboratory'] },
  });
};

describe('under more load than a gateway can carry', () => {
  it('everything is answered or refused at once with Retry-After, and what is answered is about as fast as without load', async () => {
    const tokens = await Promise.all(Array.from({ length: 40 }, (_, at) => gateway.token('records', `reader-${String(at)}`)));
    const alone: number[] = [];
    for (let round = 0; round < 15; round += 1) alone.push((await timed(() => search(tokens[0] ?? ''))).ms);
    const answers: (Answer & { ms: number })[] = [];
    const startedAt = performance.now();
    const health: number[] = [];
    const ends = startedAt + 2_000;
    const client = async (token: string): Promise<void> => {
      while (performance.now() < ends) answers.push(await timed(() => search(token)));
    };
    const prober = async (): Promise<void> => {
      while (performance.now() < ends) health.push((await gateway.send('/readyz')).status);
    };
    await Promise.all([...tokens.map(client), prober()]);
    const taken = answers.filter(({ status }) => status === 200);
    const refused = answers.filter(({ status }) => status !== 200);
    expect(new Set(health)).toEqual(new Set([200]));
    for (const answer of refused)
      expect([answer.status, codeOf(answer), Number(answer.headers.get('retry-after'))]).toEqual([503, 'OVERLOADED', expect.any(Number)]);
    expect(refused.length).toBeGreaterThan(0);
    for (const { headers } of refused) expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    // The same work is done in the same time as by one caller after another: nothing is lost to the crowd but refusals.
    const perSecond = taken.length / ((performance.now() - startedAt) / 1000);
    expect(perSecond).toBeGreaterThan(1000 / percentile(alone, 0.5) / 4);
    // Whoever is taken on waits for those before: eight that wait, four under way.
    const took = taken.map(({ ms }) => ms);
    expect(percentile(took, 0.95)).toBeLessThan(percentile(alone, 0.5) * (load.reads + load.waiting) * 4);
  });

  it('a refusal does not wait for the body', async () => {
    const { release, held } = holdWrites();
    const under = Array.from({ length: load.writes + load.waiting }, (_, at) => requestAccess(`physician-${String(at)}`));
    const beta = consortium.gateway('BetaMSP');
    await waitFor(() => held() === load.writes, 5_000);
    const token = await beta.token('physician');
    const head = `POST /api/access-requests HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\ncontent-type: application/json\r\n`;
    const answer = await converse(beta, `${head}content-length: 1000000\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 503 /);
    expect(answer).toMatch(/\r\nretry-after: \d/i);
    expect((await beta.send('/healthz')).status).toBe(200);
    expect((await beta.send('/readyz')).status).toBe(200);
    expect((await beta.send('/api/rules')).status).toBe(200);
    release();
    for (const { status } of await Promise.all(under)) expect([201, 503]).toContain(status);
  });

  it('a caller has a share, and the others what is left', async () => {
    const { release, held } = holdWrites();
    const mine = Array.from({ length: load.perCaller }, () => requestAccess('one'));
    await waitFor(() => held() === load.perCaller, 5_000);
    const beyond = await requestAccess('one');
    expect([beyond.status, codeOf(beyond), Number(beyond.headers.get('retry-after')) > 0]).toEqual([429, 'REQUESTS_TOO_MANY', true]);
    const other = requestAccess('other');
    await waitFor(() => held() === load.perCaller + 1, 5_000);
    release();
    for (const { status } of await Promise.all([...mine, other])) expect(status).toBe(201);
    expect((await requestAccess('one')).status).toBe(201);
  });

  it('who waits for the answer of others keeps nobody from working', async () => {
    gateway.carrier.faults.unreachable = true;
    const waiting = Array.from({ length: load.writes + 1 }, (_, at) => requestAccess(`waiting-${String(at)}`, randomUUID(), 1));
    const { body } = await requestAccess('somebody');
    const beta = consortium.gateway('BetaMSP');
    const token = await beta.token('physician');
    const watched = Array.from({ length: load.perCaller - 1 }, () =>
      beta.send(`/api/access-requests/${String(body.requestId)}`, { token, headers: { prefer: 'wait=1' } }),
    );
    const status = await timed(() => beta.send(`/api/access-requests/${String(body.requestId)}`, { token }));
    expect([status.status, status.ms < 900]).toEqual([200, true]);
    consortium.heal();
    for (const answer of await Promise.all([...waiting, ...watched])) expect([200, 201]).toContain(answer.status);
  });
});

describe('a deadline', () => {
  it('that passes after something was submitted is answered with 504; it goes on, and a repeat tells its outcome', async () => {
    const { release, held } = holdWrites();
    const key = randomUUID();
    const late = await timed(() => requestAccess('late', key));
    expect([late.status, late.body.code, held()]).toEqual([504, 'ANSWER_TOO_LATE', 1]);
    expect(Number(late.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(late.body.detail).toContain('same Idempotency-Key');
    expect(late.ms).toBeLessThan(service.answerWithinMs * 2);
    release();
    const blocks = (): number => [...consortium.ledger.calls.values()].filter(({ transaction }) => transaction === 'RequestAccess').length;
    const before = blocks();
    const again = await requestAccess('late', key);
    expect([again.status, blocks()]).toEqual([201, before]);
  });
});

describe('a body', () => {
  it('that does not arrive in time is cut off with 408, and the connection closed', async () => {
    const token = await gateway.token('records');
    const head = `POST /api/imports HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\ncontent-type: application/fhir+json\r\n`;
    const answer = await converse(gateway, `${head}idempotency-key: 1\r\ncontent-length: 1000\r\n\r\n{"resource`);
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(answer).toContain('REQUEST_TOO_SLOW');
  });

  it('of unknown length is refused when it is too large, with an answer', async () => {
    const head = 'POST /api/consents HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n';
    const chunk = `${(300_000).toString(16)}\r\n${'x'.repeat(300_000)}\r\n`;
    expect(await converse(gateway, head + chunk)).toMatch(/^HTTP\/1\.1 413 /);
  });
});

describe('signing in', () => {
  const discover = (): Promise<Answer> => gateway.send('/.well-known/openid-configuration');

  it('stands in the lanes: an address has its share, and a form that does not arrive gives it back', async () => {
    const head = 'POST /oidc/token HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 100\r\n\r\n';
    // Loads the provider.
    expect((await discover()).status).toBe(200);
    const slow = Array.from({ length: load.perCaller }, () => converse(gateway, `${head}grant_type=`));
    const busy = 'medaccord_gateway_http_requests{lane="writes",state="busy"} 3';
    await waitFor(async () => (await gateway.send('/metrics')).text.includes(busy), 2_000);
    const refused = await discover();
    expect([refused.status, codeOf(refused), Number(refused.headers.get('retry-after')) > 0]).toEqual([429, 'REQUESTS_TOO_MANY', true]);
    for (const answer of await Promise.all(slow)) expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect((await discover()).status).toBe(200);
  });

  it('is told in time that it is not answered in time', async () => {
    const { people } = gateway.store;
    const find = jest.spyOn(people, 'find').mockReturnValue(new Promise(() => undefined));
    const body = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: 'x', client_id: 'viewer' }).toString();
    const late = await gateway.send('/oidc/token', { body, headers: { 'content-type': 'application/x-www-form-urlencoded' } });
    find.mockRestore();
    expect([late.status, codeOf(late), late.headers.get('retry-after')]).toEqual([504, 'ANSWER_TOO_LATE', '5']);
  });

  it('takes no large form', async () => {
    const head =
      'POST /oidc/token HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\ntransfer-encoding: chunked\r\n\r\n';
    const chunk = `${(100_000).toString(16)}\r\n${'x'.repeat(100_000)}\r\n`;
    expect(await converse(gateway, head + chunk)).toMatch(/^HTTP\/1\.1 400 /);
  });
});

describe('scripts of other origins', () => {
  const from = (origin: string, method: string, more: Record<string, string> = {}): Promise<Response> =>
    fetch(`${gateway.url}/fhir/metadata`, { method, headers: { origin, ...more } });

  it('may call from the origins that are configured, read the headers they need, and never send cookies', async () => {
    const { headers, status } = await from('https://ehr.example', 'GET');
    expect([status, headers.get('access-control-allow-origin'), headers.get('vary')]).toEqual([200, 'https://ehr.example', 'Origin']);
    for (const name of ['ETag', 'Location', 'Retry-After']) expect(headers.get('access-control-expose-headers')).toContain(name);
    expect(headers.get('access-control-allow-credentials')).toBeNull();
    const asked = { 'access-control-request-method': 'PUT', 'access-control-request-headers': 'authorization,if-match' };
    const preflight = await from('https://ehr.example', 'OPTIONS', asked);
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, 'https://ehr.example']);
    expect(preflight.headers.get('access-control-allow-methods')).toContain('PUT');
    expect(preflight.headers.get('access-control-allow-headers')).toMatch(/Authorization.*If-Match/);
  });

  it('are told nothing from anywhere else', async () => {
    for (const origin of ['https://ehr.example.evil', 'http://ehr.example', 'https://ehr.example:8443', 'null']) {
      const { headers } = await from(origin, 'GET');
      expect(headers.get('access-control-allow-origin')).toBeNull();
      const preflight = await from(origin, 'OPTIONS', { 'access-control-request-method': 'GET' });
      expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([405, null]);
    }
  });
});

describe('a proxy', () => {
  it('that nobody configured does not say where this service is', async () => {
    const { body } = await gateway.send('/fhir/metadata', {
      headers: { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' },
    });
    expect(body.implementation.url).toBe(`${gateway.url}/fhir`);
  });
});

describe('a stop', () => {
  it('is announced first, ends what is under way, and takes nothing new', async () => {
    const beta = consortium.gateway('BetaMSP');
    beta.app.announceStop();
    const ready = await beta.send('/readyz');
    expect([ready.status, ready.body.details]).toEqual([503, expect.objectContaining({ serving: false, projection: true })]);
    expect((await beta.send('/api/rules')).status).toBe(200);
    const { release, held } = holdWrites();
    const under = requestAccess('last');
    await waitFor(() => held() === 1, 5_000);
    const stopped = beta.app.stop();
    expect((await beta.send('/healthz')).status).toBe(200);
    const refused = await requestAccess('too late');
    expect([refused.status, refused.body.code, Number(refused.headers.get('retry-after')) > 0]).toEqual([503, 'DRAINING', true]);
    expect((await beta.send('/.well-known/openid-configuration')).body.code).toBe('DRAINING');
    release();
    expect((await under).status).toBe(201);
    await stopped;
  });
});

/** Sends these bytes and no more; what comes back until the other side closes, or has answered and goes silent. */
function converse(to: TestGateway, text: string): Promise<string> {
  const { hostname, port } = new URL(to.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(text));
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk.toString();
      if (answer.includes('\r\n\r\n') && answer.endsWith('}')) {
        socket.destroy();
        resolve(answer);
      }
    });
    socket.on('error', reject);
    socket.on('close', () => {
      resolve(answer);
    });
  });
}
