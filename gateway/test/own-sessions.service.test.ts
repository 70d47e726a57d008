import { TestApplication, type Reached, type TestBrowser, type TestPerson } from './support/test-browser';
import { TestConsortium, type TestGateway } from './support/test-consortium';
import { codeIn, redirectUri, TestStaff } from './support/test-staff';

const consortium = new TestConsortium();
const people = new TestStaff(() => gateway);
const viewer = new TestApplication('viewer', redirectUri, 'openid online_access user/*.rs');
const keeper = new TestApplication('viewer', redirectUri, 'openid offline_access user/*.rs');
let gateway: TestGateway;

beforeAll(async () => {
  await consortium.start();
  gateway = consortium.gateway('AlphaMSP');
  await people.addClient({ clientId: 'viewer', title: 'Ward viewer', kind: 'app', redirectUris: [redirectUri], scopes: ['user/*.rs'] });
}, 30_000);

afterAll(async () => {
  await consortium.stop();
});

interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
}

/** A code of an authenticator is taken once, so each sign-in of a person is half a minute after the one before. */
async function later<T>(steps: number, task: () => Promise<T>): Promise<T> {
  jest.spyOn(Date, 'now').mockReturnValue(Date.now() + steps * 30_000);
  try {
    return await task();
  } finally {
    jest.restoreAllMocks();
  }
}

/** Signs in once more, in a browser of its own. */
const launch = async (person: TestPerson, steps: number, application = viewer): Promise<Tokens & { readonly browser: TestBrowser }> => {
  const browser = people.newBrowser();
  const { body } = await later(steps, () => people.launch(person, application, browser));
  return { ...(body as Tokens), browser };
};
const openOwnPage = async (person: TestPerson, steps: number): Promise<{ browser: TestBrowser; page: Reached }> => {
  const browser = people.newBrowser();
  const page = await later(steps, async () => browser.signIn(await browser.go('/oidc/account'), person));
  expect(page.text).toContain('Your account');
  return { browser, page };
};
const listed = ({ text }: Reached): string[] =>
  [...text.matchAll(/<li>([^<]+)</g)].map(([, line]) => (line ?? '').replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d UTC/g, 'T'));
const firstIn = ({ text }: Reached): string => /name="end" value="([^"]+)"/.exec(text)?.[1] ?? '';
const isOpen = async ({ access_token: token }: Tokens): Promise<boolean> => {
  const answer = await gateway.send('/fhir/Patient', { token });
  expect([200, 'TOKEN_INVALID']).toContain(answer.status === 200 ? 200 : codeIn(answer));
  return answer.status === 200;
};
const renew = async ({ refresh_token: token }: Tokens): Promise<number> => (await people.refresh(token)).status;

describe('the sessions of a person', () => {
  it('are listed with their applications, and one of them ends with its tokens, its refresh token and its browser', async () => {
    const person = await people.join('ada');
    const [one, other] = [await launch(person, 0), await launch(person, 2, keeper)];
    const { browser, page } = await openOwnPage(person, 4);
    expect(listed(page)).toEqual(Array<string>(2).fill('Ward viewer: since T, last used T'));
    // The newest comes first.
    const left = await browser.submit(page, { end: firstIn(page) }, 'name="end"');
    expect(listed(left)).toHaveLength(1);
    expect([await isOpen(one), await isOpen(other)]).toEqual([true, false]);
    expect([await renew(one), await renew(other)]).toEqual([200, 400]);
    expect((await one.browser.go(viewer.address())).url.searchParams.has('code')).toBe(true);
    expect((await other.browser.go(viewer.address())).text).toContain('Password');
  });

  it('hold what an application keeps when she has signed out, until she ends that, too', async () => {
    const person = await people.join('bea');
    const kept = await launch(person, 0, keeper);
    const ending = await kept.browser.go('/oidc/end-session');
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(ending.text)?.[1] ?? '';
    await kept.browser.go(/action="([^"]+)"/.exec(ending.text)?.[1] ?? '', { xsrf, logout: 'yes' });
    expect(await isOpen(kept)).toBe(true);
    const { browser, page } = await openOwnPage(person, 2);
    expect(listed(page)).toEqual(['Ward viewer: since T, last used T']);
    expect((await browser.submit(page, { end: firstIn(page) }, 'name="end"')).text).toContain('None.');
    expect([await isOpen(kept), await renew(kept)]).toEqual([false, 400]);
  });

  it('end all at once, with the page that asked for it', async () => {
    const person = await people.join('cyd');
    const [one, other] = [await launch(person, 0), await launch(person, 2, keeper)];
    const { browser, page } = await openOwnPage(person, 4);
    expect((await browser.submit(page, { act: 'end-all' }, 'end-all')).text).toContain('Signed out');
    expect([await isOpen(one), await isOpen(other), await renew(other)]).toEqual([false, false, 400]);
    expect((await browser.submit(page, { act: 'end-all' }, 'end-all')).status).toBe(401);
    expect(await isOpen(await launch(person, 6))).toBe(true);
  });

  it('are hers alone to see and end, and an operator’s to end', async () => {
    const [person, stranger] = [await people.join('dan'), await people.join('eve')];
    const hers = await launch(person, 0, keeper);
    const own = await openOwnPage(person, 2);
    const { browser, page } = await openOwnPage(stranger, 2);
    expect(page.text).toContain('None.');
    await browser.submit(page, { end: firstIn(own.page) }, 'end-all');
    expect(await isOpen(hers)).toBe(true);
    const path = '/api/accounts/dan/sessions';
    const end = async (role: string): Promise<number> =>
      (await gateway.send(path, { method: 'DELETE', token: await gateway.token(role) })).status;
    expect([await end('physician'), await isOpen(hers)]).toEqual([403, true]);
    expect([await end('operator'), await isOpen(hers), await renew(hers)]).toEqual([204, false, 400]);
    expect((await own.browser.submit(own.page, { act: 'end-all' }, 'end-all')).status).toBe(401);
  });
});
