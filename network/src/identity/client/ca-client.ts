import { newCertificateRequest } from '../pki/certificate-request';
import { newRequestToken, type Credentials } from '../pki/request-token';
import { CaRequestFailed, CaUnreachable } from './ca-client-errors';
import { exchange } from './exchange';

/** Where a CA answers; any Fabric CA will do. */
export interface CaEndpoint {
  readonly url: string;
  /** Needed where several CAs answer at one URL. */
  readonly name: string;
  /** PEM of the roots that a CA behind `https:` is checked against; the system's unless given. */
  readonly tlsRoots?: string;
}

export interface CaAttribute {
  readonly name: string;
  readonly value: string;
  /** In every certificate, also when the enrolment does not ask for it. */
  readonly ecert?: boolean;
}

export interface EnrollRequest {
  readonly id: string;
  readonly secret: string;
  readonly profile?: 'tls';
  /** Names and addresses that a TLS certificate stands for. */
  readonly hosts?: readonly string[];
  /** The key to certify, PEM; a fresh one unless given. */
  readonly privateKey?: string;
}

export interface Enrollment extends Credentials {
  /** The CA's certificate, PEM. */
  readonly chain: string;
}

export interface RegisterRequest {
  readonly id: string;
  readonly type: string;
  /** Made by the CA unless given. */
  readonly secret?: string;
  readonly attributes?: readonly CaAttribute[];
  /** -1: unlimited; 0 or absent: what the CA allows. */
  readonly maxEnrollments?: number;
  readonly affiliation?: string;
}

export interface RevokeRequest {
  readonly id?: string;
  readonly serial?: string;
  readonly aki?: string;
  readonly reason?: string;
  readonly withRevocationList?: boolean;
}

export interface Revocation {
  readonly certificates: readonly { readonly serial: string; readonly aki: string }[];
  /** PEM; undefined unless asked for. */
  readonly revocationList: string | undefined;
}

const API = '/api/v1';

/** Gets a certificate by enrolment id and secret. */
export async function enroll(ca: CaEndpoint, { id, secret, profile, hosts, privateKey }: EnrollRequest): Promise<Enrollment> {
  const { csr, privateKeyPem } = await newCertificateRequest(id, hosts, privateKey);
  const authorization = `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
  const body = { certificate_request: csr, ...(profile ? { profile } : {}), caname: ca.name };
  return toEnrollment(await send<EnrollAnswer>(ca, { operation: 'enroll', body, authorize: () => authorization }), privateKeyPem);
}

/** Gets a further certificate with one that is still good. */
export async function reenroll(
  ca: CaEndpoint,
  credentials: Credentials,
  { id, profile, hosts, privateKey }: Omit<EnrollRequest, 'secret'>,
): Promise<Enrollment> {
  const { csr, privateKeyPem } = await newCertificateRequest(id, hosts, privateKey);
  const body = { certificate_request: csr, ...(profile ? { profile } : {}), caname: ca.name };
  return toEnrollment(await sendAs<EnrollAnswer>(ca, credentials, { method: 'POST', operation: 'reenroll', body }), privateKeyPem);
}

/** Registers an identity and returns the secret that it enrols with. */
export async function register(ca: CaEndpoint, registrar: Credentials, request: RegisterRequest): Promise<string> {
  const body = { ...toIdentityBody(request), id: request.id, caname: ca.name };
  return (await sendAs<{ secret: string }>(ca, registrar, { method: 'POST', operation: 'register', body })).secret;
}

/** Changes what the request names of an identity that is registered, its secret for instance. */
export async function modifyIdentity(
  ca: CaEndpoint,
  registrar: Credentials,
  request: Partial<RegisterRequest> & { id: string },
): Promise<void> {
  const body = { ...toIdentityBody(request), caname: ca.name };
  await sendAs(ca, registrar, { method: 'PUT', operation: `identities/${encodeURIComponent(request.id)}`, body });
}

/** Revokes a certificate, or an identity with all its certificates. */
export async function revoke(ca: CaEndpoint, registrar: Credentials, request: RevokeRequest): Promise<Revocation> {
  const { withRevocationList = false, ...named } = request;
  const body = { ...named, gencrl: withRevocationList, caname: ca.name };
  const answer = await sendAs<RevokeAnswer>(ca, registrar, { method: 'POST', operation: 'revoke', body });
  return {
    certificates: (answer.RevokedCerts ?? []).map(({ Serial, AKI }) => ({ serial: Serial, aki: AKI })),
    revocationList: answer.CRL ? decode(answer.CRL) : undefined,
  };
}

/** Has the list of everything revoked signed; PEM. */
export async function generateRevocationList(ca: CaEndpoint, registrar: Credentials): Promise<string> {
  return decode((await sendAs<{ CRL: string }>(ca, registrar, { method: 'POST', operation: 'gencrl', body: { caname: ca.name } })).CRL);
}

/** The certificate of the CA, PEM. Answered without proof of who asks, and without proof of who answers. */
export async function fetchCaCertificate(ca: CaEndpoint): Promise<string> {
  return decode((await send<{ CAChain: string }>(ca, { operation: 'cainfo', body: { caname: ca.name } })).CAChain);
}

interface EnrollAnswer {
  readonly Cert: string;
  readonly ServerInfo: { readonly CAChain: string };
}

interface RevokeAnswer {
  readonly RevokedCerts: readonly { readonly Serial: string; readonly AKI: string }[] | null;
  readonly CRL: string;
}

interface Call {
  readonly method?: string;
  readonly operation: string;
  readonly body: object;
  readonly authorize?: (bound: { method: string; path: string; body: Buffer }) => string;
}

function sendAs<T>(ca: CaEndpoint, credentials: Credentials, call: Call): Promise<T> {
  return send(ca, { ...call, authorize: (bound) => newRequestToken(credentials, bound) });
}

async function send<T>(ca: CaEndpoint, { method = 'POST', operation, body, authorize }: Call): Promise<T> {
  const url = new URL(`${API}/${operation}`, ca.url);
  const bytes = Buffer.from(JSON.stringify(body));
  const authorization = authorize?.({ method, path: url.pathname, body: bytes });
  const response = await exchange({ url, method, authorization, body: bytes, tlsRoots: ca.tlsRoots }).catch((error: unknown) => {
    throw new CaUnreachable(ca, operation, error);
  });
  const answer = parseEnvelope<T>(response.body);
  if (answer?.success !== true) {
    throw new CaRequestFailed({ ca: ca.name, operation, status: response.status, errors: answer?.errors ?? [] });
  }
  return answer.result;
}

interface Envelope<T> {
  readonly result: T;
  readonly errors: readonly { readonly code: number; readonly message: string }[];
  readonly success: boolean;
}

function parseEnvelope<T>(body: Buffer): Envelope<T> | undefined {
  try {
    return JSON.parse(body.toString('utf8')) as Envelope<T>;
  } catch {
    return undefined;
  }
}

function toIdentityBody({ type, secret, attributes, maxEnrollments, affiliation }: Partial<RegisterRequest>): object {
  return {
    ...(type === undefined ? {} : { type }),
    ...(secret === undefined ? {} : { secret }),
    ...(attributes === undefined ? {} : { attrs: attributes }),
    ...(maxEnrollments === undefined ? {} : { max_enrollments: maxEnrollments }),
    ...(affiliation === undefined ? {} : { affiliation }),
  };
}

function toEnrollment({ Cert, ServerInfo }: EnrollAnswer, privateKey: string): Enrollment {
  return { certificate: decode(Cert), privateKey, chain: decode(ServerInfo.CAChain) };
}

function decode(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8');
}
