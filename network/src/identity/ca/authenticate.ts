import { X509Certificate } from 'node:crypto';
import { verifyRequestToken } from '../pki/request-token';
import { CaCode, CaRefusal, newAuthenticationRefusal } from './ca-refusal';
import type { CaRequest } from './ca-request';
import type { CertificateAuthority } from './certificate-authority';
import type { IdentityRecord } from './identity-record';
import { hashSecret, isSecret } from './secret-hash';

/** Somebody who proved to be that identity; `serial` is of the certificate it did so with. */
export interface Caller {
  readonly identity: IdentityRecord;
  readonly serial: string;
}

/** Compared with when there is no such identity, so that an unknown name takes as long as a wrong secret. */
const nobody = hashSecret('', 'generated');

/**
 * Checks enrolment id and secret (serverrequestcontext.go BasicAuthentication, server/user/user.go Login).
 *
 * @throws {@link CaRefusal} 401: code 2 without a header, 73 after too many wrong secrets, else 20.
 */
export async function authenticateBySecret(ca: CertificateAuthority, request: CaRequest): Promise<IdentityRecord> {
  const { id, secret } = parseBasic(authorizationOf(request));
  const identity = ca.store.findIdentity(id);
  if (identity && ca.settings.passwordAttempts > 0 && identity.failedAttempts >= ca.settings.passwordAttempts) {
    const message = `Incorrect password entered ${String(identity.failedAttempts)} times, max incorrect password limit of ${String(ca.settings.passwordAttempts)} reached`;
    throw new CaRefusal(401, CaCode.passwordAttempts, message);
  }
  const right = await isSecret(secret, identity?.secretHash ?? (await nobody));
  if (!identity) {
    throw newAuthenticationRefusal(CaCode.invalidUser, 'no such identity');
  }
  if (!right) {
    ca.store.countFailedAttempt(id);
    throw newAuthenticationRefusal(CaCode.invalidPassword, `wrong secret for '${id}'`);
  }
  assertMayEnroll(identity, ca.settings.maxEnrollments);
  ca.store.forgetFailedAttempts(id);
  return identity;
}

/**
 * Checks a token signed with a certificate of this CA (serverrequestcontext.go verifyX509Token).
 *
 * @throws {@link CaRefusal} 401: code 2 without a header, else 20.
 */
export function authenticateByToken(ca: CertificateAuthority, request: CaRequest): Caller {
  const certificate = verifyToken(authorizationOf(request), request);
  const root = new X509Certificate(ca.certificatePem);
  if (!certificate.checkIssued(root) || !certificate.verify(root.publicKey)) {
    throw newAuthenticationRefusal(CaCode.untrustedCertificate, 'the certificate is not of this CA');
  }
  const serial = formatSerial(certificate.serialNumber);
  const record = ca.store.findCertificate(serial);
  if (!record || !new X509Certificate(record.pem).raw.equals(certificate.raw)) {
    throw newAuthenticationRefusal(CaCode.untrustedCertificate, 'the certificate is not known');
  }
  if (record.expiresAt.getTime() <= Date.now()) {
    throw newAuthenticationRefusal(CaCode.certificateExpired, `a certificate of '${record.id}' has expired`);
  }
  if (record.revokedAt) {
    throw newAuthenticationRefusal(CaCode.certificateRevoked, `a certificate of '${record.id}' is revoked`);
  }
  const identity = ca.store.findIdentity(record.id);
  if (!identity) {
    throw newAuthenticationRefusal(CaCode.gettingUser, `'${record.id}' is not registered any more`);
  }
  return { identity, serial };
}

/** Hexadecimal as a Fabric CA keeps it: lower case, no colons, no leading zeros. */
export function formatSerial(serial: string): string {
  return serial.toLowerCase().replaceAll(':', '').replace(/^0+/, '');
}

function authorizationOf({ authorization }: CaRequest): string {
  if (authorization === undefined || authorization === '') {
    throw new CaRefusal(401, CaCode.noAuthorization, 'No authorization header');
  }
  return authorization;
}

function parseBasic(header: string): { id: string; secret: string } {
  const [, encoded = ''] = /^Basic +(\S+)$/i.exec(header) ?? [];
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 1) {
    throw newAuthenticationRefusal(CaCode.noUserAndPassword, 'no user and password in the authorization header');
  }
  return { id: text.slice(0, colon), secret: text.slice(colon + 1) };
}

function verifyToken(header: string, request: CaRequest): X509Certificate {
  try {
    return verifyRequestToken(header, request);
  } catch (error) {
    throw newAuthenticationRefusal(CaCode.invalidToken, `invalid token: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function assertMayEnroll({ id, state, maxEnrollments }: IdentityRecord, limit: number): void {
  if (state === -1) {
    throw newAuthenticationRefusal(CaCode.invalidPassword, `'${id}' is revoked`);
  }
  const allowed = limit !== -1 && (maxEnrollments > limit || maxEnrollments === -1) ? limit : maxEnrollments;
  if (allowed !== -1 && state >= allowed) {
    throw newAuthenticationRefusal(CaCode.invalidPassword, `'${id}' has enrolled ${String(state)} times, which is all it may`);
  }
}
