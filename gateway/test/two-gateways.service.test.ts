import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { AuditRoots } from '../src/store';
import { TestConsortium, TestGateway, waitFor, type Answer } from './support/test-consortium';
import { ask, newBundle, TestPatient } from './support/test-patient';
import { TestAuthenticator } from './support/test-authenticator';
import { TestApplication, type Reached } from './support/test-browser';
import { TestPostgres } from './support/test-postgres';
import { codeIn, origin, redirectUri, TestStaff } from './support/test-staff';

jest.setTimeout(60_000);

if (!TestPostgres.isAvailable) it.todo('two gateways share a database, where npm has PostgreSQL for this platform');

const describePostgres = (rules: () => void): void => {
  if (TestPostgres.isAvailable) describe('two gateways of one organisation', rules);
};

describePostgres(() => {
  const consortium = new TestConsortium();
  let postgres: TestPostgres;
  let gateways: TestGateway[];
  let names = 0;

  beforeAll(async () => {
    [postgres] = await Promise.all([TestPostgres.start(), consortium.start()]);
  });

  afterAll(async () => {
    await consortium.stop();
    await postgres.stop();
  });

  /** Two processes with data of their own, one database and the organisation's keys. */
  beforeEach(async () => {
    const alpha = consortium.gateway('AlphaMSP');
    await alpha.stop();
    const places = { keys: join(consortium.folder, 'alpha', 'keys'), databaseUrl: await postgres.newDatabase() };
    names += 1;
    gateways = ['one', 'other'].map(
      (name) => new TestGateway(consortium.ledger, 'AlphaMSP', join(consortium.folder, name + String(names)), places),
    );
    for (const gateway of gateways) {
      gateway.askHttp = alpha.askHttp;
      await gateway.start();
    }
    consortium.gateways.set('AlphaMSP', gateways[0] as TestGateway);
  });

  afterEach(async () => {
    const [first, ...others] = gateways;
    for (const gateway of others) await gateway.stop();
    if (first !== undefined) consortium.gateways.set('AlphaMSP', first);
    consortium.heal();
  });

  const both = (): [TestGateway, TestGateway] => gateways as [TestGateway, TestGateway];
  const fhir = async (gateway: TestGateway, method: string, path: string, more: { body?: object; key?: string } = {}): Promise<Answer> => {
    const headers = more.body === undefined ? {} : { 'content-type': 'application/fhir+json' };
    return gateway.send(`/fhir${path}`, { token: await gateway.token('records'), method, headers, ...more });
  };
  const newLocation = (name: string, more: object = {}): object => ({ resourceType: 'Location', name, ...more });
  const isFound = (gateway: TestGateway, path: string) => async (): Promise<boolean> => (await fhir(gateway, 'GET', path)).status === 200;
  /** As kill -9 and the loss of the machine: it reaches nothing any more, and gives nothing back. */
  const crash = async (gateway: TestGateway): Promise<TestGateway> => {
    gateway.carrier.faults.unreachable = true;
    await gateway.store.close();
    void gateway.stop().catch(() => undefined);
    gateways = gateways.filter((one) => one !== gateway);
    const [left] = gateways;
    if (left === undefined) throw new Error('none is left');
    consortium.gateways.set('AlphaMSP', left);
    return left;
  };

  it('give a request one effect and one answer, whichever of them it reaches, and both at once', async () => {
    const [one, other] = both();
    const key = randomUUID();
    const before = consortium.ledger.blocks.length;
    const answers = await Promise.all(
      [one, other, one].map((gateway) => fhir(gateway, 'POST', '/Location', { body: newLocation('a'), key })),
    );
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect((await fhir(other, 'POST', '/Location', { body: newLocation('a'), key })).text).toBe(answers[0]?.text);
    expect(consortium.ledger.blocks.length - before).toBe(2);
    expect((await fhir(other, 'POST', '/Location', { body: newLocation('b'), key })).status).toBe(409);
  });

  it('find what the other imported, and lose no change that both make at once', async () => {
    const [one, other] = both();
    const { id } = (await fhir(one, 'POST', '/Location', { body: newLocation('first') })).body;
    await waitFor(isFound(other, `/Location/${id}`), 5_000);
    const changes = [one, other, one, other].map((gateway, at) =>
      fhir(gateway, 'PUT', `/Location/${id}`, { body: newLocation(`change ${String(at)}`, { id }) }),
    );
    expect((await Promise.all(changes)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    for (const gateway of [one, other]) {
      await waitFor(isFound(gateway, `/Location/${id}/_history/5`), 5_000);
      expect((await fhir(gateway, 'GET', `/Location/${id}/_history`)).body.entry).toHaveLength(5);
    }
    expect((await fhir(other, 'DELETE', `/Location/${id}`)).status).toBe(204);
    await waitFor(async () => (await fhir(one, 'GET', `/Location/${id}`)).status === 410, 5_000);
  });

  it('split the work: one of them answers requests, and the other when the first is dead', async () => {
    const [one, other] = both();
    expect([one, other].map(({ store }) => store.leases.isLeading)).toEqual([true, false]);
    const patient = new TestPatient(consortium, 'AlphaMSP');
    await patient.register();
    await patient.import(newBundle(2));
    await patient.checkIn('BetaMSP');
    await patient.consent('BetaMSP', ['laboratory']);
    const beta = consortium.gateway('BetaMSP');
    expect((await ask(beta, patient.relationRef, ['laboratory'])).body.status).toBe('released');
    const left = await crash(one);
    const asked = await ask(beta, patient.relationRef, ['laboratory'], { wait: 10 });
    expect([asked.body.status, left.store.leases.isLeading]).toEqual(['released', true]);
    expect(beta.store.facts.listType('decision')).toHaveLength(2);
  });

  it('anchor each the audit log of its own, whichever of them leads', async () => {
    for (const gateway of both()) {
      await fhir(gateway, 'GET', '/Location');
      await gateway.stop();
      await gateway.start();
    }
    const [one, other] = both();
    expect(one.store.audit.id).not.toBe(other.store.audit.id);
    for (const { store } of [one, other]) {
      const roots = both().map(({ store: { facts } }) => new AuditRoots(facts, 'AlphaMSP', store.audit.id));
      await waitFor(() => roots.every((known) => known.findNewest()?.value.size === store.audit.length), 5_000);
    }
  });

  it('settle what the other left unknown, also an import in the middle, and the repeat has one effect', async () => {
    const [one, other] = both();
    const key = randomUUID();
    one.carrier.hook = (step, { transaction }) => {
      if (`${step} ${transaction}` === 'endorse AnchorRecords') one.carrier.faults.unreachable = true;
    };
    const cut = fhir(one, 'POST', '/Location', { body: newLocation('cut off'), key }).catch(() => undefined);
    await waitFor(() => one.carrier.faults.unreachable, 5_000);
    await crash(one);
    const again = await fhir(other, 'POST', '/Location', { body: newLocation('cut off'), key });
    expect([again.status, again.text]).toEqual([201, expect.any(String)]);
    const locations = await fhir(other, 'GET', '/Location?name=cut');
    expect(locations.status).toBe(200);
    const ofGroups = other.store.facts.listType<{ status: string }>('group').map(({ value }) => value.status);
    expect(ofGroups).toEqual(['abandoned']);
    expect(await other.store.imports.listRunning()).toEqual([]);
    await cut;
  });

  describe('for people who sign in', () => {
    const people = new TestStaff(() => both()[0]);
    const application = new TestApplication('viewer', redirectUri, 'openid offline_access user/*.rs');
    const seen = async (gateway: TestGateway, token: string): Promise<unknown> => {
      const answer = await gateway.send('/fhir/Patient', { token });
      return answer.status === 200 ? 200 : codeIn(answer);
    };
    const seenAtBoth = (token: string): Promise<unknown[]> => Promise.all(both().map((gateway) => seen(gateway, token)));

    beforeEach(async () => {
      await people.addClient({ clientId: 'viewer', title: 'Viewer', kind: 'app', redirectUris: [redirectUri], scopes: ['user/*.rs'] });
    });

    it('are one provider: accounts, sessions, codes, tokens and keys of one are those of the other', async () => {
      const [one, other] = both();
      const person = await people.join('ada');
      const browser = people.newBrowser(other);
      const login = await browser.go(application.address());
      browser.url = one.url;
      const consent = await browser.signIn(login, person);
      browser.url = other.url;
      const back = await browser.submit(consent, { act: 'allow' });
      const { body } = await people.token(application.codeForm(back.url.searchParams.get('code') ?? ''), one);
      expect(await seenAtBoth(body.access_token)).toEqual([200, 200]);
      const renewed = await people.refresh(body.refresh_token, other);
      expect(await seenAtBoth(renewed.body.access_token)).toEqual([200, 200]);
      const session = await browser.go(new TestApplication('viewer', redirectUri, 'user/Observation.rs').address());
      expect(session.text).toContain('Allow this application?');
      const keys = await Promise.all(both().map((gateway) => gateway.send('/oidc/jwks')));
      expect(keys[0]?.body.keys).toHaveLength(2);
      expect(keys[1]?.text).toBe(keys[0]?.text);
    });

    it('end what a leaver holds at both at once, and what came of a client that is removed', async () => {
      const [one, other] = both();
      const leaver = (await people.launch(await people.join('bea'), application)).body;
      const user = (await people.launch(await people.join('cyd'), application)).body;
      const token = await people.operator();
      expect((await other.send('/scim/v2/Users/bea', { method: 'DELETE', token })).status).toBe(204);
      expect(await seenAtBoth(leaver.access_token)).toEqual(['TOKEN_INVALID', 'TOKEN_INVALID']);
      expect((await people.refresh(leaver.refresh_token, one)).body.error).toBe('invalid_grant');
      expect(await seenAtBoth(user.access_token)).toEqual([200, 200]);
      expect((await other.send('/api/clients/viewer', { method: 'DELETE', token })).status).toBe(204);
      expect(await seenAtBoth(user.access_token)).toEqual(['TOKEN_INVALID', 'TOKEN_INVALID']);
    });

    it('count wrong attempts together', async () => {
      const [one, other] = both();
      const person = await people.join('dan');
      const attempt = async (gateway: TestGateway, password: string): Promise<number> => {
        const browser = people.newBrowser(gateway);
        return (await browser.signIn(await browser.go(application.address()), { ...person, password })).status;
      };
      for (const gateway of [one, other, one, other, one]) expect(await attempt(gateway, 'wrong')).toBe(401);
      expect(await Promise.all(both().map((gateway) => attempt(gateway, person.password)))).toEqual([429, 429]);
    });

    it('take an invitation and a code of an authenticator once, though both are asked at once', async () => {
      const { person, invitation } = await people.add('eve');
      const enrolled = await Promise.all(both().map((gateway) => people.newBrowser(gateway).enrol({ ...person }, invitation)));
      expect(enrolled.map(({ status }) => status).sort()).toEqual([200, 401]);
      const known = await people.join('fay');
      const browsers = both().map((gateway) => people.newBrowser(gateway));
      const logins = await Promise.all(browsers.map((browser) => browser.go(application.address())));
      const pages = await Promise.all(browsers.map((browser, at) => browser.signIn(logins[at] as Reached, known)));
      expect(pages.map(({ status }) => status).sort()).toEqual([200, 401]);
    });

    it('take a refresh token once: of two at once one at most is answered, and all that came from it ends', async () => {
      for (const name of ['gil', 'gus', 'gwen', 'guy']) {
        const { body } = await people.launch(await people.join(name), application);
        const answers = await Promise.all([...both(), ...both()].map((gateway) => people.refresh(body.refresh_token, gateway)));
        const given = answers.filter(({ status }) => status === 200);
        expect(given.length).toBeLessThanOrEqual(1);
        expect(answers.filter(({ body: told }) => told.error === 'invalid_grant')).toHaveLength(4 - given.length);
        for (const { body: told } of given) {
          expect(await seenAtBoth(told.access_token)).toEqual(['TOKEN_INVALID', 'TOKEN_INVALID']);
          expect((await people.refresh(told.refresh_token)).body.error).toBe('invalid_grant');
        }
      }
    });

    it('take the answer of a passkey once, though both get it at once, whichever of them asked for it', async () => {
      const [one, other] = both();
      const { invitation } = await people.add('ida');
      const authenticator = new TestAuthenticator(origin);
      const joining = people.newBrowser(one);
      const page = await joining.submit(await joining.go('/oidc/invitation'), { userName: 'ida', invitation, act: 'open' });
      joining.url = other.url;
      const made = authenticator.create(joining.askedBy(page));
      expect((await joining.submitPasskey(page, made, { passkeyName: 'phone' })).text).toContain('Done');
      const login = await joining.go('/oidc/account');
      // Its counter stays at nothing, so that only the challenge tells a repeat.
      const answer = authenticator.get(joining.askedBy(login), { counter: 0 });
      const browsers = both().map((gateway) => people.newBrowser(gateway));
      const pages = await Promise.all(browsers.map((browser) => browser.submitPasskey(login, answer)));
      expect(pages.map(({ status }) => status).sort()).toEqual([200, 401]);
    });

    it('say that the database does not answer, and go on when it is back', async () => {
      const [one] = both();
      const { body } = await people.launch(await people.join('hal'), application);
      await postgres.kill();
      expect(await seen(one, body.access_token)).toBe('STORE_UNAVAILABLE');
      expect((await people.refresh(body.refresh_token)).status).toBe(503);
      await postgres.restart();
      expect(await seenAtBoth(body.access_token)).toEqual([200, 200]);
    });
  });
});
