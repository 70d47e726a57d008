import { sign, webcrypto, X509Certificate } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import FabricCAServices from 'fabric-ca-client';
import { User, Utils } from 'fabric-common';
import {
  CaRequestFailed,
  enroll,
  generateRevocationList,
  parseAttributesExtension,
  reenroll,
  register,
  revoke,
  serveCas,
  type CaEndpoint,
  type CaService,
  type Credentials,
} from '../src/identity';
import { newCertificateRequest } from '../src/identity/pki/certificate-request';
import { formatLowS, isLowS } from '../src/identity/pki/low-s';
import { newRequestToken } from '../src/identity/pki/request-token';
import { x509 } from '../src/identity/pki/x509-library';
import { parseTopologySpec, resolveTopology, type Organisation, type Topology } from '../src/topology';

const AFFILIATIONS = ['clinic.ward'];

let folder: string;
let organisation: Organisation;
let service: CaService;
let url: string;
let stock: FabricCAServices;
let registrar: User;
const credentials = new WeakMap<User, Credentials>();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ca-'));
  organisation = defaultTopology(folder).organisations[0] as Organisation;
  service = await start();
  url = service.urls[0] as string;
  stock = new FabricCAServices(url, undefined, organisation.ca.name);
  registrar = await signIn('registrar', readFileSync(organisation.ca.registrar.secretFile, 'utf8'));
});

afterAll(async () => {
  await service.close();
  rmSync(folder, { recursive: true });
});

describe('the stock fabric-ca-client', () => {
  it('enrols with a secret and gets a certificate that a Fabric MSP accepts', async () => {
    const secret = await stock.register({ enrollmentID: 'nurse', affiliation: '', role: 'client', maxEnrollments: 2 }, registrar);
    const { certificate, rootCertificate } = await stock.enroll({ enrollmentID: 'nurse', enrollmentSecret: secret });

    const leaf = new X509Certificate(certificate);
    const root = new X509Certificate(rootCertificate);
    expect(rootCertificate).toBe(readFileSync(organisation.ca.certificate, 'utf8'));
    expect(leaf.checkIssued(root) && leaf.verify(root.publicKey)).toBe(true);
    expect(leaf.subject).toBe('OU=client\nCN=nurse');
    expect(leaf.ca).toBe(false);
    const parsed = new x509.X509Certificate(certificate);
    expect(parsed.getExtension(x509.KeyUsagesExtension)).toMatchObject({ usages: x509.KeyUsageFlags.digitalSignature, critical: true });
    expect(parsed.getExtension(x509.AuthorityKeyIdentifierExtension)?.keyId).toBe(
      new x509.X509Certificate(rootCertificate).getExtension(x509.SubjectKeyIdentifierExtension)?.keyId,
    );
    expect(isLowS(new Uint8Array(parsed.signature))).toBe(true);
  });

  it.each(['client', 'peer', 'admin', 'orderer'])('sees the type %s as organisational unit', async (role) => {
    const id = `unit-${role}`;
    const user = await registerAndSignIn({ enrollmentID: id, affiliation: '', role });
    expect(new X509Certificate(certificateOf(user)).subject).toBe(`OU=${role}\nCN=${id}`);
  });

  it('sees the affiliation as further organisational units', async () => {
    const user = await registerAndSignIn({ enrollmentID: 'affiliated', affiliation: 'clinic.ward', role: 'client' });
    expect(new X509Certificate(certificateOf(user)).subject).toBe('OU=client + OU=clinic + OU=ward\nCN=affiliated');
  });

  it('finds attributes registered for certificates in the certificate, and the three that every one has', async () => {
    const attrs = [
      { name: 'role', value: 'physician', ecert: true },
      { name: 'shift', value: 'night' },
    ];
    const secret = await stock.register({ enrollmentID: 'doctor', affiliation: '', role: 'client', maxEnrollments: -1, attrs }, registrar);
    const { csr } = await newCertificateRequest('doctor');
    const { certificate } = await stock.enroll({ enrollmentID: 'doctor', enrollmentSecret: secret, csr });
    expect(parseAttributesExtension(certificate)).toEqual({
      'hf.Affiliation': '',
      'hf.EnrollmentID': 'doctor',
      'hf.Type': 'client',
      role: 'physician',
    });

    const asked = await stock.enroll({
      enrollmentID: 'doctor',
      enrollmentSecret: secret,
      csr,
      attr_reqs: [{ name: 'shift', optional: false }],
    });
    expect(parseAttributesExtension(asked.certificate)).toEqual({ shift: 'night' });

    await expect(
      stock.enroll({ enrollmentID: 'doctor', enrollmentSecret: secret, csr, attr_reqs: [{ name: 'rank', optional: false }] }),
    ).rejects.toThrow(/required attributes are missing: \[rank\]/);
  });

  it('re-enrols with the certificate it has', async () => {
    const user = await registerAndSignIn({ enrollmentID: 'returning', affiliation: '', role: 'client' });
    const renewed = await stock.reenroll(user, []);
    const leaf = new X509Certificate(renewed.certificate);
    expect(leaf.subject).toBe('OU=client\nCN=returning');
    expect(leaf.serialNumber).not.toBe(new X509Certificate(certificateOf(user)).serialNumber);
  });

  it('revokes an identity, gets a list signed by the CA that names its certificates, and the identity can do nothing any more', async () => {
    const secret = await stock.register({ enrollmentID: 'leaver', affiliation: '', role: 'client', maxEnrollments: -1 }, registrar);
    const leaver = await signIn('leaver', secret);
    const { serialNumber } = new X509Certificate(certificateOf(leaver));

    const answer = (await stock.revoke({ enrollmentID: 'leaver', reason: 'cessationofoperation', gencrl: true } as never, registrar)) as {
      result: { RevokedCerts: { Serial: string; AKI: string }[]; CRL: string };
    };
    expect(answer.result.RevokedCerts).toEqual([{ Serial: formatSerial(serialNumber), AKI: expect.stringMatching(/^[1-9a-f][0-9a-f]+$/) }]);
    await expectOnList(answer.result.CRL, serialNumber);

    await expect(enroll(ca(), { id: 'leaver', secret })).rejects.toMatchObject({ status: 401, caCode: 20 });
    await expect(reenroll(ca(), credentialsOf(leaver), { id: 'leaver' })).rejects.toMatchObject({ status: 401, caCode: 20 });
    await expect(revoke(ca(), credentialsOf(leaver), { id: 'leaver' })).rejects.toMatchObject({ status: 401, caCode: 20 });
  });

  it('revokes one certificate by serial and key identifier; another of the same identity stays good', async () => {
    const secret = await stock.register({ enrollmentID: 'loser', affiliation: '', role: 'client', maxEnrollments: -1 }, registrar);
    const lost = await signIn('loser', secret);
    const kept = await signIn('loser', secret);
    const parsed = new x509.X509Certificate(certificateOf(lost));
    const named = { serial: parsed.serialNumber, aki: parsed.getExtension(x509.AuthorityKeyIdentifierExtension)?.keyId ?? '' };

    await stock.revoke({ enrollmentID: '', ...named, reason: 'keycompromise' }, registrar);
    await expect(stock.revoke({ enrollmentID: '', ...named, reason: '' }, registrar)).rejects.toMatchObject(refusal(66));
    await expect(reenroll(ca(), credentialsOf(lost), { id: 'loser' })).rejects.toMatchObject({ status: 401, caCode: 20 });
    await expect(reenroll(ca(), credentialsOf(kept), { id: 'loser' })).resolves.toBeDefined();
  });

  it('has a revocation list generated, for a period too', async () => {
    const leaver = await registerAndSignIn({ enrollmentID: 'listed', affiliation: '', role: 'client' });
    await stock.revoke({ enrollmentID: 'listed', reason: '' }, registrar);
    const { serialNumber } = new X509Certificate(certificateOf(leaver));
    await expectOnList((await stock.generateCRL({}, registrar)) as string, serialNumber);

    const before = (await stock.generateCRL({ revokedBefore: new Date(0) }, registrar)) as string;
    expect(parseList(before).entries).toEqual([]);
    const reversed = { revokedAfter: new Date(1000), revokedBefore: new Date(0) };
    await expect(stock.generateCRL(reversed, registrar)).rejects.toMatchObject(refusal(36));
  });

  it('adds, shows, lists, changes and removes identities', async () => {
    const identities = stock.newIdentityService();
    const secret = await identities.create(
      { enrollmentID: 'kept', affiliation: '.', type: 'client', attrs: [{ name: 'a', value: '1' }] },
      registrar,
    );
    expect(secret).toMatch(/^[\w-]{32}$/);
    expect((await identities.getOne('kept', registrar)).result).toMatchObject({
      id: 'kept',
      type: 'client',
      affiliation: '',
      max_enrollments: 1,
      caname: organisation.ca.name,
      attrs: expect.arrayContaining([expect.objectContaining({ name: 'a', value: '1' })]),
    });

    await identities.update(
      'kept',
      {
        attrs: [
          { name: 'a', value: '' },
          { name: 'b', value: '2' },
        ],
        enrollmentSecret: 'chosen one',
      } as never,
      registrar,
    );
    const changed = (await identities.getOne('kept', registrar)).result as { attrs: { name: string }[] };
    expect(changed.attrs.map(({ name }) => name).sort()).toEqual(['b', 'hf.Affiliation', 'hf.EnrollmentID', 'hf.Type']);
    await expect(enroll(ca(), { id: 'kept', secret: 'chosen one' })).resolves.toBeDefined();

    await identities.delete('kept', registrar);
    const list = (await identities.getAll(registrar)).result as { identities: { id: string }[] };
    expect(list.identities.map(({ id }) => id)).toEqual(expect.arrayContaining(['registrar']));
    expect(list.identities.map(({ id }) => id)).not.toContain('kept');
    await expect(identities.getOne('kept', registrar)).rejects.toMatchObject(refusal(63));
  });

  it('learns who the CA is', async () => {
    await expect((stock as unknown as { getCaInfo(user: User): Promise<object> }).getCaInfo(registrar)).resolves.toMatchObject({
      caName: organisation.ca.name,
      caChain: readFileSync(organisation.ca.certificate, 'utf8'),
    });
  });
});

describe('a stranger', () => {
  it('with a wrong secret is refused as one with an unknown name is', async () => {
    await stock.register({ enrollmentID: 'target', affiliation: '', role: 'client' }, registrar);
    const { csr } = await newCertificateRequest('target');
    const wrong = await failure(stock.enroll({ enrollmentID: 'target', enrollmentSecret: 'guess', csr }));
    const unknown = await failure(stock.enroll({ enrollmentID: 'nobody', enrollmentSecret: 'guess', csr }));
    expect(wrong).toEqual([{ code: 20, message: 'Authentication failure' }]);
    expect(unknown).toEqual(wrong);
  });

  it('is shut out after ten wrong secrets, also with the right one, until a registrar sets another', async () => {
    const secret = await stock.register({ enrollmentID: 'guessed', affiliation: '', role: 'client' }, registrar);
    for (let attempt = 0; attempt < 10; attempt += 1) {
      await expect(enroll(ca(), { id: 'guessed', secret: 'guess' })).rejects.toMatchObject({ status: 401, caCode: 20 });
    }
    await expect(enroll(ca(), { id: 'guessed', secret })).rejects.toMatchObject({ status: 401, caCode: 73 });
    await stock.newIdentityService().update('guessed', { enrollmentSecret: 'another' } as never, registrar);
    await expect(enroll(ca(), { id: 'guessed', secret: 'another' })).resolves.toBeDefined();
  });

  it('with a certificate of another CA is refused', async () => {
    const secret = readFileSync(organisation.tlsCa.registrar.secretFile, 'utf8');
    const stranger = await enroll({ url, name: organisation.tlsCa.name }, { id: 'registrar', secret });
    await expect(register(ca(), stranger, { id: 'intruder', type: 'client' })).rejects.toMatchObject({ status: 401, caCode: 20 });
  });

  it('cannot use a token again for another body, path or method', async () => {
    const body = Buffer.from(JSON.stringify({ id: 'once', type: 'client' }));
    const authorization = newRequestToken(credentialsOf(registrar), { method: 'POST', path: '/api/v1/register', body });
    const post = (path: string, method: string, sent: Buffer): Promise<Response> =>
      fetch(new URL(path, url), { method, headers: { authorization }, body: sent });
    expect((await post('/api/v1/register', 'POST', Buffer.from(JSON.stringify({ id: 'twice', type: 'client' })))).status).toBe(401);
    expect((await post('/api/v1/identities', 'POST', body)).status).toBe(401);
    expect((await post('/api/v1/identities/registrar', 'PUT', body)).status).toBe(401);
    expect((await post('/api/v1/register', 'POST', body)).status).toBe(201);
  });

  it('may sign as clients of Fabric CA 1.3 do, over body and certificate, but not for a request without a body', async () => {
    const { certificate, privateKey } = credentialsOf(registrar);
    const body = Buffer.from(JSON.stringify({ id: 'old', type: 'client' }));
    const oldToken = (sent: Buffer): string => {
      const encoded = toBase64(certificate);
      const rs = sign('sha256', Buffer.from(`${sent.toString('base64')}.${encoded}`), { key: privateKey, dsaEncoding: 'ieee-p1363' });
      return `${encoded}.${formatLowS(rs).toString('base64')}`;
    };
    const posted = await fetch(new URL('/api/v1/register', url), { method: 'POST', headers: { authorization: oldToken(body) }, body });
    expect(posted.status).toBe(201);
    const asked = await fetch(new URL('/api/v1/identities', url), { headers: { authorization: oldToken(Buffer.alloc(0)) } });
    expect(asked.status).toBe(401);
  });

  it('is refused with the higher of the two values of a signature, which Fabric takes from nobody', async () => {
    const { certificate, privateKey } = credentialsOf(registrar);
    const path = '/api/v1/identities';
    const [encoded = '', low = ''] = newRequestToken({ certificate, privateKey }, { method: 'GET', path, body: Buffer.alloc(0) }).split(
      '.',
    );
    const high = flipS(Buffer.from(low, 'base64')).toString('base64');
    const ask = (token: string): Promise<Response> => fetch(new URL(path, url), { headers: { authorization: token } });
    expect((await ask(`${encoded}.${low}`)).status).toBe(200);
    expect((await ask(`${encoded}.${high}`)).status).toBe(401);
  });
});

describe('an identity without the right', () => {
  it('cannot register, revoke others or generate a list', async () => {
    const plain = await registerAndSignIn({ enrollmentID: 'plain', affiliation: '', role: 'client' });
    await expect(stock.register({ enrollmentID: 'more', affiliation: '', role: 'client' }, plain)).rejects.toMatchObject(refusal(71));
    await expect(stock.revoke({ enrollmentID: 'registrar', reason: '' }, plain)).rejects.toMatchObject(refusal(71));
    await expect(stock.generateCRL({}, plain)).rejects.toMatchObject(refusal(71));
    await expect(stock.newIdentityService().getAll(plain)).rejects.toMatchObject(refusal(71));
    await expect(stock.newIdentityService().getOne('registrar', plain)).rejects.toMatchObject(refusal(71));
  });

  it('can revoke itself', async () => {
    const plain = await registerAndSignIn({ enrollmentID: 'tired', affiliation: '', role: 'client' });
    await expect(stock.revoke({ enrollmentID: 'tired', reason: '' }, plain)).resolves.toBeDefined();
    await expect(reenroll(ca(), credentialsOf(plain), { id: 'tired' })).rejects.toMatchObject({ status: 401, caCode: 20 });
  });

  it('cannot register beyond its types and attributes, nor revoke, when it is a registrar of few', async () => {
    const attrs = [
      { name: 'hf.Registrar.Roles', value: 'client' },
      { name: 'hf.Registrar.Attributes', value: 'role' },
    ];
    const small = await registerAndSignIn({ enrollmentID: 'small', affiliation: '', role: 'client', attrs });
    const ask = (id: string, role: string, asked: { name: string; value: string }[]): Promise<string> =>
      stock.register({ enrollmentID: id, affiliation: '', role, attrs: asked }, small);
    await expect(ask('one', 'client', [{ name: 'role', value: 'clerk' }])).resolves.toBeDefined();
    await expect(ask('two', 'admin', [])).rejects.toMatchObject(refusal(71));
    await expect(stock.revoke({ enrollmentID: 'one', reason: '' }, small)).rejects.toMatchObject(refusal(71));
    await expect(ask('three', 'client', [{ name: 'rank', value: 'chief' }])).rejects.toMatchObject(refusal(71));
    await expect(ask('four', 'client', [{ name: 'hf.Revoker', value: 'true' }])).rejects.toMatchObject(refusal(71));
  });
});

describe('the CA', () => {
  it('refuses a second identity of one name', async () => {
    await stock.register({ enrollmentID: 'twin', affiliation: '', role: 'client' }, registrar);
    await expect(stock.register({ enrollmentID: 'twin', affiliation: '', role: 'client' }, registrar)).rejects.toMatchObject(refusal(74));
  });

  it('counts enrolments and refuses one too many, also when they come at once', async () => {
    const secret = await stock.register({ enrollmentID: 'counted', affiliation: '', role: 'client', maxEnrollments: 2 }, registrar);
    const attempts = await Promise.allSettled(Array.from({ length: 5 }, () => enroll(ca(), { id: 'counted', secret })));
    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
  });

  it.each(['hf.EnrollmentID', 'hf.Type', 'hf.Affiliation', 'hf.Unheard'])('lets nobody set %s', async (name) => {
    const asked = { enrollmentID: `fixed-${name}`, affiliation: '', role: 'client', attrs: [{ name, value: 'x' }] };
    await expect(stock.register(asked, registrar)).rejects.toMatchObject(refusal(71));
  });

  it('certifies nobody under another name, and no CA', async () => {
    const secret = await stock.register({ enrollmentID: 'honest', affiliation: '', role: 'client', maxEnrollments: -1 }, registrar);
    const { csr } = await newCertificateRequest('registrar');
    await expect(stock.enroll({ enrollmentID: 'honest', enrollmentSecret: secret, csr })).rejects.toMatchObject(refusal(77));
    await expect(
      stock.enroll({ enrollmentID: 'honest', enrollmentSecret: secret, csr: await certificateRequest('honest', { ca: true }) }),
    ).rejects.toMatchObject(refusal(71));
    await expect(stock.enroll({ enrollmentID: 'honest', enrollmentSecret: secret, csr: 'junk' })).rejects.toMatchObject(refusal(31));
    const otherCurve = await certificateRequest('honest', { namedCurve: 'P-384' });
    await expect(stock.enroll({ enrollmentID: 'honest', enrollmentSecret: secret, csr: otherCurve })).rejects.toMatchObject(refusal(31));
    const stolen = await withWrongSignature('honest');
    await expect(stock.enroll({ enrollmentID: 'honest', enrollmentSecret: secret, csr: stolen })).rejects.toMatchObject(refusal(31));
  });

  it('issues TLS certificates from a root of their own, with the names asked for, that are no identities', async () => {
    const tls = { url, name: organisation.tlsCa.name };
    const tlsRegistrar = await enroll(tls, { id: 'registrar', secret: readFileSync(organisation.tlsCa.registrar.secretFile, 'utf8') });
    const secret = await register(tls, tlsRegistrar, { id: 'server', type: 'peer' });
    const { certificate, chain } = await enroll(tls, { id: 'server', secret, profile: 'tls', hosts: ['localhost', '127.0.0.1', '::1'] });
    const leaf = new X509Certificate(certificate);
    expect(leaf.checkHost('localhost')).toBe('localhost');
    expect(leaf.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(leaf.checkIP('::1')).toBe('::1');
    expect(leaf.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']);
    expect(leaf.verify(new X509Certificate(chain).publicKey)).toBe(true);
    expect(leaf.verify(new X509Certificate(readFileSync(organisation.ca.certificate)).publicKey)).toBe(false);
  });

  it.each([
    ['POST', '/api/v1/enroll', '{', 400, 5],
    ['POST', '/api/v1/register', '{}', 401, 2],
    ['GET', '/api/v1/enroll', undefined, 405, 1],
    ['POST', '/api/v1/enroll', '{"caname":"none"}', 404, 19],
    ['GET', '/api/v1/nothing', undefined, 404, 0],
  ])('answers %s %s with %j in its envelope, status %i and code %i', async (method, path, body, status, code) => {
    const headers = path.endsWith('register') ? {} : { authorization: 'Basic eDp5' };
    const response = await fetch(new URL(path, url), {
      method,
      headers,
      ...(body === undefined ? {} : { body: body === '' ? '{}' : body }),
    });
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ result: '', errors: [{ code, message: expect.any(String) }], messages: [], success: false });
  });

  it('refuses a body beyond all measure', async () => {
    const response = await fetch(new URL('/api/v1/enroll', url), { method: 'POST', body: 'x'.repeat(300_000) });
    expect(response.status).toBe(413);
  });

  it('keeps keys, secrets and registry from everybody else, and no secret in the clear', async () => {
    const secret = await stock.register({ enrollmentID: 'hidden', affiliation: '', role: 'client', maxEnrollments: -1 }, registrar);
    for (const file of [organisation.ca.privateKey, organisation.ca.database, organisation.ca.registrar.secretFile]) {
      expect(statSync(file).mode & 0o777).toBe(0o600);
    }
    expect(statSync(organisation.ca.folder).mode & 0o777).toBe(0o700);
    const kept = ['', '-wal', '-shm'].map((suffix) => organisation.ca.database + suffix).filter((file) => existsSync(file));
    expect(kept.some((file) => readFileSync(file).includes(secret))).toBe(false);
  });

  it('is the same after a restart: root, identities and what was revoked', async () => {
    const secret = await stock.register({ enrollmentID: 'lasting', affiliation: '', role: 'client', maxEnrollments: -1 }, registrar);
    const root = readFileSync(organisation.ca.certificate, 'utf8');
    const before = parseList(toBase64(await generateRevocationList(ca(), credentialsOf(registrar)))).entries.length;
    await service.close();
    service = await start();
    url = service.urls[0] as string;
    stock = new FabricCAServices(url, undefined, organisation.ca.name);
    expect(readFileSync(organisation.ca.certificate, 'utf8')).toBe(root);
    await expect(enroll(ca(), { id: 'lasting', secret })).resolves.toBeDefined();
    const after = parseList(toBase64(await generateRevocationList(ca(), credentialsOf(registrar)))).entries.length;
    expect(after).toBe(before);
  });

  it('tells its log why, and its caller not', async () => {
    const reasons: string[] = [];
    const other = defaultTopology(join(folder, 'other'));
    const { ca: node, title } = other.organisations[1] as Organisation;
    const site = { host: '127.0.0.1', port: 0, organisation: title, nodes: [node] };
    const logged = await serveCas([site], { log: ({ code, reason }) => reasons.push(`${String(code)} ${reason}`) });
    try {
      await expect(enroll({ url: logged.urls[0] as string, name: node.name }, { id: 'nobody', secret: 'x' })).rejects.toThrow(
        CaRequestFailed,
      );
      expect(reasons).toEqual(['23 no such identity']);
    } finally {
      await logged.close();
    }
  });
});

function defaultTopology(root: string): Topology {
  const file = join(__dirname, '..', 'topologies', 'default.json');
  return resolveTopology(parseTopologySpec(readFileSync(file, 'utf8'), file), { root });
}

function start(): Promise<CaService> {
  const { ca: node, tlsCa, title } = organisation;
  return serveCas([{ host: '127.0.0.1', port: 0, organisation: title, nodes: [node, tlsCa] }], {
    settings: { affiliations: AFFILIATIONS },
  });
}

/** Enrols through the stock client, with a key made here: its own way of making one takes a second. */
async function signIn(id: string, secret: string): Promise<User> {
  const { csr, privateKeyPem } = await newCertificateRequest(id);
  const { certificate } = await stock.enroll({ enrollmentID: id, enrollmentSecret: secret, csr });
  const user = new User(id);
  await user.setEnrollment(Utils.newCryptoSuite().createKeyFromRaw(privateKeyPem), certificate, organisation.mspId);
  credentials.set(user, { certificate, privateKey: privateKeyPem });
  return user;
}

async function registerAndSignIn(request: FabricCAServices.IRegisterRequest): Promise<User> {
  return signIn(request.enrollmentID, await stock.register({ maxEnrollments: -1, ...request }, registrar));
}

function credentialsOf(user: User): Credentials {
  return credentials.get(user) as Credentials;
}

function certificateOf(user: User): string {
  return credentialsOf(user).certificate;
}

function ca(): CaEndpoint {
  return { url, name: organisation.ca.name };
}

function refusal(code: number): object {
  return { errors: [expect.objectContaining({ code })], success: false };
}

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => [],
    (error: unknown) => (error as { errors: unknown }).errors,
  );
}

async function certificateRequest(id: string, { namedCurve = 'P-256', ca: isCa = false }): Promise<string> {
  const keys = await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve }, true, ['sign', 'verify']);
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: [{ CN: [id] }],
    keys,
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
    extensions: isCa ? [new x509.BasicConstraintsExtension(true, 0, true)] : [],
  });
  return request.toString('pem');
}

/** A request with one bit of its signature turned: whoever sends it need not have the key. */
async function withWrongSignature(id: string): Promise<string> {
  const { csr } = await newCertificateRequest(id);
  const der = Buffer.from(csr.replace(/-----[^-]+-----/g, ''), 'base64');
  der[der.length - 1] = (der[der.length - 1] ?? 0) ^ 1;
  return `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`;
}

async function expectOnList(base64: string, serialNumber: string): Promise<void> {
  const list = parseList(base64);
  expect(list.entries.map((entry) => formatSerial(entry.serialNumber))).toContain(formatSerial(serialNumber));
  const root = new x509.X509Certificate(readFileSync(organisation.ca.certificate, 'utf8'));
  expect(await list.verify({ publicKey: root.publicKey })).toBe(true);
}

function parseList(base64: string): x509.X509Crl {
  const pem = Buffer.from(base64, 'base64').toString();
  return new x509.X509Crl(Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64'));
}

function toBase64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function formatSerial(serial: string): string {
  return serial.toLowerCase().replace(/^0+/, '');
}

/** The other valid signature of the same bytes: n - s instead of s. */
function flipS(der: Buffer): Buffer {
  const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  const sAt = 4 + (der[3] ?? 0);
  const s = order - BigInt(`0x${der.subarray(sAt + 2).toString('hex')}`);
  const digits = Buffer.from(s.toString(16).padStart(64, '0'), 'hex');
  const integer = Buffer.concat([Buffer.from([2, 33, 0]), digits]);
  const body = Buffer.concat([der.subarray(2, sAt), integer]);
  return Buffer.concat([Buffer.from([0x30, body.length]), body]);
}
