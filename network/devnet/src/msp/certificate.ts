import { createHash, X509Certificate } from 'node:crypto';
import { concat, equalBytes, text } from '../proto/bytes';
import { toLowS } from '../proto/signatures';

/** A certificate with what an MSP looks at. */
export interface Certificate {
  readonly x509: X509Certificate;
  readonly der: Uint8Array;
  readonly organizationalUnits: readonly string[];
  /** sha256 of the certificate after its own signature was brought to low S (msp/cert.go): both spellings are one signer. */
  readonly fingerprint: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

const PEM_START = '-----BEGIN';

/** Parses the PEM of one certificate; undefined where it is none. */
export function parseCertificate(pem: Uint8Array): Certificate | undefined {
  const content = text(pem);
  if (!content.includes(PEM_START)) return undefined;
  try {
    return readCertificate(new X509Certificate(content));
  } catch {
    return undefined;
  }
}

/** Whether the certificate's key is of the one kind that signs here: ECDSA over P-256. */
export function hasP256Key(certificate: Certificate): boolean {
  const key = certificate.x509.publicKey;
  return key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1';
}

export function sameCertificate(a: Certificate, b: Certificate): boolean {
  return equalBytes(a.der, b.der);
}

function readCertificate(x509: X509Certificate): Certificate {
  const der = new Uint8Array(x509.raw);
  return {
    x509,
    der,
    organizationalUnits: unitsOf(x509),
    fingerprint: createHash('sha256').update(withLowS(der)).digest('hex'),
    notBefore: new Date(x509.validFrom),
    notAfter: new Date(x509.validTo),
  };
}

function unitsOf(x509: X509Certificate): readonly string[] {
  const subject = x509.toLegacyObject().subject as unknown as Readonly<Record<string, string | readonly string[] | undefined>>;
  const units = subject['OU'] ?? [];
  return typeof units === 'string' ? [units] : units;
}

/** Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signature BIT STRING }; only an ECDSA signature can change. */
function withLowS(der: Uint8Array): Uint8Array {
  const body = contentAt(der, 0);
  const tbs = contentAt(der, body.start);
  const algorithm = contentAt(der, tbs.end);
  const bits = contentAt(der, algorithm.end);
  const signature = der.subarray(bits.start + 1, bits.end);
  const lowered = toLowS(signature);
  if (equalBytes(lowered, signature)) return der;
  const bitString = derNode(0x03, concat(Uint8Array.of(0), lowered));
  return derNode(0x30, concat(der.subarray(body.start, algorithm.end), bitString));
}

function contentAt(der: Uint8Array, at: number): { readonly start: number; readonly end: number } {
  const first = der[at + 1] ?? 0;
  if (first < 0x80) return { start: at + 2, end: at + 2 + first };
  const count = first & 0x7f;
  const length = der.subarray(at + 2, at + 2 + count).reduce((sum, byte) => sum * 256 + byte, 0);
  return { start: at + 2 + count, end: at + 2 + count + length };
}

function derNode(tag: number, content: Uint8Array): Uint8Array {
  const size = content.length;
  if (size < 0x80) return concat(Uint8Array.of(tag, size), content);
  const length = size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return concat(Uint8Array.of(tag, ...length), content);
}
