import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { newError } from '../problem';
import { signLowS } from '../ledger/signer';
import { newCertificateRequest } from './csr';

const timeoutMs = 10_000;

export interface CaAddress {
  readonly url: string;
  /** Which CA of the server, where it holds several. */
  readonly name: string;
}

/** A certificate and its PKCS #8 private key, both PEM. */
export interface Enrolment {
  readonly certificate: string;
  readonly privateKey: string;
}

export interface Registration {
  readonly id: string;
  readonly secret: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/**
 * Enrols with a secret at a CA that speaks Fabric CA's REST API (`POST /api/v1/enroll`, basic authentication); makes the key itself.
 * @throws CodedError CA_UNAVAILABLE, CA_REFUSED
 */
export async function enrol(ca: CaAddress, id: string, secret: string): Promise<Enrolment> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const body = JSON.stringify({ certificate_request: newCertificateRequest(id, privateKey), caname: ca.name });
  const authorization = `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
  const result = await post(ca, '/api/v1/enroll', { body, authorization });
  if (typeof result.Cert !== 'string')
    throw newError('CA_REFUSED', 'The certificate authority answered an enrolment without a certificate');
  return {
    certificate: Buffer.from(result.Cert, 'base64').toString('utf8'),
    privateKey: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  };
}

/**
 * Registers a client identity whose attributes stand in its certificate (`POST /api/v1/register`, authenticated by the registrar's key).
 * @throws CodedError CA_UNAVAILABLE, CA_REFUSED
 */
export async function register(ca: CaAddress, registrar: Enrolment, { id, secret, attributes }: Registration): Promise<void> {
  const attrs = Object.entries(attributes).map(([name, value]) => ({ name, value, ecert: true }));
  const body = JSON.stringify({ id, type: 'client', secret, max_enrollments: 1, affiliation: '', attrs, caname: ca.name });
  const authorization = newToken(registrar, '/api/v1/register', body);
  await post(ca, '/api/v1/register', { body, authorization });
}

/** Fabric CA's token (util.CreateToken): signature over method, path, body and certificate. */
function newToken({ certificate, privateKey }: Enrolment, path: string, body: string): string {
  const key: KeyObject = createPrivateKey(privateKey);
  const encode = (text: string): string => Buffer.from(text).toString('base64');
  const signed = ['POST', encode(path), encode(body), encode(certificate)].join('.');
  return `${encode(certificate)}.${Buffer.from(signLowS(Buffer.from(signed), key)).toString('base64')}`;
}

interface CaRequest {
  readonly body: string;
  readonly authorization: string;
}

async function post(ca: CaAddress, path: string, { body, authorization }: CaRequest): Promise<Record<string, unknown>> {
  const headers = { authorization, 'content-type': 'application/json' };
  const response = await fetch(new URL(path, ca.url), { method: 'POST', headers, body, signal: AbortSignal.timeout(timeoutMs) }).catch(
    (cause: unknown) => {
      throw newError('CA_UNAVAILABLE', 'The certificate authority does not answer', { cause });
    },
  );
  const answer = (await response.json().catch(() => ({}))) as {
    success?: boolean;
    result?: Record<string, unknown>;
    errors?: { code?: number }[];
  };
  if (response.ok && answer.success === true) return answer.result ?? {};
  const details = { status: response.status, caCode: answer.errors?.[0]?.code ?? null };
  throw newError('CA_REFUSED', `The certificate authority refused with status ${String(response.status)}`, { details });
}
