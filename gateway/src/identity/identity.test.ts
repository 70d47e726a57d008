import { execFileSync } from 'node:child_process';
import { createPublicKey, createVerify, generateKeyPairSync, verify, X509Certificate } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { signLowS } from '../ledger/signer';
import { enrol, register } from './ca-client';
import { newCertificateRequest } from './csr';
import { StaffIdentities, type EnrolmentStore, type StoredEnrolment } from './staff-identities';

/** A self-signed certificate of a hundred years; what it certifies does not matter here. */
const certificate = `-----BEGIN CERTIFICATE-----
MIIBezCCASGgAwIBAgIUWy+gk4an9G7jGOe0j9MNTHvwhtswCgYIKoZIzj0EAwIw
EjEQMA4GA1UEAwwHYW55Ym9keTAgFw0yNjExMjExMTIyMzdaGA8yMTI2MTAyODEx
MjIzN1owEjEQMA4GA1UEAwwHYW55Ym9keTBZMBMGByqGSM49AgEGCCqGSM49AwEH
A0IABKSYs0YdiB6LFeKX8UFMhnUndNNbncgFCGS2mycHNuFEVF0jvjtHOTHLeYTh
O3GjzACZeDlM5SKlFte+leD/O9+jUzBRMB0GA1UdDgQWBBSBYeJvlVkmdL11vK0x
z6ZmV4nFXTAfBgNVHSMEGDAWgBSBYeJvlVkmdL11vK0xz6ZmV4nFXTAPBgNVHRMB
Af8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIGHLkLO+Felbg4pk9V7tc1lGEwe3
87VFCZPb5WuURFhYAiEAgVj3fDLLnwEhzGoOV4rXWQHExfrfRjll5fxkvG4tV/I=
-----END CERTIFICATE-----
`;

const half = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551') / 2n;

describe('signLowS', () => {
  it('gives signatures that verify and whose s is in the lower half, whatever the first byte', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    for (let at = 0; at < 300; at += 1) {
      const message = Buffer.from(`message ${String(at)}`);
      const signature = Buffer.from(signLowS(message, privateKey));
      expect(verify('sha256', message, publicKey, signature)).toBe(true);
      const lengthOfR = signature[3] ?? 0;
      const s = BigInt(`0x${signature.subarray(6 + lengthOfR).toString('hex')}`);
      expect(s <= half).toBe(true);
    }
  });
});

describe('newCertificateRequest', () => {
  it('is a PKCS #10 request for the key and the name, by the judgement of OpenSSL where it is installed', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = newCertificateRequest('a1b2c3', privateKey);
    expect(pem).toMatch(/^-----BEGIN CERTIFICATE REQUEST-----\n/);
    const der = Buffer.from(pem.replaceAll(/-----[^-]+-----|\n/g, ''), 'base64');
    // SEQUENCE { info, algorithm, BIT STRING signature }: the signature is over the bytes of info.
    const [info, , signature] = readParts(readParts(der)[0]?.content ?? Buffer.alloc(0));
    if (info === undefined || signature === undefined) throw new Error('not a request');
    expect(createVerify('sha256').update(info.whole).verify(createPublicKey(privateKey), signature.content.subarray(1))).toBe(true);
    try {
      const text = execFileSync('openssl', ['req', '-verify', '-noout', '-subject'], {
        input: pem,
        stdio: ['pipe', 'pipe', 'pipe'],
      }).toString();
      expect(text).toContain('a1b2c3');
    } catch (error) {
      expect((error as NodeJS.ErrnoException).code).toBe('ENOENT');
    }
  });
});

describe('StaffIdentities', () => {
  const begins = Date.parse(new X509Certificate(certificate).validFrom);
  const answers: { status: number; body: object }[] = [];
  const asked: { url: string; authorization: string; body: Record<string, unknown> }[] = [];
  let server: Server;
  let url: string;
  const kept = new Map<string, StoredEnrolment>();
  const store: EnrolmentStore = {
    find: ({ subject, role }) => Promise.resolve(kept.get(subject + role)),
    save: ({ subject, role }, enrolment) => Promise.resolve(void kept.set(subject + role, enrolment)),
  };
  const newIdentities = (now = (): number => begins + 60_000): StaffIdentities =>
    new StaffIdentities({ ca: { url, name: 'ca-alpha' }, registrar: { id: 'registrar', readSecret: () => 'secret\n' }, store, now });

  beforeAll(async () => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
        asked.push({ url: request.url ?? '', authorization: request.headers.authorization ?? '', body });
        const { status, body: answer } = answers.shift() ?? {
          status: 201,
          body: { success: true, result: { Cert: Buffer.from(certificate).toString('base64') } },
        };
        response.writeHead(status).end(JSON.stringify(answer));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  });

  beforeEach(() => {
    asked.length = 0;
    kept.clear();
  });

  afterAll(() => {
    server.close();
  });

  it('registers a random name with the role alone, enrols it, and keeps it for the person and role', async () => {
    const identities = newIdentities();
    const [one, same] = await Promise.all([
      identities.get({ subject: 'lovelace', role: 'physician' }),
      identities.get({ subject: 'lovelace', role: 'physician' }),
    ]);
    expect(one).toBe(same);
    expect(asked.map((request) => request.url)).toEqual(['/api/v1/enroll', '/api/v1/register', '/api/v1/enroll']);
    expect(asked[0]?.authorization).toBe(`Basic ${Buffer.from('registrar:secret').toString('base64')}`);
    expect(asked[1]?.body).toMatchObject({
      id: one.name,
      type: 'client',
      attrs: [{ name: 'role', value: 'physician', ecert: true }],
      max_enrollments: 1,
    });
    expect(JSON.stringify(asked)).not.toContain('lovelace');
    expect((await newIdentities().get({ subject: 'lovelace', role: 'physician' })).name).toBe(one.name);
    expect((await newIdentities().get({ subject: 'lovelace', role: 'records' })).name).not.toBe(one.name);
    expect(asked).toHaveLength(6);
  });

  it('gives the person a new name when the certificate has served its time', async () => {
    const first = await newIdentities().get({ subject: 'lovelace', role: 'physician' });
    const old = newIdentities(() => begins + 31 * 24 * 3_600_000);
    expect((await old.get({ subject: 'lovelace', role: 'physician' })).name).not.toBe(first.name);
  });

  it('says whether the authority refused or is not there, without what it answered', async () => {
    answers.push({ status: 401, body: { success: false, errors: [{ code: 20, message: 'Authentication failure for lovelace' }] } });
    const refused = await enrol({ url, name: 'ca' }, 'x', 'y').catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'CA_REFUSED', details: { status: 401, caCode: 20 } });
    expect(JSON.stringify(refused) + String(refused)).not.toContain('lovelace');
    const nobody = { url: 'http://127.0.0.1:9', name: 'ca' };
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const registrar = { certificate, privateKey: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString() };
    await expect(register(nobody, registrar, { id: 'x', secret: 'y', attributes: {} })).rejects.toMatchObject({
      code: 'CA_UNAVAILABLE',
      category: 'unavailable',
    });
  });
});

/** The DER values that follow one another in these bytes. */
function readParts(der: Buffer): { readonly whole: Buffer; readonly content: Buffer }[] {
  if (der.length === 0) return [];
  const first = der[1] ?? 0;
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  const length = lengthBytes === 0 ? first : der.readUIntBE(2, lengthBytes);
  const end = 2 + lengthBytes + length;
  return [{ whole: der.subarray(0, end), content: der.subarray(2 + lengthBytes, end) }, ...readParts(der.subarray(end))];
}
