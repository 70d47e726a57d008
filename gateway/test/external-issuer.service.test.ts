import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, UnsecuredJWT, type CryptoKey, type JWK } from 'jose';
import * as oidc from 'openid-client';
import { issuersDocument } from '../src/config/issuers-document';
import { TestBrowser } from './support/test-browser';
import { TestConsortium, waitFor, type Answer, type TestGateway } from './support/test-consortium';
import { TestIssuer } from './support/test-issuer';
import { newBundle, TestPatient } from './support/test-patient';

const folder = mkdtempSync(join(tmpdir(), 'medaccord-issuer-'));
const secretFile = join(folder, 'secret');
const audience = 'https://fhir.alpha.test/fhir';
const redirectUri = 'https://app.test/callback';
const scopes = 'user/*.rs user/*.cruds user/Observation.rs system/*.cruds system/Observation.rs medaccord/api';
const doctor = {
  preferred_username: 'ada',
  realm_access: { roles: ['offline_access', 'ward-doctor'] },
  department: ['cardiology'],
  groups: ['heart failure'],
};
const consortium = new TestConsortium();
const patient = new TestPatient(consortium, 'AlphaMSP');
let gateway: TestGateway;
let issuer: TestIssuer;
/** Trusted, too, with keys of its own and the claims that Entra ID writes; nobody signs in there. */
let other: TestIssuer;
let feedKey: CryptoKey;

beforeAll(async () => {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  feedKey = privateKey;
  const jwks: { keys: JWK[] } = { keys: [{ ...(await exportJWK(publicKey)), alg: 'ES256', kid: 'feed-1', use: 'sig' }] };
  const people = { 'id-1': doctor, 'id-2': { ...doctor, preferred_username: 'bea', realm_access: { roles: ['gardener'] } } };
  const viewer = { client_id: 'viewer', redirect_uris: [redirectUri], token_endpoint_auth_method: 'none' };
  const feed = {
    client_id: 'feed',
    ...{ redirect_uris: [], response_types: [], grant_types: ['client_credentials'], token_endpoint_auth_method: 'private_key_jwt', jwks },
  };
  const settings = { audience, people, clients: [viewer, feed], scopes, introspector: 'gateway:s%26cret' };
  [issuer, other] = [new TestIssuer(settings), new TestIssuer(settings)];
  await Promise.all([issuer.start(), other.start()]);
  writeFileSync(secretFile, 's&cret\n');
  const names = { userName: 'preferred_username', role: ['realm_access', 'roles'] };
  const claims = { ...names, department: 'department', teams: 'groups', reach: 'departments' };
  const roles = { 'ward-doctor': 'physician', clerk: 'records', boss: 'operator' };
  const trusted = { audience, claims, roles, services: { feed: 'records' } };
  const issuers = issuersDocument.parse({
    version: 1,
    primary: 'staff',
    issuers: [
      { ...trusted, name: 'staff', issuer: issuer.issuer },
      {
        ...trusted,
        name: 'other',
        issuer: other.issuer,
        tokenType: 'JWT',
        claims: { userName: 'preferred_username', role: 'roles', clientId: 'azp', scope: 'scp' },
        introspection: { clientId: 'gateway', secretFile, seconds: 1 },
      },
    ],
  });
  await consortium.start({ issuers });
  gateway = consortium.gateway('AlphaMSP');
  await patient.register();
  await patient.import(newBundle(1));
  await patient.checkIn('BetaMSP', 'AlphaMSP');
}, 60_000);

afterAll(async () => {
  await consortium.stop();
  issuer.stop();
  other.stop();
  rmSync(folder, { recursive: true });
});

/** A token of the other issuer. */
const signOther = (sub: string): Promise<string> =>
  other.sign({ sub, preferred_username: 'ada', roles: 'ward-doctor', azp: 'viewer', scp: 'user/*.rs' }, { typ: 'JWT' });
const read = (path: string, token: string): Promise<Answer> => gateway.send(path, { token });
const codeIn = ({ body }: Answer): unknown => body.code ?? body.issue?.[0].details.coding[0].code;
// eslint-disable-next-line @typescript-eslint/no-deprecated -- it is meant to stand out, and here it is loopback
const insecure = { execute: [oidc.allowInsecureRequests] };
const clientOf = (clientId: string, auth: oidc.ClientAuth): Promise<oidc.Configuration> =>
  oidc.discovery(new URL(issuer.issuer), clientId, undefined, auth, insecure);

/** The whole launch by openid-client: code, PKCE, and the pages of the other provider. */
async function signIn(login: string, scope: string): Promise<oidc.TokenEndpointResponse> {
  const client = await clientOf('viewer', oidc.None());
  const verifier = oidc.randomPKCECodeVerifier();
  const challenge = { code_challenge: await oidc.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' };
  const address = oidc.buildAuthorizationUrl(client, { redirect_uri: redirectUri, scope, resource: audience, ...challenge });
  const browser = new TestBrowser(address.origin, address.origin);
  const consent = await browser.submit(await browser.go(address), { login, password: 'x' });
  const back = await browser.submit(consent, {});
  return oidc.authorizationCodeGrant(client, back.url, { pkceCodeVerifier: verifier }, { resource: audience });
}

describe('a member of staff who signs in at an external issuer', () => {
  it('acts in the role that her claims stand for, as far as the scopes of the application reach', async () => {
    const { access_token: token } = await signIn('id-1', 'openid user/Observation.rs');
    expect((await read('/fhir/Observation', token)).status).toBe(200);
    expect(codeIn(await read('/fhir/Patient', token))).toBe('SCOPE_NOT_ENOUGH');
    expect(codeIn(await read('/api/records?subject=AAAAAAAAAAAAAAAAAAAAAA', token))).toBe('SCOPE_NOT_ENOUGH');
    const { access_token: wide } = await signIn('id-1', 'user/*.cruds medaccord/api');
    expect(codeIn(await gateway.send('/fhir/Observation', { token: wide, body: { resourceType: 'Observation' } }))).toBe(
      'ROLE_NOT_ALLOWED',
    );
  });

  it('gets her ledger identity by her name at that issuer, as staff with accounts here do', async () => {
    const { access_token: token } = await signIn('id-1', 'medaccord/api');
    const validity = { from: '2020-01-01T00:00:00.000Z', until: '2099-01-01T00:00:00.000Z' };
    const sent = { token, key: randomUUID(), body: { relationRef: patient.relationRef, validity } };
    expect((await gateway.send('/api/referrals', sent)).status).toBe(201);
    expect(gateway.enrolled.at(-1)).toMatchObject({ subject: 'staff:ada', role: 'physician' });
    const found = await gateway.send(`/fhir/AuditEvent?agent=${encodeURIComponent('staff:ada')}&_count=1`, {
      token: await gateway.token('auditor'),
    });
    expect(JSON.stringify(found.body)).toContain('cardiology');
  });

  it('is refused whose role stands for none here', async () => {
    const { access_token: token } = await signIn('id-2', 'user/*.rs');
    expect([(await read('/fhir/Observation', token)).status, codeIn(await read('/fhir/Observation', token))]).toEqual([
      401,
      'TOKEN_INVALID',
    ]);
  });

  it('is sent there by what SMART applications and FHIR clients read first', async () => {
    const metadata = (await clientOf('viewer', oidc.None())).serverMetadata();
    const smart = (await gateway.send('/fhir/.well-known/smart-configuration')).body;
    expect(smart).toMatchObject({
      issuer: issuer.issuer,
      authorization_endpoint: metadata.authorization_endpoint,
      token_endpoint: metadata.token_endpoint,
      jwks_uri: metadata.jwks_uri,
      code_challenge_methods_supported: ['S256'],
      capabilities: expect.arrayContaining(['launch-standalone', 'client-public', 'permission-v2']),
    });
    const { security } = (await gateway.send('/fhir/metadata')).body.rest[0];
    expect(security.extension[0].extension).toEqual(
      expect.arrayContaining([
        { url: 'authorize', valueUri: metadata.authorization_endpoint },
        { url: 'token', valueUri: metadata.token_endpoint },
      ]),
    );
  });
});

describe('a backend service of an external issuer', () => {
  it('acts in the role that the configuration gives it, by its system scopes', async () => {
    const client = await clientOf('feed', oidc.PrivateKeyJwt({ key: feedKey, kid: 'feed-1' }));
    const { access_token: token } = await oidc.clientCredentialsGrant(client, { scope: 'system/Observation.rs', resource: audience });
    expect((await read('/fhir/Observation', token)).status).toBe(200);
    expect(codeIn(await read('/fhir/Patient', token))).toBe('SCOPE_NOT_ENOUGH');
  });
});

describe('a token of an external issuer', () => {
  const person = { sub: 'id-1', scope: 'user/*.rs', ...doctor };
  const hour = 3600;
  const now = (): number => Math.floor(Date.now() / 1000);
  const refusalOf = async (token: string): Promise<unknown> => {
    const answer = await read('/fhir/Observation', token);
    return [answer.status, codeIn(answer)];
  };

  it('counts as the issuer signs it', async () => {
    expect((await read('/fhir/Observation', await issuer.sign(person))).status).toBe(200);
  });

  it('limits its person to the departments that it names', async () => {
    const count = async (claims: object): Promise<unknown> =>
      (await read('/fhir/Patient?_summary=count', await issuer.sign({ ...person, ...claims }))).body.total;
    expect([await count({}), await count({ departments: ['surgery'] })]).toEqual([1, 0]);
  });

  it.each([
    ['for another audience', () => issuer.sign({ ...person, aud: 'https://fhir.beta.test/fhir' })],
    ['of an issuer that is not trusted', () => issuer.sign({ ...person, iss: 'https://else.test' })],
    ['that another trusted issuer signed in the name of this one', () => other.sign({ ...person, iss: issuer.issuer })],
    ['that this one signed in the name of another', () => issuer.sign({ ...person, iss: other.issuer })],
    ['not valid yet', () => issuer.sign({ ...person, nbf: now() + hour })],
    ['issued in the future', () => issuer.sign({ ...person, iat: now() + hour, exp: now() + 2 * hour })],
    ['without an end', () => issuer.sign({ ...person, exp: undefined })],
    ['without a subject', () => issuer.sign({ ...person, sub: undefined })],
    ['without a client', () => issuer.sign({ ...person, client_id: undefined })],
    ['that names no key', () => issuer.sign(person, { kid: undefined })],
    ['that names another key', () => issuer.sign(person, { kid: 'second' })],
    ['that is no access token', () => issuer.sign(person, { typ: 'JWT' })],
    ['that is not signed', async () => new UnsecuredJWT({ ...person, iss: issuer.issuer, aud: audience }).setExpirationTime('1h').encode()],
    [
      'that is signed by its public key as a shared secret',
      () => issuer.sign(person, { alg: 'HS256' }, Buffer.from(JSON.stringify(issuer.publicJwk)) as unknown as CryptoKey),
    ],
    ['that is bound to a key', () => issuer.sign({ ...person, cnf: { jkt: 'x' } })],
    ['of nobody', () => issuer.sign({ ...person, preferred_username: undefined })],
    ['of a person who is named like a service', () => issuer.sign({ ...person, preferred_username: 'client:feed' })],
    ['without a role', () => issuer.sign({ ...person, realm_access: undefined })],
    ['with a role by the name of a property', () => issuer.sign({ ...person, realm_access: { roles: ['constructor'] } })],
    ['with two roles', () => issuer.sign({ ...person, realm_access: { roles: ['ward-doctor', 'clerk'] } })],
    ['with a role that is no text', () => issuer.sign({ ...person, realm_access: { roles: [['ward-doctor']] } })],
    ['with a reach that its role cannot have', () => issuer.sign({ ...person, realm_access: { roles: ['clerk'] }, departments: ['x'] })],
    ['with two departments', () => issuer.sign({ ...person, department: ['a', 'b'] })],
  ])('is refused %s', async (_what, sign) => {
    expect(await refusalOf(await sign())).toEqual([401, 'TOKEN_INVALID']);
  });

  it('is refused when its time is over, and says so; no issuer makes it last longer than two hours', async () => {
    expect(await refusalOf(await issuer.sign({ ...person, iat: now() - 700, exp: now() - 60 }))).toEqual([401, 'TOKEN_EXPIRED']);
    expect(await refusalOf(await issuer.sign({ ...person, iat: now() - 3 * hour, exp: now() + hour }))).toEqual([401, 'TOKEN_EXPIRED']);
  });

  it('is no identity token', async () => {
    const { id_token: token = '' } = await signIn('id-1', 'openid user/*.rs');
    expect(await refusalOf(token)).toEqual([401, 'TOKEN_INVALID']);
  });

  it.each([
    ['no scopes', { scope: undefined }],
    ['scopes of services, in the hands of a person', { scope: 'system/*.rs' }],
    ['scopes of patients', { scope: 'patient/*.rs' }],
    ['scopes of people, in the hands of a service', { scope: 'user/*.rs', client_id: 'feed' }],
  ])('opens nothing with %s', async (_what, changed) => {
    expect(await refusalOf(await issuer.sign({ ...person, ...changed }))).toEqual([403, 'SCOPE_NOT_ENOUGH']);
  });
});

describe('an external issuer', () => {
  const person = { sub: 'id-1', scope: 'user/*.rs', ...doctor };

  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('whose keys change is followed, and its old key counts no longer', async () => {
    const old = await issuer.sign(person);
    expect((await read('/fhir/Observation', old)).status).toBe(200);
    await issuer.rotate('next');
    const { access_token: fresh } = await signIn('id-1', 'user/*.rs');
    jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 6_000);
    expect((await read('/fhir/Observation', fresh)).status).toBe(200);
    expect(codeIn(await read('/fhir/Observation', old))).toBe('TOKEN_INVALID');
  });

  it('that says somebody has left is believed within the configured seconds, and only with its own secret', async () => {
    const token = await signOther('id-1');
    expect((await read('/fhir/Observation', token)).status).toBe(200);
    await other.leave('id-1');
    await waitFor(async () => codeIn(await read('/fhir/Observation', token)) === 'TOKEN_INVALID', 5_000);
    writeFileSync(secretFile, 'another');
    const colleague = await read('/fhir/Observation', await signOther('id-3'));
    expect([colleague.status, codeIn(colleague)]).toEqual([503, 'ISSUER_UNAVAILABLE']);
    writeFileSync(secretFile, 's&cret');
  });

  it('that does not answer stops its own tokens alone, for as long as it is silent', async () => {
    const restarted = await consortium.crashAndRestart(gateway);
    gateway = restarted;
    await issuer.hush();
    const token = await issuer.sign(person);
    const answer = await read('/fhir/Observation', token);
    expect([answer.status, codeIn(answer), Number(answer.headers.get('retry-after'))]).toEqual([503, 'ISSUER_UNAVAILABLE', 2]);
    expect((await gateway.send('/fhir/.well-known/smart-configuration')).status).toBe(503);
    expect((await gateway.send('/fhir/metadata')).status).toBe(200);
    expect((await read('/fhir/Observation', await gateway.token('records'))).status).toBe(200);
    expect((await read('/fhir/Observation', await signOther('id-4'))).status).toBe(200);
    await issuer.speak();
    await waitFor(async () => (await read('/fhir/Observation', token)).status === 200, 10_000);
  });
});
