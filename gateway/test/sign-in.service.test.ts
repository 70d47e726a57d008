import { randomUUID } from 'node:crypto';
import { createRemoteJWKSet, customFetch, exportJWK, generateKeyPair, jwtVerify, SignJWT, type CryptoKey } from 'jose';
import { TestApplication, codeOf, type Reached, type TestBrowser, type TestPerson } from './support/test-browser';
import { TestConsortium, type Answer, type TestGateway } from './support/test-consortium';
import { codeIn, origin, redirectUri, TestStaff } from './support/test-staff';

const consortium = new TestConsortium();
const people = new TestStaff(() => gateway);
let gateway: TestGateway;
let operator: string;
let backendKey: CryptoKey;

beforeAll(async () => {
  await consortium.start();
  gateway = consortium.gateway('AlphaMSP');
  operator = await people.operator();
  const { privateKey, publicKey } = await generateKeyPair('ES384', { extractable: true });
  backendKey = privateKey;
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), alg: 'ES384', kid: 'k1', use: 'sig' }] };
  for (const client of [
    { clientId: 'viewer', title: 'Viewer', kind: 'app', redirectUris: [redirectUri], scopes: ['user/*.cruds', 'medaccord/api'] },
    { clientId: 'narrow', title: 'Narrow', kind: 'app', redirectUris: [redirectUri], scopes: ['user/Observation.rs'] },
    { clientId: 'feed', title: 'Feed', kind: 'backend', role: 'records', scopes: ['system/*.cruds'], jwks },
  ])
    await people.addClient(client);
}, 30_000);

afterAll(async () => {
  await consortium.stop();
});

/** All tests come from one address, which must not slow them down for what others did wrong. */
beforeEach(async () => {
  await gateway.store.signIns.remove('Attempts', 'address 127.0.0.1');
});

const staff = 'urn:medaccord:scim:staff';
const newBrowser = (): TestBrowser => people.newBrowser();
const add: TestStaff['add'] = (...details) => people.add(...details);
const join: TestStaff['join'] = (...details) => people.join(...details);
const token: TestStaff['token'] = (form) => people.token(form);
const launch: TestStaff['launch'] = (...how) => people.launch(...how);
const postForm: TestStaff['postForm'] = (path, form) => people.postForm(path, form);

const read = (path: string, bearer: string): Promise<Answer> => gateway.send(path, { token: bearer });
const errorIn = ({ url }: Reached): (string | null)[] =>
  ['error', 'error_description'].map((name) => url.searchParams.get(name) ?? new URLSearchParams(url.hash.slice(1)).get(name));

describe('a launch by SMART App Launch', () => {
  const application = new TestApplication('viewer', redirectUri, 'openid fhirUser online_access user/*.rs medaccord/api');
  let person: TestPerson;
  let answer: Answer;

  beforeAll(async () => {
    person = await join('ada', 'physician', {
      'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': { department: 'cardiology' },
      [staff]: { teams: ['heart failure'], practitioner: 'Practitioner/ada' },
    });
    answer = await launch(person, application);
  });

  it('gives a token that acts in the role of whoever signed in, and says what it may', async () => {
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(answer.body).toMatchObject({ token_type: 'Bearer', expires_in: 600, scope: expect.stringContaining('user/*.rs') });
    expect((await read('/fhir/Patient', answer.body.access_token)).status).toBe(200);
    expect((await read('/api/records?subject=AAAAAAAAAAAAAAAAAAAAAA', answer.body.access_token)).status).not.toBe(403);
    const write = await gateway.send('/fhir/Patient', {
      token: answer.body.access_token,
      body: '{}',
      headers: { 'content-type': 'application/fhir+json' },
    });
    expect([write.status, codeIn(write)]).toEqual([403, 'ROLE_NOT_ALLOWED']);
  });

  it('tells the application who that is, signed by a key that it publishes', async () => {
    const here = (url: string, init?: RequestInit): Promise<Response> => fetch(new URL(new URL(url).pathname, gateway.url), init);
    const keys = createRemoteJWKSet(new URL(`${origin}/oidc/jwks`), { [customFetch]: here });
    const { payload, protectedHeader } = await jwtVerify(answer.body.id_token, keys, { issuer: origin, audience: 'viewer' });
    expect(protectedHeader.alg).toBe('RS256');
    expect(payload).toMatchObject({
      sub: 'ada',
      role: 'physician',
      department: 'cardiology',
      teams: ['heart failure'],
      fhirUser: `${origin}/fhir/Practitioner/ada`,
    });
  });

  it('is described where SMART applications look, in the words of the configured address', async () => {
    const smart = (await gateway.send('/fhir/.well-known/smart-configuration')).body;
    const discovery = (await gateway.send('/.well-known/openid-configuration', { headers: { 'x-forwarded-host': 'evil.test' } })).body;
    expect(smart).toMatchObject({
      issuer: origin,
      code_challenge_methods_supported: ['S256'],
      capabilities: expect.arrayContaining(['launch-standalone', 'client-confidential-asymmetric', 'permission-v2']),
    });
    expect(smart.token_endpoint_auth_signing_alg_values_supported).toEqual(expect.arrayContaining(['ES384', 'RS384']));
    for (const name of ['issuer', 'authorization_endpoint', 'token_endpoint', 'jwks_uri', 'introspection_endpoint', 'revocation_endpoint'])
      expect([name, discovery[name]]).toEqual([name, smart[name]]);
  });

  it('is found by fhirclient in the CapabilityStatement, too, where it cannot read that', async () => {
    // Its own types bring those of a browser with them.
    type Library = { getSecurityExtensions: (url: string, options: RequestInit) => Promise<unknown> };
    const { getSecurityExtensions } = jest.requireActual<Library>('fhirclient/lib/smart');
    const found = await getSecurityExtensions(`${gateway.url}/fhir`, { signal: AbortSignal.abort() });
    expect(found).toMatchObject({ authorizeUri: `${origin}/oidc/authorize`, tokenUri: `${origin}/oidc/token` });
  });

  it('keeps the session, so that another application asks for consent only', async () => {
    const browser = newBrowser();
    const colleague = await join('bea');
    await launch(colleague, application, browser);
    const page = await browser.go(new TestApplication('narrow', redirectUri, 'user/Observation.rs').address());
    expect(page.text).toContain('Allow this application?');
    const back = await browser.submit(page, { act: 'refuse' });
    expect(errorIn(back)[0]).toBe('access_denied');
  });

  it('ends with the session for all that was not given offline access', async () => {
    const browser = newBrowser();
    const colleague = await join('cyd');
    const { body } = await launch(colleague, application, browser);
    expect((await read('/fhir/Patient', body.access_token)).status).toBe(200);
    const ending = await browser.go('/oidc/end-session');
    const action = /action="([^"]+)"/.exec(ending.text)?.[1] ?? '';
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(ending.text)?.[1] ?? '';
    expect((await browser.go(action, { xsrf, logout: 'yes' })).text).toContain('Signed out');
    expect(codeIn(await read('/fhir/Patient', body.access_token))).toBe('TOKEN_INVALID');
    expect((await token({ grant_type: 'refresh_token', refresh_token: body.refresh_token, client_id: 'viewer' })).status).toBe(400);
  });
});

describe('a refused launch', () => {
  const application = new TestApplication('viewer', redirectUri, 'user/*.rs');

  it.each([
    ['no PKCE', { code_challenge: undefined, code_challenge_method: undefined }, 'invalid_request'],
    ['plain PKCE', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['another response type', { response_type: 'token' }, 'unsupported_response_type'],
    ['another FHIR service as aud', { aud: 'https://else.test/fhir' }, 'invalid_target'],
    ['a patient chosen at launch', { scope: 'launch/patient user/*.rs' }, 'invalid_scope'],
    ['patient scopes', { scope: 'patient/*.rs' }, 'invalid_scope'],
    ['system scopes for people', { scope: 'system/*.rs' }, 'invalid_scope'],
    ['scopes with search parameters', { scope: 'user/Observation.rs?category=laboratory' }, 'invalid_scope'],
    ['letters out of order', { scope: 'user/Observation.sr' }, 'invalid_scope'],
    ['a scope that is none', { scope: 'everything' }, 'invalid_scope'],
  ])('says so to the application: %s', async (_what, changed, expected) => {
    const back = await newBrowser().go(application.address(changed));
    const told = back.url.origin === 'https://app.test' ? errorIn(back)[0] : back.text;
    expect(told).toContain(expected);
  });

  it('names the scope and the reason', async () => {
    const back = await newBrowser().go(application.address({ scope: 'user/Observation.rs?category=laboratory' }));
    expect(errorIn(back)[1]).toContain('user/Observation.rs?category=laboratory: scopes with search parameters are not offered');
  });

  it('is a scope that the client was not registered for', async () => {
    const back = await newBrowser().go(new TestApplication('narrow', redirectUri, 'user/Patient.rs').address());
    expect(errorIn(back)).toEqual(['invalid_scope', expect.stringContaining('not registered')]);
  });

  it.each([
    ['an unknown client', { client_id: 'nobody' }],
    ['an address to return to that is not registered', { redirect_uri: 'https://evil.test/' }],
  ])('stays on a page of the provider, which sends nobody away: %s', async (_what, changed) => {
    const page = await newBrowser().go(application.address(changed));
    expect([page.status, page.url.origin]).toEqual([400, origin]);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  });
});

describe('the provider', () => {
  it('answers at its own addresses only', async () => {
    for (const path of ['me', 'reg', 'device', 'request', 'challenge', 'credential', 'interaction', 'x'])
      expect([path, (await gateway.send(`/oidc/${path}`)).status]).toEqual([path, 404]);
    expect((await gateway.send('/oidc/interaction/x')).status).toBe(400);
    expect((await gateway.send('/oidc/token')).status).toBe(404);
    // Metrics and logs have names of a table alone: nobody adds a series by asking.
    const { text } = await gateway.send('/metrics');
    expect(text).toContain('route="/oidc/{unknown}"');
    expect(text).not.toMatch(/route="\/oidc\/(?:x|me|interaction\/x)"/);
  });
});

describe('a page', () => {
  it('runs no script but the one for passkeys, has a label for each field, and sends its form here or to the application only', async () => {
    const page = await newBrowser().go(new TestApplication('viewer', redirectUri, 'user/*.rs').address());
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; script-src [^ ]+; form-action 'self' https:\/\/app\.test; frame-ancestors 'none'/,
    );
    expect(page.text).not.toMatch(/<script(?! src="http:\/\/alpha\.test\/oidc\/passkey\.js" defer><\/script>)|javascript:| on\w+=/);
    for (const [, id] of page.text.matchAll(/<input id="(\w+)"/g)) expect(page.text).toContain(`<label for="${String(id)}">`);
  });

  it('takes no form of another site, nor one without its own proof', async () => {
    const person = await join('dan');
    const browser = newBrowser();
    const page = await browser.go(new TestApplication('viewer', redirectUri, 'user/*.rs').address());
    const fields = { userName: person.userName, password: person.password, code: codeOf(person) };
    const csrf = /name="csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
    for (const [form, headers] of [
      [{ ...fields }, {}],
      [{ ...fields, csrf: 'guessed' }, {}],
      [{ ...fields, csrf }, { origin: 'https://evil.test' }],
      [{ ...fields, csrf }, { 'sec-fetch-site': 'cross-site' }],
    ] as const)
      expect((await browser.go(page.url, form, headers)).status).toBe(400);
    expect((await newBrowser().go(page.url, { ...fields, csrf })).text).toContain('no longer valid');
    expect((await browser.signIn(page, person)).text).toContain('Allow this application?');
  });

  it('shows what others typed as text', async () => {
    const body = { clientId: 'odd', title: '<b>"Odd"</b>', kind: 'app', redirectUris: [redirectUri], scopes: ['user/*.rs'] };
    await gateway.send('/api/clients', { token: operator, body });
    const page = await newBrowser().go(new TestApplication('odd', redirectUri, 'user/*.rs').address());
    expect(page.text).not.toContain('<b>');
    expect(page.text).toContain('&#60;b&#62;');
  });
});

describe('signing in', () => {
  const application = new TestApplication('viewer', redirectUri, 'user/*.rs');
  const alertIn = ({ text }: Reached): string => /<p role="alert">([^<]+)/.exec(text)?.[1] ?? '';

  it('tells no difference between a wrong name, password, code, a disabled account and an invitation not used yet', async () => {
    const person = await join('eve');
    const gone = await join('fay');
    const { person: fresh } = await add('gil');
    await gateway.send('/scim/v2/Users/fay', { method: 'DELETE', token: operator });
    const browser = newBrowser();
    const page = await browser.go(application.address());
    const wrong = [
      { ...person, userName: 'nobody' },
      { ...person, password: 'not this one' },
      { ...person, secret: gone.secret },
      gone,
      { ...fresh, secret: person.secret },
    ];
    const told: unknown[] = [];
    for (const one of wrong) {
      const { status, ...rest } = await browser.signIn(page, one);
      told.push([status, alertIn({ status, ...rest })]);
    }
    expect(new Set(told.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(told[0]).toEqual([401, expect.stringContaining('did not fit')]);
  });

  it('takes a code once', async () => {
    const person = await join('hal');
    const [first, second] = [newBrowser(), newBrowser()];
    expect((await first.signIn(await first.go(application.address()), person)).text).toContain('Allow');
    expect((await second.signIn(await second.go(application.address()), person)).status).toBe(401);
    expect((await second.signIn(await second.go(application.address()), person, 1)).text).toContain('Allow');
  });

  it('pauses an account after five wrong attempts, whether or not it exists, and the right password does not help until then', async () => {
    const person = await join('ida');
    for (const name of [person.userName, 'nobody-else']) {
      const browser = newBrowser();
      const page = await browser.go(application.address());
      for (let i = 0; i < 5; i++) expect((await browser.signIn(page, { ...person, userName: name, password: 'wrong' })).status).toBe(401);
      const paused = await browser.signIn(page, { ...person, userName: name });
      expect([paused.status, Number(paused.headers.get('retry-after'))]).toEqual([429, 1]);
    }
    jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 60_000);
    const browser = newBrowser();
    expect((await browser.signIn(await browser.go(application.address()), person)).text).toContain('Allow');
    jest.restoreAllMocks();
  });

  it('pauses an address after twenty wrong attempts, whatever the names', async () => {
    const person = await join('jim');
    const browser = newBrowser();
    const page = await browser.go(application.address());
    for (let i = 0; i < 20; i++) expect((await browser.signIn(page, { ...person, userName: `guess-${String(i)}` })).status).toBe(401);
    expect((await browser.signIn(page, person)).status).toBe(429);
  });

  it('puts no name, password, code or token into the log', async () => {
    const person = await join('jan-of-the-log');
    const { body } = await launch(person, application);
    const logged = gateway.logged.join('');
    for (const secret of [person.userName, person.password, person.secret, body.access_token]) expect(logged).not.toContain(secret);
    expect(logged).toContain('/oidc/interaction/{uid}');
  });
});

describe('an invitation', () => {
  it('works once, for its own account, and takes no weak password', async () => {
    const { person, invitation } = await add('kai');
    const { person: other } = await add('lea');
    expect((await newBrowser().enrol(other, invitation)).status).toBe(401);
    expect((await newBrowser().enrol({ ...person, password: 'short' }, invitation)).status).toBe(400);
    expect((await newBrowser().enrol({ ...person, password: 'kaikaikaikai' }, invitation)).status).toBe(400);
    expect((await newBrowser().enrol(person, invitation)).text).toContain('Done');
    expect((await newBrowser().enrol(person, invitation)).status).toBe(401);
  });

  it('made anew ends what was open and makes the old password void', async () => {
    const person = await join('mia');
    const application = new TestApplication('viewer', redirectUri, 'offline_access user/*.rs');
    const { body } = await launch(person, application);
    const reset = await gateway.send('/api/accounts/mia/invitation', { method: 'POST', token: operator });
    expect(reset.status).toBe(201);
    expect(codeIn(await read('/fhir/Patient', body.access_token))).toBe('TOKEN_INVALID');
    const browser = newBrowser();
    expect((await browser.signIn(await browser.go(application.address()), person, 1)).status).toBe(401);
    expect((await browser.enrol(person, reset.body.invitation)).text).toContain('Done');
  });
});

describe('tokens', () => {
  const offline = new TestApplication('viewer', redirectUri, 'offline_access user/*.cruds');
  const refresh: TestStaff['refresh'] = (value) => people.refresh(value);

  it('are renewed by a refresh token that works once; used twice, all that came from it ends', async () => {
    const { body } = await launch(await join('ned'), offline);
    const second = await refresh(body.refresh_token);
    expect(second.status).toBe(200);
    expect(second.body.refresh_token).not.toBe(body.refresh_token);
    expect((await read('/fhir/Patient', second.body.access_token)).status).toBe(200);
    expect((await refresh(body.refresh_token)).body.error).toBe('invalid_grant');
    expect(codeIn(await read('/fhir/Patient', second.body.access_token))).toBe('TOKEN_INVALID');
    expect((await refresh(second.body.refresh_token)).body.error).toBe('invalid_grant');
  });

  it('come from a code that works once, with its own verifier and address', async () => {
    const person = await join('oda');
    const browser = newBrowser();
    const page = await browser.signIn(await browser.go(offline.address()), person);
    const code = (await browser.submit(page, { act: 'allow' })).url.searchParams.get('code') ?? '';
    const form = offline.codeForm(code);
    for (const wrong of [{ code_verifier: 'x'.repeat(43) }, { redirect_uri: 'https://app.test/else' }, { client_id: 'narrow' }])
      expect((await token({ ...form, ...wrong })).body.error).toBe('invalid_grant');
    const first = await token(form);
    expect(first.status).toBe(200);
    expect((await token(form)).body.error).toBe('invalid_grant');
    expect(codeIn(await read('/fhir/Patient', first.body.access_token))).toBe('TOKEN_INVALID');
  });

  it('are revoked and introspected by their client', async () => {
    const { body } = await launch(await join('pia', 'records'), offline);
    const look = async (value: string, clientId = 'viewer'): Promise<unknown> =>
      (await postForm('/oidc/introspect', { token: value, client_id: clientId })).body;
    expect(await look(body.access_token)).toMatchObject({
      active: true,
      sub: 'pia',
      role: 'records',
      client_id: 'viewer',
      aud: `${origin}/fhir`,
    });
    expect(await look(body.access_token, 'narrow')).toEqual({ active: false });
    expect((await postForm('/oidc/revoke', { token: body.refresh_token, client_id: 'viewer' })).status).toBe(200);
    expect(await look(body.access_token)).toEqual({ active: false });
    expect(codeIn(await read('/fhir/Patient', body.access_token))).toBe('TOKEN_INVALID');
  });

  it('end at once with the account, follow it to another role, and end with the client', async () => {
    const { body } = await launch(await join('quy'), offline);
    const patch = (value: object): Promise<Answer> =>
      gateway.send('/scim/v2/Users/quy', { method: 'PATCH', token: operator, body: { Operations: [{ op: 'replace', value }] } });
    await patch({ roles: [{ value: 'auditor' }] });
    expect(codeIn(await read('/fhir/Patient', body.access_token))).toBe('ROLE_NOT_ALLOWED');
    await patch({ roles: [{ value: 'physician' }] });
    expect((await read('/fhir/Patient', body.access_token)).status).toBe(200);
    expect((await patch({ active: false })).body.active).toBe(false);
    await patch({ active: true });
    expect(codeIn(await read('/fhir/Patient', body.access_token))).toBe('TOKEN_INVALID');
    expect((await refresh(body.refresh_token)).body.error).toBe('invalid_grant');
  });

  it('are in no file of the gateway, nor are names and secrets', async () => {
    const person = await join('rex-canary');
    const { body } = await launch(person, offline);
    const { readFileSync, readdirSync } = await import('node:fs');
    const files = readdirSync(gateway.data).filter((name) => name.includes('.sqlite'));
    const bytes = Buffer.concat(files.map((name) => readFileSync(`${gateway.data}/${name}`)));
    for (const secret of [person.userName, person.secret, person.password, body.access_token, body.refresh_token])
      expect(bytes.includes(secret)).toBe(false);
  });
});

describe('scopes', () => {
  const fhir = (path: string, bearer: string, method: string, body?: object, headers: Record<string, string> = {}): Promise<Answer> =>
    gateway.send(path, {
      method,
      token: bearer,
      ...(body === undefined ? {} : { body }),
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/fhir+json' }), ...headers },
    });
  const reached = ({ status }: Answer): boolean => status !== 401 && status !== 403;
  let bearer: string;

  beforeAll(async () => {
    const scope = 'user/Observation.rs user/Patient.r user/Condition.c';
    bearer = (await launch(await join('sam', 'records'), new TestApplication('viewer', redirectUri, scope))).body.access_token;
  });

  it.each([
    ['GET', '/fhir/Observation', true],
    ['GET', '/fhir/Observation/x', true],
    ['GET', '/fhir/Observation/x/_history', true],
    ['GET', '/fhir/Patient/x', true],
    ['GET', '/fhir/Patient', false],
    ['GET', '/fhir/Condition/x', false],
    ['GET', '/fhir/Observation?_include=Observation:subject', false],
    ['GET', '/fhir/Observation?subject.name=x', false],
    ['DELETE', '/fhir/Observation/x', false],
    ['DELETE', '/fhir/Observation?code=x', false],
    ['GET', '/api/records?subject=AAAAAAAAAAAAAAAAAAAAAA', false],
    ['GET', '/scim/v2/Users', false],
  ])('narrow the role by type and interaction: %s %s', async (method, path, isReached) => {
    expect([path, reached(await fhir(path, bearer, method))]).toEqual([path, isReached]);
  });

  it('narrow writes, conditional ones by what their condition tells, too', async () => {
    const condition = { resourceType: 'Condition' };
    expect(reached(await fhir('/fhir/Condition', bearer, 'POST', condition))).toBe(true);
    expect(codeIn(await fhir('/fhir/Condition', bearer, 'POST', condition, { 'if-none-exist': 'code=x' }))).toBe('SCOPE_NOT_ENOUGH');
    expect(codeIn(await fhir('/fhir/Observation', bearer, 'POST', { resourceType: 'Observation' }))).toBe('SCOPE_NOT_ENOUGH');
    expect(codeIn(await fhir('/fhir/Condition/x', bearer, 'PUT', condition))).toBe('SCOPE_NOT_ENOUGH');
  });

  it('narrow a search in a form like one in an address', async () => {
    const search = (form: string): Promise<Answer> =>
      gateway.send('/fhir/Observation/_search', {
        token: bearer,
        body: form,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      });
    expect(reached(await search('code=x'))).toBe(true);
    expect(codeIn(await search('_revinclude=Provenance:target'))).toBe('SCOPE_NOT_ENOUGH');
  });

  it('narrow every entry of a bundle', async () => {
    const bundle = (...requests: { method: string; url: string; ifNoneExist?: string }[]): Promise<Answer> =>
      fhir('/fhir', bearer, 'POST', { resourceType: 'Bundle', type: 'batch', entry: requests.map((request) => ({ request })) });
    expect(
      reached(await bundle({ method: 'GET', url: 'Observation/x' }, { method: 'GET', url: `${origin}/fhir/Observation?code=x` })),
    ).toBe(true);
    for (const request of [
      { method: 'GET', url: 'Condition/x' },
      { method: 'GET', url: 'Patient?name=x' },
      { method: 'DELETE', url: 'Observation/x' },
      { method: 'POST', url: 'Condition', ifNoneExist: 'code=x' },
      { method: 'GET', url: '' },
      { method: 'GET', url: '/' },
    ])
      expect([request.url, codeIn(await bundle({ method: 'GET', url: 'Observation/x' }, request))]).toEqual([
        request.url,
        'SCOPE_NOT_ENOUGH',
      ]);
  });

  it('never widen a role', async () => {
    const all = new TestApplication('viewer', redirectUri, 'user/*.cruds medaccord/api');
    const { access_token: auditor } = (await launch(await join('tom', 'auditor'), all)).body;
    expect(codeIn(await fhir('/fhir/Patient', auditor, 'GET'))).toBe('ROLE_NOT_ALLOWED');
    expect(codeIn(await fhir('/scim/v2/Users', auditor, 'GET'))).toBe('ROLE_NOT_ALLOWED');
  });

  it('of SMART 1 mean what they meant', async () => {
    const old = new TestApplication('viewer', redirectUri, 'user/Observation.read user/Condition.write');
    const { access_token: given } = (await launch(await join('una', 'records'), old)).body;
    expect(reached(await fhir('/fhir/Observation?code=x', given, 'GET'))).toBe(true);
    expect(reached(await fhir('/fhir/Condition/x', given, 'DELETE'))).toBe(true);
    expect(reached(await fhir('/fhir/Observation/x', given, 'DELETE'))).toBe(false);
    expect(reached(await fhir('/fhir/Condition/x', given, 'GET'))).toBe(false);
  });
});

describe('a backend service', () => {
  const assertion = (changed: { alg?: string; aud?: string; jti?: string; exp?: string; key?: CryptoKey } = {}): Promise<string> =>
    new SignJWT({})
      .setProtectedHeader({ alg: changed.alg ?? 'ES384', kid: 'k1', typ: 'JWT' })
      .setIssuer('feed')
      .setSubject('feed')
      .setAudience(changed.aud ?? `${origin}/oidc/token`)
      .setJti(changed.jti ?? randomUUID())
      .setIssuedAt()
      .setExpirationTime(changed.exp ?? '4m')
      .sign(changed.key ?? backendKey);
  const ask = async (scope: string, signed: string): Promise<Answer> =>
    token({
      grant_type: 'client_credentials',
      scope,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: signed,
    });

  it('proves itself by its key and acts in the role that it was registered with', async () => {
    const { status, body } = await ask('system/Observation.rs', await assertion());
    expect([status, body.token_type, body.expires_in, body.scope]).toEqual([200, 'Bearer', 300, 'system/Observation.rs']);
    expect((await read('/fhir/Observation', body.access_token)).status).toBe(200);
    expect(codeIn(await read('/fhir/Patient', body.access_token))).toBe('SCOPE_NOT_ENOUGH');
  });

  it('is refused with another key, for another audience, a second time, or for what people do', async () => {
    const { privateKey } = await generateKeyPair('ES384');
    const once = await assertion();
    expect((await ask('system/*.rs', once)).status).toBe(200);
    for (const signed of [
      once,
      await assertion({ key: privateKey }),
      await assertion({ aud: 'https://else.test' }),
      await assertion({ exp: '-1m' }),
    ])
      expect((await ask('system/*.rs', signed)).body.error).toBe('invalid_client');
    for (const scope of ['user/*.rs', 'openid', 'offline_access', 'medaccord/api', 'system/Observation.rs?code=x'])
      expect([scope, (await ask(scope, await assertion())).body.error]).toEqual([scope, 'invalid_scope']);
    expect((await token({ grant_type: 'client_credentials', client_id: 'viewer', scope: 'system/*.rs' })).status).toBe(400);
  });

  it('loses its tokens when it is removed', async () => {
    const { body } = await ask('system/*.rs', await assertion());
    expect((await gateway.send('/api/clients/feed', { method: 'DELETE', token: operator })).status).toBe(204);
    expect(codeIn(await read('/fhir/Observation', body.access_token))).toBe('TOKEN_INVALID');
  });
});
