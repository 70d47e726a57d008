import { PasskeyCeremony } from '../src/people';
import { TestAuthenticator, type Twist } from './support/test-authenticator';
import { TestApplication, type Reached, type TestBrowser } from './support/test-browser';
import { TestConsortium, type Answer, type TestGateway } from './support/test-consortium';
import { origin, redirectUri, TestStaff } from './support/test-staff';

const consortium = new TestConsortium();
const people = new TestStaff(() => gateway);
const application = new TestApplication('viewer', redirectUri, 'openid offline_access user/*.rs');
let gateway: TestGateway;

beforeAll(async () => {
  await consortium.start();
  gateway = consortium.gateway('AlphaMSP');
  await people.addClient({ clientId: 'viewer', title: 'Viewer', kind: 'app', redirectUris: [redirectUri], scopes: ['user/*.rs'] });
}, 30_000);

afterAll(async () => {
  await consortium.stop();
});

/** All tests come from one address, which must not slow them down for what others did wrong. */
beforeEach(async () => {
  await gateway.store.signIns.remove('Attempts', 'address 127.0.0.1');
});

afterEach(() => {
  jest.restoreAllMocks();
});

const alertIn = ({ text }: Reached): string => /<p role="alert">([^<]+)/.exec(text)?.[1] ?? '';
const openInvitation = async (browser: TestBrowser, userName: string, invitation: string): Promise<Reached> =>
  browser.submit(await browser.go('/oidc/invitation'), { userName, invitation, act: 'open' });

/** Somebody who joins with a passkey. */
async function join(userName: string, authenticator = new TestAuthenticator(origin)): Promise<TestAuthenticator> {
  const { invitation } = await people.add(userName);
  const browser = people.newBrowser();
  const page = await openInvitation(browser, userName, invitation);
  const done = await browser.submitPasskey(page, authenticator.create(browser.askedBy(page)), { passkeyName: 'phone' });
  expect(done.text).toContain('Done');
  return authenticator;
}

/** At the page where an application sends people. */
async function askToSignIn(): Promise<{ browser: TestBrowser; page: Reached; asked: string }> {
  const browser = people.newBrowser();
  const page = await browser.go(application.address());
  return { browser, page, asked: browser.askedBy(page) };
}

async function signIn(authenticator: TestAuthenticator, twist?: Twist): Promise<Reached> {
  const { browser, page, asked } = await askToSignIn();
  return browser.submitPasskey(page, authenticator.get(asked, twist));
}

/** Her own page, after she has shown by a passkey who she is. */
async function openOwnPage(authenticator: TestAuthenticator): Promise<{ browser: TestBrowser; page: Reached }> {
  const browser = people.newBrowser();
  const login = await browser.go('/oidc/account');
  const page = await browser.submitPasskey(login, authenticator.get(browser.askedBy(login)));
  expect(page.text).toContain('Your account');
  return { browser, page };
}

describe('a passkey', () => {
  it('made with the invitation signs a person in, again and again, without a name or a password', async () => {
    const authenticator = await join('ada');
    for (let i = 0; i < 2; i++) expect((await signIn(authenticator)).text).toContain('Allow this application?');
    const { browser, page, asked } = await askToSignIn();
    const consent = await browser.submitPasskey(page, authenticator.get(asked));
    const back = await browser.submit(consent, { act: 'allow' });
    const { body } = await people.token(application.codeForm(back.url.searchParams.get('code') ?? ''));
    expect((await gateway.send('/fhir/Patient', { token: body.access_token })).status).toBe(200);
    const { sub } = JSON.parse(Buffer.from(body.id_token.split('.')[1], 'base64url').toString()) as { sub: string };
    expect(sub).toBe('ada');
  });

  it('leaves the same in the audit log as a password: right, wrong, and chosen anew', async () => {
    const authenticator = await join('cat');
    const from = gateway.store.audit.length + 1;
    await signIn(authenticator);
    await signIn(authenticator, { isVerified: false });
    const { browser, page } = await openOwnPage(authenticator);
    await browser.submitPasskey(page, new TestAuthenticator(origin).create(browser.askedBy(page)), { passkeyName: 'key' });
    const kept = gateway.store.audit.list({ names: [], from }, { most: 100 });
    const told = kept.map(({ text, own }) => ({ ...(JSON.parse(text) as object), ...(JSON.parse(own) as object) }));
    const entry = { person: 'cat', status: 200, code: null };
    expect(told).toMatchObject([
      { ...entry, event: 'login' },
      { ...entry, event: 'login', status: 401, code: 'SIGN_IN_REFUSED' },
      { ...entry, event: 'login' },
      { ...entry, event: 'account' },
    ]);
  });

  it('is asked for with the words of the standard, and no page tells whose passkeys there are', async () => {
    const { invitation } = await people.add('bea');
    const browser = people.newBrowser();
    const options = JSON.parse(browser.askedBy(await openInvitation(browser, 'bea', invitation)));
    expect(options).toMatchObject({ rp: { id: 'alpha.test', name: 'Alpha Hospital' }, attestation: 'none', user: { name: 'bea' } });
    expect(Buffer.from(options.user.id, 'base64url').toString('latin1')).not.toContain('bea');
    const asked = JSON.parse((await askToSignIn()).asked);
    expect(asked).toMatchObject({ rpId: 'alpha.test', userVerification: 'required' });
    expect(asked.allowCredentials ?? []).toEqual([]);
  });

  it('works where its counter stays at nothing, as that of synchronised ones does', async () => {
    const authenticator = await join('cyd');
    for (let i = 0; i < 2; i++) expect((await signIn(authenticator, { counter: 0 })).text).toContain('Allow');
  });
});

describe('an answer of a passkey is refused', () => {
  let authenticator: TestAuthenticator;
  let counter = 100;

  beforeAll(async () => {
    authenticator = await join('dan');
    expect((await signIn(authenticator, { counter })).text).toContain('Allow');
  });

  beforeEach(async () => {
    await gateway.store.signIns.remove('Attempts', 'account dan');
  });

  it.each<[string, Twist]>([
    ['to a page of another origin', { origin: 'https://evil.test' }],
    ['for another RP ID', { rpId: 'evil.test' }],
    ['when the person did not show who she is', { isVerified: false }],
    ['with a counter that went back', { counter: 99 }],
    ['with no counter where there was one', { counter: 0 }],
    ['to a challenge of its own', { challenge: 'AAAA' }],
    ['of another kind', { type: 'webauthn.create' }],
    ['in the name of somebody else', { userHandle: 'AAAA' }],
  ])('%s', async (_what, twist) => {
    counter += 1;
    const refused = await signIn(authenticator, { counter, ...twist });
    expect([refused.status, alertIn(refused)]).toEqual([401, expect.stringContaining('did not fit')]);
    expect((await signIn(authenticator, { counter })).text).toContain('Allow');
    expect((await signIn(authenticator, { counter })).status).toBe(401);
  });

  it('that is no answer, or of a passkey that nobody has', async () => {
    const stranger = new TestAuthenticator(origin);
    stranger.create(JSON.stringify({ ...empty, rp: { id: 'alpha.test' } }));
    const { browser, page, asked } = await askToSignIn();
    for (const answer of ['', 'x', '{}', '{"id":"a","response":{}}', JSON.stringify({ ...JSON.parse(stranger.get(asked)), id: '../x' })])
      expect((await browser.submitPasskey(page, answer)).status).toBe(401);
    expect((await signIn(stranger)).status).toBe(401);
  });

  it('when it was given before, to the same page or another', async () => {
    const { browser, page, asked } = await askToSignIn();
    const answer = authenticator.get(asked, { counter: 301 });
    expect((await browser.submitPasskey(page, answer)).text).toContain('Allow');
    await gateway.store.people.change<{ passkeys: { counter: number }[] }>('account', 'dan', (account) => ({
      ...account,
      passkeys: account.passkeys.map((one) => ({ ...one, counter: 0 })),
    }));
    const other = await askToSignIn();
    expect((await other.browser.submitPasskey(other.page, answer)).status).toBe(401);
    const unused = authenticator.get((await askToSignIn()).asked, { counter: 302 });
    expect((await other.browser.submitPasskey(other.page, unused)).status).toBe(401);
  });

  it('after the page has waited too long', async () => {
    const { browser, asked } = await askToSignIn();
    const now = Date.now();
    jest.spyOn(Date, 'now').mockReturnValue(now + 901_000);
    const page = await browser.go(application.address());
    expect((await browser.submitPasskey(page, authenticator.get(asked, { counter: 400 }))).status).toBe(401);
  });

  it('as often as a wrong password, and then the account pauses, whichever way she comes', async () => {
    const person = await people.join('eve');
    const { browser, page } = await signInWithPassword(person);
    const hers = new TestAuthenticator(origin);
    await browser.submitPasskey(page, hers.create(browser.askedBy(page)), { passkeyName: 'key' });
    for (let i = 0; i < 5; i++) expect((await signIn(hers, { isVerified: false })).status).toBe(401);
    expect((await signIn(hers)).status).toBe(429);
    const other = people.newBrowser();
    expect((await other.signIn(await other.go(application.address()), person, 1)).status).toBe(429);
    jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 60_000);
    expect((await signIn(hers)).text).toContain('Allow');
  });

  it('of an account that was disabled', async () => {
    const hers = await join('fay');
    const token = await people.operator();
    expect((await gateway.send('/scim/v2/Users/fay', { method: 'DELETE', token })).status).toBe(204);
    expect((await signIn(hers)).status).toBe(401);
  });
});

const empty = {
  challenge: 'AAAA',
  user: { id: 'AAAA' },
  authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
};

describe('a new passkey', () => {
  it.each<[string, Twist]>([
    ['from a page of another origin', { origin: 'https://evil.test' }],
    ['for another RP ID', { rpId: 'evil.test' }],
    ['for which the person did not show who she is', { isVerified: false }],
    ['to a challenge of its own', { challenge: 'AAAA' }],
    ['of another kind', { type: 'webauthn.get' }],
  ])('is refused %s, and the invitation stays good', async (_what, twist) => {
    const { person, invitation } = await people.add(`gil-${String(names++)}`);
    const browser = people.newBrowser();
    const page = await openInvitation(browser, person.userName, invitation);
    const authenticator = new TestAuthenticator(origin);
    const refused = await browser.submitPasskey(page, authenticator.create(browser.askedBy(page), twist), { passkeyName: 'x' });
    expect([refused.status, alertIn(refused)]).toEqual([401, expect.stringContaining('did not fit')]);
    const made = authenticator.create(browser.askedBy(refused));
    expect((await browser.submitPasskey(refused, made, { passkeyName: 'x' })).text).toContain('Done');
  });

  it('needs the invitation, which works once, whichever way it is used', async () => {
    const { person, invitation } = await people.add('hal');
    const browser = people.newBrowser();
    const page = await openInvitation(browser, 'hal', invitation);
    const authenticator = new TestAuthenticator(origin);
    const made = authenticator.create(browser.askedBy(page));
    expect((await browser.submitPasskey(page, made, { invitation: 'guessed' })).status).toBe(401);
    const again = await openInvitation(browser, 'hal', invitation);
    expect((await browser.submitPasskey(again, authenticator.create(browser.askedBy(again)))).text).toContain('Done');
    expect((await people.newBrowser().enrol(person, invitation)).status).toBe(401);
  });

  it('that is already somebody else’s is refused', async () => {
    const first = await join('ida');
    const second = await join('jim');
    const { browser, page } = await openOwnPage(second);
    const [credential] = first.credentials;
    const made = JSON.parse(second.create(browser.askedBy(page))) as { response: { attestationObject: string } };
    const mine = second.credentials.pop()?.id ?? Buffer.alloc(0);
    const object = Buffer.from(made.response.attestationObject, 'base64url');
    credential?.id.copy(object, object.indexOf(mine));
    const name = credential?.id.toString('base64url');
    const stolen = { ...made, id: name, rawId: name, response: { ...made.response, attestationObject: object.toString('base64url') } };
    expect((await browser.submitPasskey(page, JSON.stringify(stolen), { passkeyName: 'x' })).status).toBe(401);
    expect((await signIn(first)).text).toContain('Allow');
  });
});

let names = 0;

/** Her own page, after she has shown by password and code who she is. */
async function signInWithPassword(person: Awaited<ReturnType<TestStaff['join']>>): Promise<{ browser: TestBrowser; page: Reached }> {
  const browser = people.newBrowser();
  const page = await browser.signIn(await browser.go('/oidc/account'), person);
  expect(page.text).toContain('Your account');
  return { browser, page };
}

describe('a person', () => {
  const passkeysOf = ({ text }: Reached): string => text.split('Sessions')[0] ?? '';
  const listed = (page: Reached): string[] => [...passkeysOf(page).matchAll(/<li>([^:<]+): since/g)].map(([, name]) => name ?? '');
  const idOf = (page: Reached, at: number): string => [...page.text.matchAll(/name="remove" value="([^"]+)"/g)][at]?.[1] ?? '';

  it('adds passkeys to a password, sees them by name and when they were used, and removes one', async () => {
    const person = await people.join('kai');
    const { browser, page } = await signInWithPassword(person);
    const [phone, key] = [new TestAuthenticator(origin), new TestAuthenticator(origin)];
    const one = await browser.submitPasskey(page, phone.create(browser.askedBy(page)), { passkeyName: 'phone <b>' });
    const two = await browser.submitPasskey(one, key.create(browser.askedBy(one)), { passkeyName: 'key' });
    expect(listed(two)).toEqual(['phone &#60;b&#62;', 'key']);
    expect((await signIn(phone)).text).toContain('Allow');
    const now = await openOwnPage(key);
    expect(passkeysOf(now.page).match(/last used/g)).toHaveLength(2);
    const left = await now.browser.submit(now.page, { remove: idOf(now.page, 0) }, 'name="remove"');
    expect(listed(left)).toEqual(['key']);
    expect([(await signIn(phone)).status, (await signIn(key)).status]).toEqual([401, 200]);
  });

  it('keeps the passkey without which she could not sign in', async () => {
    const authenticator = await join('lea');
    const { browser, page } = await openOwnPage(authenticator);
    expect(page.text).not.toContain('name="remove"');
    const id = authenticator.credentials[0]?.id.toString('base64url') ?? '';
    expect((await browser.submitPasskey(page, '', { act: 'x', remove: id })).status).toBe(400);
    expect((await signIn(authenticator)).text).toContain('Allow');
  });

  it('removes nobody else’s', async () => {
    const authenticator = await join('lio');
    const id = authenticator.credentials[0]?.id.toString('base64url') ?? '';
    const { browser, page } = await signInWithPassword(await people.join('lux'));
    expect((await browser.submitPasskey(page, '', { act: 'x', remove: id })).status).toBe(200);
    expect((await signIn(authenticator)).text).toContain('Allow');
  });

  it('shows who she is for her own page, and nothing but the page itself acts in it', async () => {
    const authenticator = await join('mia');
    const { browser, page } = await openOwnPage(authenticator);
    const made = new TestAuthenticator(origin).create(browser.askedBy(page));
    for (const wrong of [{ ticket: 'guessed' }, { ticket: '' }]) expect((await browser.submitPasskey(page, made, wrong)).status).toBe(401);
    const csrf = /name="csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
    const forged = { csrf, ticket: /name="ticket" value="([^"]+)"/.exec(page.text)?.[1] ?? '' };
    expect((await browser.go('/oidc/account', forged, { origin: 'https://evil.test' })).status).toBe(400);
    expect((await browser.go('/oidc/account', { ...forged, csrf: 'x' })).status).toBe(400);
    expect((await browser.go('/oidc/account')).text).toContain('Sign in');
  });

  it('loses all passkeys when her account is reset, and her open page with them', async () => {
    const authenticator = await join('ned');
    const { browser, page } = await openOwnPage(authenticator);
    const token = await people.operator();
    const reset: Answer = await gateway.send('/api/accounts/ned/invitation', { method: 'POST', token });
    expect((await signIn(authenticator)).status).toBe(401);
    const made = new TestAuthenticator(origin).create(browser.askedBy(page));
    expect((await browser.submitPasskey(page, made, { passkeyName: 'x' })).status).toBe(401);
    const fresh = await openInvitation(browser, 'ned', reset.body.invitation);
    expect((await browser.submitPasskey(fresh, authenticator.create(browser.askedBy(fresh)), { passkeyName: 'x' })).text).toContain('Done');
    expect((await signIn(authenticator)).text).toContain('Allow');
  });
});

describe('a page that asks for a passkey', () => {
  it('runs one script of this gateway and no other', async () => {
    const { page } = await askToSignIn();
    expect(page.headers.get('content-security-policy')).toContain(`; script-src ${origin}/oidc/passkey.js; form-action`);
    expect(page.text.match(/<script/g)).toHaveLength(1);
    const script = await gateway.send('/oidc/passkey.js');
    expect([script.status, script.headers.get('content-type')]).toEqual([200, 'text/javascript; charset=utf-8']);
    expect(script.headers.get('x-content-type-options')).toBe('nosniff');
    expect(script.text.length).toBeLessThan(2000);
  });

  it('is of a gateway with a name: passkeys are not of bare addresses', () => {
    const { store } = gateway;
    const isOffered = (address: string): boolean => new PasskeyCeremony({ ...store, origin: address, title: 'Alpha' }).isOffered;
    expect(['https://gateway.example.org', 'http://localhost:7103'].map(isOffered)).toEqual([true, true]);
    expect(['http://127.0.0.1:7103', 'https://[::1]:7103'].map(isOffered)).toEqual([false, false]);
  });

  it('is in no log with what is answered to it', async () => {
    const authenticator = await join('oda-of-the-log');
    await signIn(authenticator);
    const logged = gateway.logged.join('');
    for (const secret of ['oda-of-the-log', authenticator.credentials[0]?.id.toString('base64url') ?? '-'])
      expect(logged).not.toContain(secret);
  });
});
