import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { validateResource } from '../src/validation';
import { TestApplication, type TestPerson } from './support/test-browser';
import { TestConsortium, type Answer, type TestGateway } from './support/test-consortium';
import { redirectUri, TestStaff } from './support/test-staff';

const consortium = new TestConsortium();
const staff = new TestStaff(() => gateway);
const application = new TestApplication('viewer', redirectUri, 'offline_access user/*.rs');
let gateway: TestGateway;

beforeAll(async () => {
  await consortium.start();
  gateway = consortium.gateway('AlphaMSP');
  await staff.addClient({ clientId: 'viewer', title: 'Viewer', kind: 'app', redirectUris: [redirectUri], scopes: ['user/*.cruds'] });
}, 30_000);

afterAll(async () => {
  await consortium.stop();
});

afterEach(async () => {
  jest.restoreAllMocks();
  await gateway.store.signIns.remove('Attempts', 'address 127.0.0.1');
});

interface Entry {
  readonly event: string;
  readonly route: string;
  readonly status: number;
  readonly code: string | null;
  readonly records: readonly string[];
  readonly person: string | null;
}

/** What was written down by the time that something was answered. */
async function entriesOf(act: () => Promise<unknown>): Promise<readonly Entry[]> {
  const before = gateway.store.audit.length;
  await act();
  const kept = gateway.store.audit.list({ names: [], from: before + 1 }, { most: 100 });
  return kept.map(({ text, own }) => ({ ...(JSON.parse(text) as Entry), ...(JSON.parse(own) as Pick<Entry, 'person'>) }));
}

const told = (entries: readonly Entry[]): unknown[] => entries.map(({ event, person, status, code }) => [event, person, status, code]);
const find = async (query: string): Promise<{ id: string }[]> => {
  const answer = await gateway.send(`/fhir/AuditEvent?${query}`, { token: await gateway.token('auditor') });
  return (answer.body.entry ?? []).map(({ resource }: { resource: { id: string } }) => resource);
};

async function tryToSignIn(person: TestPerson, times = 1): Promise<number[]> {
  const browser = staff.newBrowser();
  const page = await browser.go(application.address());
  const statuses: number[] = [];
  for (let i = 0; i < times; i++) statuses.push((await browser.signIn(page, person)).status);
  return statuses;
}

describe('whoever signs in', () => {
  it('is written down before the application gets her tokens, again when they are renewed, and when she signs out', async () => {
    const person = await staff.join('ada');
    const browser = staff.newBrowser();
    let answer: Answer | undefined;
    expect(told(await entriesOf(async () => (answer = await staff.launch(person, application, browser))))).toEqual([
      ['login', 'ada', 200, null],
      ['token', 'ada', 200, 'authorization_code'],
    ]);
    const renewed = await entriesOf(() => staff.refresh(String(answer?.body.refresh_token)));
    expect(told(renewed)).toEqual([['token', 'ada', 200, 'refresh_token']]);
    expect(renewed[0]).toMatchObject({ route: 'post /oidc/token', records: ['urn:medaccord:client:viewer'] });
    const page = await browser.go('/oidc/end-session');
    const action = /action="([^"]+)"/.exec(page.text)?.[1] ?? '';
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
    expect(told(await entriesOf(() => browser.go(action, { xsrf, logout: 'yes' })))).toEqual([['logout', 'ada', 200, null]]);
  });

  it('is found by an auditor as user authentication by DICOM, in valid AuditEvents', async () => {
    const events = await find('agent=ada&type=110114&_count=100');
    for (const event of events) expect([event, validateResource(event as never)]).toEqual([event, []]);
    const [login] = await find('agent=ada&subtype=http://dicom.nema.org/resources/ontology/DCM|110122&outcome=0');
    expect(login).toMatchObject({ action: 'E', outcome: '0', type: { code: '110114' }, subtype: [{ code: '110122' }] });
    expect(await find('agent=ada&subtype=110123')).toHaveLength(1);
    expect(await find('entity=urn:medaccord:client:viewer&type=110114')).toHaveLength(2);
  });

  it('with a refresh token that was used before is written down as that', async () => {
    const { body } = await staff.launch(await staff.join('bea'), application);
    await staff.refresh(body.refresh_token);
    expect(told(await entriesOf(() => staff.refresh(body.refresh_token)))).toEqual([['token', 'bea', 400, 'REFRESH_TOKEN_REUSED']]);
    expect(await entriesOf(() => staff.refresh(body.refresh_token))).toEqual([]);
  });
});

describe('whoever fails to sign in', () => {
  it('is written down by the name of an account, and not by any other', async () => {
    const person = await staff.join('cyd');
    expect(told(await entriesOf(() => tryToSignIn({ ...person, password: 'wrong' })))).toEqual([['login', 'cyd', 401, 'SIGN_IN_REFUSED']]);
    expect(await entriesOf(() => tryToSignIn({ ...person, userName: 'nobody' }))).toEqual([]);
    expect(await find('agent=cyd&outcome=4&subtype=110122')).toHaveLength(1);
  });

  it('too often is written down once for each pause, however often she knocks', async () => {
    const person = { ...(await staff.join('dan')), password: 'wrong' };
    jest.spyOn(Date, 'now').mockReturnValue(Date.now());
    const entries = await entriesOf(async () => {
      expect(await tryToSignIn(person, 8)).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
    });
    expect(told(entries).at(-1)).toEqual(['login', 'dan', 429, 'SIGN_IN_PAUSED']);
    expect(entries).toHaveLength(6);
  });
});

describe('an account or a client', () => {
  it('is named in the entry of whatever an operator does with it, and of what its owner chooses', async () => {
    const token = await staff.operator();
    const { person, invitation } = await staff.add('eve');
    expect(told(await entriesOf(() => staff.newBrowser().enrol(person, 'guessed')))[0]).toEqual(['account', 'eve', 401, 'SIGN_IN_REFUSED']);
    const enrolled = await entriesOf(() => staff.newBrowser().enrol(person, invitation));
    expect(told(enrolled).at(-1)).toEqual(['account', 'eve', 200, null]);
    const [left] = await entriesOf(() => gateway.send('/scim/v2/Users/eve', { method: 'DELETE', token }));
    expect(left).toMatchObject({ event: 'account', person: 'operator-1', records: ['urn:medaccord:account:eve'] });
    const [removed] = await entriesOf(() => gateway.send('/api/clients/none', { method: 'DELETE', token }));
    expect(removed).toMatchObject({ event: 'account', status: 404, records: ['urn:medaccord:client:none'] });
    expect((await find('entity=urn:medaccord:account:eve')).length).toBeGreaterThan(1);
  });
});

describe('without the audit log', () => {
  it('nobody signs in, and no token is given', async () => {
    const person = await staff.join('fay');
    const { body } = await staff.launch(person, application);
    const other = new DatabaseSync(join(gateway.data, 'audit.sqlite'));
    other.exec('BEGIN IMMEDIATE');
    const late = await staff.refresh(body.refresh_token);
    other.exec('ROLLBACK');
    other.close();
    expect([late.status, late.body.error, late.headers.get('retry-after')]).toEqual([503, 'temporarily_unavailable', '2']);
    expect(late.text).not.toContain('token"');
    for (const name of ['audit.sqlite', 'audit.sqlite-wal']) renameSync(join(gateway.data, name), join(gateway.data, `away-${name}`));
    expect(await tryToSignIn(person)).toEqual([503]);
    expect((await staff.refresh(body.refresh_token)).body.code).toBe('AUDIT_UNAVAILABLE');
  });
});
