import { randomUUID } from 'node:crypto';
import { TestApplication, TestBrowser, type TestPerson } from './test-browser';
import type { Answer, Door } from './door';

/** The address that everybody knows the test gateway by, and where the test application goes on. */
export const origin = 'http://alpha.test';
export const redirectUri = 'https://app.test/callback';

const staff = 'urn:medaccord:scim:staff';

/** What an operator does with accounts and applications, and people who join and sign in. */
export class TestStaff {
  /** @param gateway where everything is done unless another is named */
  constructor(readonly gateway: () => Door) {}

  operator(): Promise<string> {
    return this.gateway().token('operator');
  }

  async addClient(client: object): Promise<void> {
    const { status } = await this.gateway().send('/api/clients', { token: await this.operator(), body: client, key: randomUUID() });
    expect(status).toBe(201);
  }

  newBrowser(at = this.gateway()): TestBrowser {
    return new TestBrowser(origin, at.url);
  }

  async add(userName: string, role = 'physician', more: object = {}): Promise<{ person: TestPerson; invitation: string }> {
    const person = { userName, password: `a long phrase for ${role}`, secret: '' };
    const body = { userName, roles: [{ value: role }], ...more };
    const answer = await this.gateway().send('/scim/v2/Users', { token: await this.operator(), body });
    expect(answer.status).toBe(201);
    return { person, invitation: answer.body[staff].invitation };
  }

  async join(userName: string, role?: string, more?: object): Promise<TestPerson> {
    const { person, invitation } = await this.add(userName, role, more);
    expect((await this.newBrowser().enrol(person, invitation)).text).toContain('Done');
    return person;
  }

  postForm(path: string, form: Readonly<Record<string, string>>, at = this.gateway()): Promise<Answer> {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return at.send(path, { body: new URLSearchParams(form).toString(), headers });
  }

  token(form: Readonly<Record<string, string>>, at?: Door): Promise<Answer> {
    return this.postForm('/oidc/token', form, at);
  }

  refresh(token: string, at?: Door): Promise<Answer> {
    return this.token({ grant_type: 'refresh_token', refresh_token: token, client_id: 'viewer' }, at);
  }

  /** The whole launch: to the provider, signed in, allowed, back with a code, and the code for tokens. */
  async launch(person: TestPerson, application: TestApplication, browser = this.newBrowser()): Promise<Answer> {
    const consent = await browser.signIn(await browser.go(application.address()), person);
    const back = await browser.submit(consent, { act: 'allow' });
    return this.token(application.codeForm(back.url.searchParams.get('code') ?? ''));
  }
}

/** The code of a refusal, whether as a problem document or as an OperationOutcome. */
export function codeIn({ body }: Answer): unknown {
  return body.code ?? body.issue?.[0].details.coding[0].code;
}
