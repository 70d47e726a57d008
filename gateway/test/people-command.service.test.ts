import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair } from 'jose';
import { account } from '../src/cli/account';
import { client } from '../src/cli/client';
import type { Command } from '../src/cli/command';
import { loadCliConfig, type CliConfig } from '../src/cli/config';
import { token } from '../src/cli/token';
import { writeConnections } from './support/connection-folder';
import { TestBrowser } from './support/test-browser';
import { TestConsortium, type TestGateway } from './support/test-consortium';

const consortium = new TestConsortium();
const folder = mkdtempSync(join(tmpdir(), 'medaccord-people-'));
const connection = join(folder, 'connection.json');
const config: CliConfig = { walletPassphrase: undefined, colour: false, isTerminal: false, sampleBundle: '', program: 'medaccord' };
let gateway: TestGateway;

beforeAll(async () => {
  await consortium.start();
  gateway = consortium.gateway('AlphaMSP');
  writeConnections(folder, consortium);
  const document = JSON.parse(readFileSync(join(folder, 'organisations/alpha/connection.json'), 'utf8')) as object;
  writeFileSync(connection, JSON.stringify({ ...document, data: gateway.data }));
});

afterAll(async () => {
  await consortium.stop();
  rmSync(folder, { recursive: true, force: true });
});

const run = (command: Command, ...argv: readonly string[]): Promise<string> =>
  capture(() => command([...argv, '--connection', connection], config));

async function capture(work: () => Promise<number>): Promise<string> {
  const lines: string[] = [];
  const out = jest.spyOn(process.stdout, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
  try {
    expect(await work()).toBe(0);
  } finally {
    out.mockRestore();
  }
  return lines.join('');
}

describe('medaccord account', () => {
  it('lets somebody join, move and leave', async () => {
    const told = await run(account, 'add', '--user', 'ada', '--role', 'physician', '--department', 'cardiology', '--team', 'heart failure');
    const invitation = /with the invitation\s+(\S+)/.exec(told)?.[1] ?? '';
    const person = { userName: 'ada', password: 'something long to say', secret: '' };
    expect((await new TestBrowser('http://alpha.test', gateway.url).enrol(person, invitation)).text).toContain('Done');
    expect(await run(account, 'list')).toBe('ada  active  physician  cardiology\n');
    expect(await run(account, 'role', '--user', 'ada', '--reach', 'cardiology', '--reach', 'emergency')).toBe(
      'ada  active  physician  cardiology  within cardiology, emergency\n',
    );
    expect(await run(account, 'role', '--user', 'ada', '--whole-house')).toBe('ada  active  physician  cardiology\n');
    expect(await run(account, 'role', '--user', 'ada', '--role', 'auditor', '--department', 'quality')).toBe(
      'ada  active  auditor  quality\n',
    );
    expect(await run(account, 'disable', '--user', 'ada')).toContain('disabled');
    expect(await run(account, 'enable', '--user', 'ada')).toContain('active');
    expect(await run(account, 'end', '--user', 'ada')).toBe('ada: all sessions ended\n');
    expect(await run(account, 'reset', '--user', 'ada')).toMatch(/with the invitation\s+\S{22}\n/);
  });

  it('lists more accounts than a page holds', async () => {
    const token = await gateway.token('operator');
    for (let i = 0; i < 101; i++) {
      const body = { userName: `u${String(i)}`, roles: [{ value: 'records' }] };
      expect((await gateway.send('/scim/v2/Users', { token, body })).status).toBe(201);
    }
    expect((await run(account, 'list')).trim().split('\n')).toHaveLength(102);
  });

  it.each([
    [['add', '--user', 'ada', '--role', 'physician'], 'ACCOUNT_EXISTS'],
    [['add', '--user', 'bo', '--role', 'gateway'], 'REQUEST_INVALID'],
    [['add', '--user', 'a b', '--role', 'physician'], 'REQUEST_INVALID'],
    [['disable', '--user', 'nobody'], 'RESOURCE_NOT_FOUND'],
    [['end', '--user', 'nobody'], 'RESOURCE_NOT_FOUND'],
    [['role', '--user', 'ada'], 'USAGE'],
    [['role', '--user', 'ada', '--reach', 'cardiology', '--whole-house'], 'USAGE'],
    [['add', '--user', 'cy', '--role', 'auditor', '--reach', 'cardiology'], 'REQUEST_INVALID'],
    [['fire', '--user', 'ada'], 'USAGE'],
  ])('says what is wrong with %j', async (argv, code) => {
    await expect(run(account, ...argv)).rejects.toMatchObject({ code });
  });
});

describe('medaccord token', () => {
  it('is signed by the key in the folder that MEDACCORD_KEYS names, as for the gateway', async () => {
    const elsewhere = join(folder, 'elsewhere.json');
    const document = JSON.parse(readFileSync(connection, 'utf8')) as object;
    writeFileSync(elsewhere, JSON.stringify({ ...document, data: '/none' }));
    for (const env of [{ MEDACCORD_KEYS: join(gateway.data, 'keys') }, { MEDACCORD_DATA: gateway.data }]) {
      const signed = await capture(() => token(['--role', 'operator', '--connection', elsewhere], loadCliConfig(env)));
      expect((await gateway.send('/scim/v2/Users', { token: signed.trim() })).status).toBe(200);
    }
    await expect(token(['--role', 'operator', '--connection', elsewhere], config)).rejects.toMatchObject({ code: 'TOKEN_KEY_MISSING' });
  });
});

describe('medaccord client', () => {
  it('registers, lists and removes applications', async () => {
    const file = join(folder, 'keys.json');
    const { publicKey } = await generateKeyPair('ES384', { extractable: true });
    writeFileSync(file, JSON.stringify({ keys: [await exportJWK(publicKey)] }));
    await run(client, 'add', '--id', 'viewer', '--redirect', 'https://app.test/', '--scope', 'user/*.rs medaccord/api');
    await run(client, 'add', '--id', 'feed', '--role', 'records', '--scope', 'system/*.cruds', '--jwks', file);
    expect(await run(client, 'list')).toBe('feed  backend  system/*.cruds\nviewer  app  user/*.rs medaccord/api\n');
    expect(await run(client, 'remove', '--id', 'feed')).toContain('removed');
    expect(await run(client, 'list')).toBe('viewer  app  user/*.rs medaccord/api\n');
  });

  it('refuses what fits neither kind, private keys and scopes that are none', async () => {
    const file = join(folder, 'private.json');
    const { privateKey } = await generateKeyPair('ES384', { extractable: true });
    writeFileSync(file, JSON.stringify({ keys: [await exportJWK(privateKey)] }));
    for (const argv of [
      ['--role', 'records', '--scope', 'system/*.rs'],
      ['--redirect', 'https://app.test/', '--role', 'records', '--scope', 'user/*.rs'],
      ['--role', 'records', '--scope', 'system/*.rs', '--jwks', file],
      ['--redirect', 'https://app.test/', '--scope', 'everything'],
    ])
      await expect(run(client, 'add', '--id', 'odd', ...argv)).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  });
});

describe('the SCIM door', () => {
  it('finds one account by name, pages, and takes what directories send', async () => {
    const token = await gateway.token('operator');
    const get = async (query: string) => (await gateway.send(`/scim/v2/Users?${query}`, { token })).body;
    expect(await get(`filter=${encodeURIComponent('userName eq "u7"')}`)).toMatchObject({
      totalResults: 1,
      Resources: [{ id: 'u7', active: true, roles: [{ value: 'records' }] }],
    });
    expect(await get(`filter=${encodeURIComponent('userName eq "nobody"')}`)).toMatchObject({ totalResults: 0 });
    expect(await get('startIndex=3&count=2')).toMatchObject({ startIndex: 3, itemsPerPage: 2 });
    expect((await get(`filter=${encodeURIComponent('active eq true')}`)).code).toBe('REQUEST_INVALID');
    const patch = (...Operations: object[]) =>
      gateway.send('/scim/v2/Users/u7', {
        method: 'PATCH',
        token,
        body: JSON.stringify({ schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations }),
        headers: { 'content-type': 'application/scim+json' },
      });
    expect((await patch({ op: 'Replace', path: 'active', value: 'False' })).body.active).toBe(false);
    expect((await patch({ op: 'replace', value: { roles: [{ value: 'insurer-clerk' }], active: true } })).body).toMatchObject({
      active: true,
      roles: [{ value: 'insurer-clerk' }],
    });
    for (const operation of [
      { op: 'replace', path: 'userName', value: 'x' },
      { op: 'move', path: 'active', value: true },
      { op: 'replace', path: 'active', value: 'perhaps' },
      { op: 'remove', path: 'roles' },
      { op: 'replace', path: 'roles', value: [{ value: 'insurer-clerk' }, { value: 'auditor' }] },
      { op: 'replace', path: 'constructor', value: 1 },
    ])
      expect([operation, (await patch(operation)).body.code]).toEqual([operation, 'REQUEST_INVALID']);
    expect((await patch({ op: 'remove', path: 'urn:medaccord:scim:staff:teams' })).status).toBe(200);
    expect(JSON.stringify(await get(''))).not.toMatch(/argon2|secret|"hash"/);
  });
});
