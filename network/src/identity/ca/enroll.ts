import { authenticateBySecret, authenticateByToken, formatSerial } from './authenticate';
import { certify } from './certify';
import { CaCode, newAuthenticationRefusal } from './ca-refusal';
import { bodies, parseBody, type CaRequest } from './ca-request';
import { describeCa, type CaInformation } from './ca-information';
import type { CertificateRecord } from './ca-store';
import type { CertificateAuthority } from './certificate-authority';

export interface EnrollResult {
  /** PEM, base64. */
  readonly Cert: string;
  readonly ServerInfo: CaInformation;
}

/** Issues a certificate to whoever has an enrolment secret (fabric-ca/lib/serverenroll.go). It counts as enrolment only with the certificate. */
export async function enroll(ca: CertificateAuthority, request: CaRequest): Promise<EnrollResult> {
  const identity = await authenticateBySecret(ca, request);
  const record = await certify(ca, identity, parseBody(bodies.enroll, request.body));
  if (!ca.store.addEnrollment(record)) {
    throw newAuthenticationRefusal(CaCode.invalidPassword, `'${identity.id}' was revoked or used up meanwhile`);
  }
  return toResult(ca, record);
}

/** Issues a further certificate to whoever has one that is good. */
export async function reenroll(ca: CertificateAuthority, request: CaRequest): Promise<EnrollResult> {
  const { identity, serial } = authenticateByToken(ca, request);
  const record = await certify(ca, identity, parseBody(bodies.enroll, request.body));
  if (ca.store.findCertificate(formatSerial(serial))?.revokedAt) {
    throw newAuthenticationRefusal(CaCode.certificateRevoked, `the certificate of '${identity.id}' was revoked meanwhile`);
  }
  ca.store.addCertificate(record);
  return toResult(ca, record);
}

function toResult(ca: CertificateAuthority, { pem }: CertificateRecord): EnrollResult {
  return { Cert: Buffer.from(pem).toString('base64'), ServerInfo: describeCa(ca) };
}
