import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import { IssuerDoor } from '../src/issuer/issuer-door';

let server: Server;
let issuer: string;
/** What is answered below the issuer's address, and how often it was asked. */
let answers: Record<string, { status?: number; body?: unknown; location?: string }>;
let asked: string[];

beforeAll(async () => {
  server = createServer(({ url = '' }, response) => {
    asked.push(url);
    const { status = 200, body, location } = answers[url] ?? { status: 404 };
    response.writeHead(status, { 'content-type': 'application/json', ...(location === undefined ? {} : { location }) });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
});

afterAll(() => {
  server.close();
});

const discovery = '/.well-known/openid-configuration';
const metadata = (): Record<string, string> => ({
  issuer,
  jwks_uri: `${issuer}/jwks`,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
});

beforeEach(async () => {
  asked = [];
  const { publicKey } = await generateKeyPair('ES256', { extractable: true });
  answers = {
    [discovery]: { body: metadata() },
    '/jwks': { body: { keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' }] } },
  };
});

afterEach(() => {
  jest.restoreAllMocks();
});

const newDoor = (): IssuerDoor => new IssuerDoor({ name: 'staff', issuer });
const header = { alg: 'ES256', kid: 'one' };
const token = { payload: '', signature: '' };
const passTime = (ms: number): void => {
  const now = Date.now() + ms;
  jest.spyOn(Date, 'now').mockReturnValue(now);
};

describe('an external issuer', () => {
  it('is asked once for its metadata and its keys', async () => {
    const door = newDoor();
    for (let i = 0; i < 3; i++) await door.findKey(header, token);
    expect(asked).toEqual([discovery, '/jwks']);
  });

  it.each([
    ['of another issuer', () => ({ body: { ...metadata(), issuer: 'https://else.test' } })],
    ['that sends keys over an open line', () => ({ body: { ...metadata(), jwks_uri: 'http://keys.test/jwks' } })],
    ['that asks for passwords over an open line', () => ({ body: { ...metadata(), authorization_endpoint: 'http://login.test/' } })],
    ['that is not whole', () => ({ body: { issuer } })],
    ['that is no JSON', () => ({ body: '<html>' })],
    ['that is somewhere else', () => ({ status: 302, location: `${issuer}/moved` })],
    ['that is an error', () => ({ status: 500, body: metadata() })],
  ])('is not believed metadata %s', async (_what, newAnswer) => {
    answers[discovery] = newAnswer();
    answers['/moved'] = { body: metadata() };
    await expect(newDoor().readMetadata()).rejects.toMatchObject({ code: 'ISSUER_UNAVAILABLE' });
    expect(asked).toEqual([discovery]);
  });

  it('that failed is left alone for a moment, and then asked anew', async () => {
    answers[discovery] = { status: 500 };
    const door = newDoor();
    for (let i = 0; i < 3; i++) await expect(door.findKey(header, token)).rejects.toMatchObject({ code: 'ISSUER_UNAVAILABLE' });
    expect(asked).toHaveLength(1);
    answers[discovery] = { body: metadata() };
    passTime(2_001);
    await door.findKey(header, token);
  });

  it('that does not give its keys any more is looked for anew, and where it was is still told', async () => {
    const door = newDoor();
    await door.findKey(header, token);
    answers['/jwks'] = { body: 'none' };
    passTime(601_000);
    await expect(door.findKey(header, token)).rejects.toMatchObject({ code: 'ISSUER_UNAVAILABLE' });
    expect((await door.readMetadata()).token_endpoint).toBe(`${issuer}/token`);
    answers['/keys'] = { body: { keys: [{ ...(await exportJWK((await generateKeyPair('ES256')).publicKey)), kid: 'one', alg: 'ES256' }] } };
    answers[discovery] = { body: { ...metadata(), jwks_uri: `${issuer}/keys` } };
    await door.findKey(header, token);
    expect(asked.at(-1)).toBe('/keys');
  });

  it('is not asked for every key that somebody makes up', async () => {
    const door = newDoor();
    for (const kid of ['a', 'b', 'c', undefined])
      await expect(door.findKey({ alg: 'ES256', ...(kid === undefined ? {} : { kid }) }, token)).rejects.toMatchObject({
        code: 'ERR_JWKS_NO_MATCHING_KEY',
      });
    expect(asked).toEqual([discovery, '/jwks']);
  });
});
