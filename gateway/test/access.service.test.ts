import { randomBytes, randomUUID } from 'node:crypto';
import { formatInstant, staffRoles, type Instant, type MspId, type RelationRef } from '@medaccord/chaincode/model';
import { SignJWT, UnsecuredJWT, generateKeyPair, importJWK } from 'jose';
import { generateSigningKey, importSigningKey, signJws } from '../src/crypto';
import type { Route } from '../src/http/route';
import { TestConsortium, type Answer, type TestGateway } from './support/test-consortium';
import { TestPatient } from './support/test-patient';

const consortium = new TestConsortium();
const patient = new TestPatient(consortium, 'AlphaMSP');
let gateway: TestGateway;

beforeAll(async () => {
  await consortium.start();
  gateway = consortium.gateway('AlphaMSP');
  await patient.register();
  await patient.checkIn('BetaMSP', 'AlphaMSP');
}, 30_000);

afterAll(async () => {
  await consortium.stop();
});

/** Sends something to a route that is right in form, so that only the caller decides. */
function call(route: Route, token: string | undefined): Promise<Answer> {
  const path = route.path.replace('{relationRef}', patient.relationRef).replaceAll(/\{\w+\}/g, 'A'.repeat(22));
  return gateway.send(path, {
    method: route.method.toUpperCase(),
    ...(token === undefined ? {} : { token }),
    ...(route.method === 'post' ? { body: {} } : {}),
    key: randomUUID(),
  });
}

const barred = [401, 403];
/** Under /fhir errors are OperationOutcomes. */
const codeOf = ({ body }: Answer): unknown => body.code ?? body.issue?.[0].details.coding[0].code;
const isGuarded = ({ access }: Route): boolean => !['anybody', 'signature', 'monitor'].includes(access.by);
const rolesOf = ({ access }: Route): readonly string[] => ('roles' in access ? access.roles : []);

describe('who may call', () => {
  it('is said by every route, and what is open to anybody is exactly this', () => {
    const open = gateway.app.routes
      .filter((route) => !isGuarded(route))
      .map(({ method, path, access }) => `${method} ${path}: ${access.by}`);
    expect(open).toEqual([
      'get /healthz: anybody',
      'get /readyz: anybody',
      'get /api/openapi.json: anybody',
      'get /metrics: monitor',
      'get /api/height: anybody',
      'get /api/organisations: anybody',
      'get /api/rules: anybody',
      'get /api/rules/{version}: anybody',
      'get /api/patients/{subjectRef}: anybody',
      'post /api/patient-statements: signature',
      'get /fhir/.well-known/smart-configuration: anybody',
      'get /fhir/metadata: anybody',
      'get /fhir-released/{relationRef}/metadata: anybody',
      'get /fhir-patient/{relationRef}/metadata: anybody',
      'post /api/relations: signature',
      'post /api/consents: signature',
      'post /api/delegations: signature',
    ]);
    for (const { path, access } of gateway.app.routes)
      expect([path, access.by]).toEqual([path, expect.stringMatching(/^(anybody|signature|monitor|staff|relation|relation-or-staff)$/)]);
    for (const { access } of gateway.app.routes) if ('roles' in access) expect(access.roles.length).toBeGreaterThan(0);
  });

  it('is checked on every route: nobody without a token, no role that the route does not name', async () => {
    for (const route of gateway.app.routes) {
      if (!isGuarded(route)) continue;
      const anonymous = await call(route, undefined);
      expect([route.path, anonymous.status, codeOf(anonymous)]).toEqual([route.path, 401, 'TOKEN_MISSING']);
      for (const role of staffRoles.filter((one) => one !== 'gateway')) {
        const answer = await call(route, await gateway.token(role));
        expect([route.path, role, barred.includes(answer.status)]).toEqual([route.path, role, !rolesOf(route).includes(role)]);
      }
    }
  }, 30_000);

  it("is the patient of this very relation where a wallet's token is asked for", async () => {
    const other = new TestPatient(consortium, 'AlphaMSP');
    await other.register();
    await other.checkIn('BetaMSP', 'AlphaMSP');
    for (const route of gateway.app.routes.filter(({ access }) => access.by.startsWith('relation'))) {
      expect([route.path, barred.includes((await call(route, await patient.token('AlphaMSP'))).status)]).toEqual([route.path, false]);
      expect([route.path, codeOf(await call(route, await other.token('AlphaMSP')))]).toEqual([route.path, 'ROLE_NOT_ALLOWED']);
      expect([route.path, codeOf(await call(route, await patient.token('BetaMSP')))]).toEqual([route.path, 'TOKEN_INVALID']);
    }
  });

  it('is never a staff route for a wallet', async () => {
    const answer = await gateway.send(`/api/records?subject=${patient.subjectRef}`, { token: await patient.token('AlphaMSP') });
    expect([answer.status, answer.body.code]).toEqual([403, 'ROLE_NOT_ALLOWED']);
  });
});

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
