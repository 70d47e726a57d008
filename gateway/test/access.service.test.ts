import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatInstant, staffRoles, type Instant, type MspId, type RelationRef } from '@medaccord/chaincode/model';
import { SignJWT, UnsecuredJWT, generateKeyPair, importJWK } from 'jose';
import { generateSigningKey, importSigningKey, signJws } from '../src/crypto';
import { accessTable } from './support/access-table';
import { TestConsortium, type Answer, type TestGateway } from './support/test-consortium';
import { TestDelegate } from './support/test-delegate';
import { TestPatient } from './support/test-patient';
import { listRoutes } from './support/walk/list-routes';

const consortium = new TestConsortium();
const patient = new TestPatient(consortium, 'AlphaMSP');
let gateway: TestGateway;

beforeAll(async () => {
  await consortium.start();
  gateway = consortium.gateway('AlphaMSP');
  await patient.register();
  await patient.checkIn('BetaMSP', 'AlphaMSP');
  await other.register();
  await other.checkIn('BetaMSP', 'AlphaMSP');
  expect((await delegate.grant()).status).toBe(201);
  await consortium.untilFollowing();
}, 30_000);

afterAll(async () => {
  await consortium.stop();
});

/** What a request without a token, or with any of these, is told where tokens are asked for. */
interface Stranger {
  readonly name: string;
  readonly told: readonly [status: number, code: string];
  readonly newToken: () => Promise<string | undefined>;
}

/** With a good token of this gateway, in a role or as a patient. */
interface Known {
  readonly who: string;
  readonly newToken: () => Promise<string>;
}

const outside = [401, 'TOKEN_INVALID'] as const;
const barred = [403, 'ROLE_NOT_ALLOWED'] as const;
const other = new TestPatient(consortium, 'AlphaMSP');
const delegate = new TestDelegate(patient);
const staff = staffRoles.filter((role) => role !== 'gateway');

const known: readonly Known[] = [
  ...staff.map((who): Known => ({ who, newToken: () => gateway.token(who) })),
  { who: 'patient', newToken: () => patient.token('AlphaMSP') },
  { who: 'delegate', newToken: () => delegate.token('AlphaMSP') },
  { who: 'patient of another relation', newToken: () => other.token('AlphaMSP') },
];

const strangers: readonly Stranger[] = [
  { name: 'nobody', told: [401, 'TOKEN_MISSING'], newToken: () => Promise.resolve(undefined) },
  { name: 'staff in a role that is none', told: outside, newToken: () => gateway.token('director') },
  { name: 'staff in the role of the gateway itself', told: outside, newToken: () => gateway.token('gateway') },
  { name: 'the patient, with a token for another gateway', told: outside, newToken: () => patient.token('BetaMSP') },
  ...staff.flatMap((role): Stranger[] => [
    { name: `${role} of yesterday`, told: [401, 'TOKEN_EXPIRED'], newToken: () => gateway.token(role, 'late', -60) },
    { name: `${role} of another organisation`, told: outside, newToken: () => consortium.gateway('BetaMSP').token(role) },
  ]),
];

/** Sends something to a route that is right in form, so that only the caller decides. */
function call(route: string, token: string | undefined): Promise<Answer> {
  const [method = '', written = ''] = route.split(' ');
  const path = written.replace(':relationRef', patient.relationRef).replaceAll(/:\w+/g, 'A'.repeat(22));
  return gateway.send(path, {
    method,
    ...(token === undefined ? {} : { token }),
    ...(method === 'POST' ? { body: {} } : {}),
    key: randomUUID(),
  });
}

/** Under /fhir errors are OperationOutcomes. */
const codeOf = ({ body }: Answer): unknown => body?.code ?? body?.issue?.[0].details.coding[0].code;
const rows = accessTable.flatMap(({ who, routes }) => routes.map((route) => ({ route, who })));
const isOpen = ({ who: [first = ''] }: (typeof rows)[number]): boolean => ['anybody', 'signature', 'monitor'].includes(first);

describe('who may call', () => {
  it('is in the table for every route that the running router has, and for no other', () => {
    const found = listRoutes(gateway.app.http).filter((route) => !route.startsWith('use '));
    expect(rows.map(({ route }) => route).sort()).toEqual([...found].sort());
  });

  it('is told by the documentation, word for word', () => {
    const told = readFileSync(join(__dirname, '../../docs/reference/roles.md'), 'utf8');
    expect(told).toContain(formatAccess());
  });

  it.each(known)(
    'is checked for $who on every route: let in where the table says so, told ROLE_NOT_ALLOWED elsewhere',
    async ({ who, newToken }) => {
      const token = await newToken();
      for (const row of rows) {
        const answer = await call(row.route, token);
        const isLetIn = isOpen(row) || row.who.includes(who);
        const said = [answer.status, codeOf(answer)];
        if (isLetIn) expect([row.route, isRefusal(answer), said]).toEqual([row.route, false, said]);
        else expect([row.route, ...said]).toEqual([row.route, ...barred]);
      }
    },
  );

  it.each(strangers)('is never $name, who is told so on every route that asks for a token', async ({ told, newToken }) => {
    const token = await newToken();
    for (const row of rows) {
      const answer = await call(row.route, token);
      if (isOpen(row)) expect([row.route, isRefusal(answer)]).toEqual([row.route, false]);
      else expect([row.route, answer.status, codeOf(answer)]).toEqual([row.route, ...told]);
    }
  });
});

function isRefusal({ status }: Answer): boolean {
  return status === 401 || status === 403;
}

/** The table as docs/reference/roles.md shows it. */
function formatAccess(): string {
  const words = (list: readonly string[]): string => list.map((one) => `\`${one}\``).join(', ');
  const lines = accessTable.map(({ who, routes }) => `- ${words(who)}: ${words(routes)}`);
  return lines
    .join('\n')
    .replaceAll(/:(\w+)/g, '{$1}')
    .replaceAll('`patient`', 'the patient')
    .replaceAll('`delegate`', 'her delegates');
}

describe('the OpenAPI document', () => {
  it('lists every route with who may call it', async () => {
    const { body } = await gateway.send('/api/openapi.json');
    expect(body.openapi).toBe('3.1.0');
    const listed = Object.entries<Record<string, { 'x-access': string }>>(body.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect(listed.sort()).toEqual(gateway.app.routes.map(({ method, path }) => `${method} ${path}`).sort());
    for (const methods of Object.values<Record<string, { 'x-access': string }>>(body.paths)) {
      for (const operation of Object.values(methods)) expect(operation['x-access']).toMatch(/^(anybody|whoever|staff: |the patient)/);
    }
  });
});

describe('bearer tokens', () => {
  const path = '/api/access-requests/AAAAAAAAAAAAAAAAAAAAAA';
  const send = async (token: string): Promise<[number, string]> => {
    const { status, body } = await gateway.send(path, { token });
    return [status, body.code];
  };
  const newJwt = (claims: object, more: { alg?: string; exp?: number | string } = {}): SignJWT =>
    new SignJWT({ role: 'physician', ...claims })
      .setProtectedHeader({ alg: more.alg ?? 'ES256' })
      .setIssuedAt()
      .setIssuer('AlphaMSP')
      .setAudience('medaccord')
      .setSubject('x')
      .setExpirationTime(more.exp ?? '5m');
  let key: Awaited<ReturnType<typeof importJWK>>;

  beforeAll(async () => {
    key = await importJWK(gateway.keys.token, 'ES256');
  });

  it('are taken when the organisation signed them', async () => {
    expect(await send(await newJwt({}).sign(key))).toEqual([404, 'RESOURCE_NOT_FOUND']);
  });

  it('are refused when stale', async () => {
    expect(await send(await newJwt({}, { exp: Math.floor(Date.now() / 1000) - 60 }).sign(key))).toEqual([401, 'TOKEN_EXPIRED']);
  });

  it('are refused when another organisation issued them', async () => {
    expect(await send(await consortium.gateway('BetaMSP').token('physician'))).toEqual([401, 'TOKEN_INVALID']);
  });

  it('are refused with another signer, no signature, a symmetric signature by the public key, a wrong audience or no role', async () => {
    const stranger = await generateKeyPair('ES256');
    const { x, y } = gateway.keys.token;
    const wrong = [
      await newJwt({}).sign(stranger.privateKey),
      new UnsecuredJWT({ role: 'physician' })
        .setIssuer('AlphaMSP')
        .setAudience('medaccord')
        .setSubject('x')
        .setIssuedAt()
        .setExpirationTime('5m')
        .encode(),
      await newJwt({}, { alg: 'HS256' }).sign(Buffer.from(x + y)),
      await newJwt({}).setAudience('somebody-else').sign(key),
      await newJwt({ role: 'director' }).sign(key),
      await newJwt({ role: 'gateway' }).sign(key),
      await newJwt({}).setSubject('').sign(key),
      'not-a-token',
      'a.b.c',
      randomBytes(40).toString('base64url'),
    ];
    for (const token of wrong) expect(await send(token)).toEqual([401, 'TOKEN_INVALID']);
  });

  it('are refused when they would live longer than 12 hours after they were issued', async () => {
    const long = await newJwt({}, { exp: '30d' })
      .setIssuedAt(Math.floor(Date.now() / 1000) - 13 * 3600)
      .sign(key);
    expect((await send(long))[0]).toBe(401);
  });

  it("of wallets are refused when stale, of another's making, too long-lived or from the future", async () => {
    const jwk = await generateSigningKey();
    const stranger = await importSigningKey(jwk);
    const at = (ms: number): Instant => formatInstant(Date.now() + ms);
    const claims = { relationRef: patient.relationRef as RelationRef, audience: 'AlphaMSP' as MspId };
    const history = `/api/relations/${patient.relationRef}/history`;
    const forged = await signJws('wallet-token', { ...claims, issuedAt: at(0), expiresAt: at(60_000) }, stranger);
    expect((await gateway.send(history, { token: forged })).body.code).toBe('TOKEN_INVALID');
    const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() - 10 * 60_000);
    const stale = await patient.token('AlphaMSP');
    clock.mockRestore();
    expect((await gateway.send(history, { token: stale })).body.code).toBe('TOKEN_EXPIRED');
    jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 10 * 60_000);
    const early = await patient.token('AlphaMSP');
    jest.restoreAllMocks();
    expect((await gateway.send(history, { token: early })).body.code).toBe('TOKEN_INVALID');
  });
});
