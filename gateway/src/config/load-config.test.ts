import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from './config-error';
import { loadConfig } from './load-config';
import { formatVariables, variables } from './variables';

const folder = mkdtempSync(join(tmpdir(), 'gateway-config-'));
const path = join(folder, 'connection.json');
const organisation = { name: 'alpha', title: 'Alpha', mspId: 'AlphaMSP', role: 'hospital' };
const files = { certificate: '/c.pem', privateKey: '/k.pem' };
const document = {
  version: 1,
  network: 'n',
  ledger: 'devnet',
  channel: 'c',
  chaincode: 'cc',
  organisation,
  members: [{ ...organisation, gateway: 'http://127.0.0.1:1' }],
  peers: [{ mspId: 'AlphaMSP', endpoint: '127.0.0.1:2', serverName: 'localhost', tlsRootCertificates: '/t.pem' }],
  certificateAuthority: { url: 'http://127.0.0.1:3', name: 'ca', certificate: '/ca.pem', registrar: { id: 'registrar', secretFile: '/s' } },
  identities: { admin: files, gateway: files },
  listen: { host: '127.0.0.1', port: 7103 },
  data: '/data',
};

const load = (content: unknown, env: Record<string, string> = {}): ReturnType<typeof loadConfig> => {
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return loadConfig({ MEDACCORD_CONNECTION: path, ...env });
};

const problemsOf = (run: () => unknown): readonly string[] => {
  try {
    run();
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
};

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('loadConfig', () => {
  it('takes address and data from the connection document, and variables instead of it', () => {
    expect(load(document)).toMatchObject({ listen: { host: '127.0.0.1', port: 7103 }, data: '/data', logLevel: 'info' });
    const env = { MEDACCORD_LISTEN_PORT: '0', MEDACCORD_LISTEN_HOST: '::1', MEDACCORD_DATA: '/else', MEDACCORD_LOG_LEVEL: 'warn' };
    expect(load(document, env)).toMatchObject({ listen: { host: '::1', port: 0 }, data: '/else', logLevel: 'warn' });
  });

  it('gives an object that nobody can change, at any depth', () => {
    const config = load(document);
    expect(() => Object.assign(config.connection.organisation, { mspId: 'X' })).toThrow(TypeError);
    expect(() => Object.assign(config.connection.peers, { 0: {} })).toThrow(TypeError);
  });

  it('reports every problem at once, with its place', () => {
    const broken = { ...document, channel: 7, extra: true, organisation: { ...organisation, mspId: '' } };
    const problems = problemsOf(() =>
      load(broken, { MEDACCORD_LISTEN_PORT: '70000', MEDACCORD_LOG_LEVEL: 'loud', MEDACCORD_LISTEN_PROT: '1' }),
    );
    expect(problems).toHaveLength(6);
    for (const place of [
      'channel',
      'organisation.mspId',
      'extra',
      'MEDACCORD_LISTEN_PORT',
      'MEDACCORD_LOG_LEVEL',
      'MEDACCORD_LISTEN_PROT',
    ]) {
      expect(problems.join('\n')).toContain(place);
    }
  });

  it('refuses a document whose first peer is of another organisation', () => {
    expect(problemsOf(() => load({ ...document, peers: [{ ...document.peers[0], mspId: 'BetaMSP' }] })).join()).toContain('peers.0');
  });

  it.each([
    ['{', 'is not JSON'],
    [{}, 'document'],
  ])('says what is wrong with a document that is none: %j', (content, expected) => {
    expect(problemsOf(() => load(content)).join()).toContain(expected === 'document' ? path : expected);
  });

  it('says that it needs the document, and that it cannot read it', () => {
    expect(problemsOf(() => loadConfig({})).join()).toContain('MEDACCORD_CONNECTION is not set');
    expect(problemsOf(() => loadConfig({ MEDACCORD_CONNECTION: '/nowhere.json' })).join()).toContain('cannot be read');
  });

  describe('of external issuers', () => {
    const issuer = {
      name: 'staff',
      issuer: 'https://login.alpha.example/realms/staff',
      audience: 'https://fhir.alpha.example/fhir',
      claims: { userName: 'preferred_username', role: ['realm_access', 'roles'] },
      roles: { lab: 'records' },
    };
    const issuersPath = join(folder, 'issuers.json');
    const loadIssuers = (content: object): ReturnType<typeof loadConfig> => {
      writeFileSync(issuersPath, JSON.stringify({ version: 1, ...content }));
      return load(document, { MEDACCORD_ISSUERS: issuersPath });
    };

    it('takes what its document says, and none without one', () => {
      expect(load(document).issuers).toBeUndefined();
      const { issuers } = loadIssuers({ primary: 'staff', issuers: [issuer] });
      expect(issuers?.issuers[0]).toMatchObject({ tokenType: 'at+jwt', claims: { clientId: 'client_id', scope: 'scope' }, services: {} });
    });

    it.each([
      ['a role that is none', { roles: { lab: 'wizard' } }, 'issuers.0.roles.lab'],
      ['the role of the gateway itself', { roles: { lab: 'gateway' } }, 'issuers.0.roles.lab'],
      ['no role at all', { roles: {} }, 'issuers.0.roles'],
      ['a service in no known role', { services: { feed: 'wizard' } }, 'issuers.0.services.feed'],
      ['an address without TLS', { issuer: 'http://login.alpha.example' }, 'issuers.0.issuer'],
      ['an address that looks like this machine', { issuer: 'http://localhost.evil.example' }, 'issuers.0.issuer'],
      ['an address with a password', { issuer: 'https://a:b@login.alpha.example' }, 'issuers.0.issuer'],
      ['an address with a query', { issuer: 'https://login.alpha.example?a' }, 'issuers.0.issuer'],
      ['the name that services have', { name: 'client' }, 'issuers.0.name'],
      ['no audience', { audience: '' }, 'issuers.0.audience'],
      ['a word that it does not know', { rolls: {} }, 'issuers.0'],
      ['a secret that is not there', { introspection: { clientId: 'a', secretFile: '/nowhere' } }, 'introspection.secretFile'],
    ])('refuses %s, with its place', (_what, changed, place) => {
      expect(problemsOf(() => loadIssuers({ issuers: [{ ...issuer, ...changed }] })).join()).toContain(place);
    });

    it('refuses two of one name or address, and a primary that is none of them', () => {
      const problems = problemsOf(() => loadIssuers({ primary: 'else', issuers: [issuer, issuer] })).join();
      for (const place of ['issuers.1.name', 'issuers.1.issuer', 'primary']) expect(problems).toContain(place);
    });
  });

  it('has a table of its variables with a meaning each', () => {
    for (const { name } of variables) expect(formatVariables()).toContain(name);
  });
});
