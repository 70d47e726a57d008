import { createHash, X509Certificate } from 'node:crypto';

/** 64 bits: nobody makes a second certificate that shows the same. */
const FINGERPRINT_DIGITS = 16;

/** `CN=orderer, OU=orderer, serial 5f3a..., valid until 2027-11-21, fingerprint 9c1d...`: names alone can be imitated. */
export function describeCertificate(pem: string): string {
  const certificate = parse(pem);
  if (certificate === undefined) return `an unreadable certificate (${describeBytes(Buffer.from(pem))})`;
  const subject = certificate.subject.split('\n').reverse().join(', ');
  const fingerprint = createHash('sha256').update(certificate.raw).digest('hex').slice(0, FINGERPRINT_DIGITS);
  const day = formatDay(new Date(certificate.validTo));
  return `${subject}, serial ${certificate.serialNumber.toLowerCase()}, valid until ${day}, fingerprint ${fingerprint}`;
}

export function describeBytes(bytes: Uint8Array): string {
  const fingerprint = createHash('sha256').update(bytes).digest('hex').slice(0, FINGERPRINT_DIGITS);
  return `${String(bytes.length)} bytes with the fingerprint ${fingerprint}`;
}

/** In UTC, so that everybody reads the same. */
export function formatDay(date: Date): string {
  return date.toISOString().slice(0, 10);
}

function parse(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}
