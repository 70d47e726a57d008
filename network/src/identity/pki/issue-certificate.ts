import { randomBytes, type webcrypto } from 'node:crypto';
import { isLowS } from './low-s';
import { x509 } from './x509-library';

/** What signs: a CA certificate and its key. */
export interface Issuer {
  readonly certificate: x509.X509Certificate;
  readonly signingKey: webcrypto.CryptoKey;
  readonly subjectKeyId: string;
}

/** What a certificate is for, as the profiles of a Fabric CA say it. */
export type Profile = 'enrollment' | 'tls';

export interface CertificateContent {
  readonly subject: x509.JsonName;
  readonly publicKey: x509.PublicKey;
  readonly profile: Profile;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Extensions beside those that every certificate of the profile has. */
  readonly extensions: readonly x509.Extension[];
}

const SERIAL_BYTES = 20;

/** Issues a leaf certificate that a Fabric MSP accepts: key usage, identifiers of key and issuer, a low-S signature. */
export async function issueCertificate(issuer: Issuer, content: CertificateContent): Promise<x509.X509Certificate> {
  const params = {
    serialNumber: newSerialNumber(),
    subject: content.subject,
    issuer: issuer.certificate.subjectName,
    publicKey: content.publicKey,
    signingKey: issuer.signingKey,
    notBefore: content.notBefore,
    notAfter: content.notAfter,
    extensions: [
      ...usageExtensions(content.profile),
      new x509.BasicConstraintsExtension(false, undefined, true),
      await x509.SubjectKeyIdentifierExtension.create(content.publicKey),
      new x509.AuthorityKeyIdentifierExtension(issuer.subjectKeyId),
      ...content.extensions,
    ],
  };
  return withLowS(() => x509.X509CertificateGenerator.create(params));
}

/** Fabric compares certificates after turning their signature to low S (fabric/msp/cert.go); issued so, both forms are one. Every second try is. */
export async function withLowS(make: () => Promise<x509.X509Certificate>): Promise<x509.X509Certificate> {
  for (;;) {
    const certificate = await make();
    if (isLowS(new Uint8Array(certificate.signature))) {
      return certificate;
    }
  }
}

/** 160 random bits, positive and without a leading zero byte, so that its hexadecimal form is the same everywhere. */
export function newSerialNumber(): string {
  const bytes = randomBytes(SERIAL_BYTES);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x10;
  return bytes.toString('hex');
}

function usageExtensions(profile: Profile): x509.Extension[] {
  const { digitalSignature, keyEncipherment, keyAgreement } = x509.KeyUsageFlags;
  if (profile === 'enrollment') {
    return [new x509.KeyUsagesExtension(digitalSignature, true)];
  }
  return [
    new x509.KeyUsagesExtension(digitalSignature | keyEncipherment | keyAgreement, true),
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
  ];
}
