import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { KeyFiles } from '../../topology';
import type { CertificateCondition, CertificateFacts } from './certificate-facts';

const DAY_MS = 24 * 3_600_000;

/** What is read off a certificate itself. */
export type Inspection = Pick<CertificateFacts, 'condition' | 'subject' | 'serial' | 'expires' | 'daysLeft'>;

const UNKNOWN = { subject: undefined, serial: undefined, expires: undefined, daysLeft: undefined };

/**
 * Reads a certificate's file and compares it with its key and with the CA that must have issued it.
 *
 * @param root file of the CA's certificate; the certificate's own for a root.
 * @param now milliseconds since the epoch.
 */
export function inspectCertificate({ certificate, privateKey }: KeyFiles, root: string, now: number): Inspection {
  if (!existsSync(certificate)) return { condition: 'missing', ...UNKNOWN };
  try {
    const parsed = new X509Certificate(readFileSync(certificate));
    return describeCertificate(parsed, now, () => findFault(parsed, privateKey, root));
  } catch {
    return { condition: 'unreadable', ...UNKNOWN };
  }
}

/** @param findOther what else may be the matter; asked for a certificate whose time has come. */
export function describeCertificate(
  certificate: X509Certificate,
  now: number,
  findOther: () => CertificateCondition = () => 'good',
): Inspection {
  const expires = Date.parse(certificate.validTo);
  return {
    condition: Date.parse(certificate.validFrom) > now ? 'not yet valid' : findOther(),
    subject: certificate.subject.split('\n').join(', '),
    serial: certificate.serialNumber.toLowerCase(),
    expires: new Date(expires).toISOString(),
    daysLeft: Math.floor((expires - now) / DAY_MS),
  };
}

function findFault(certificate: X509Certificate, privateKey: string, root: string): CertificateCondition {
  if (!existsSync(root) || !certificate.verify(new X509Certificate(readFileSync(root)).publicKey)) return 'not of its CA';
  if (!existsSync(privateKey)) return 'not of its key';
  const key = createPublicKey(createPrivateKey(readFileSync(privateKey)));
  return certificate.publicKey.equals(key) ? 'good' : 'not of its key';
}
