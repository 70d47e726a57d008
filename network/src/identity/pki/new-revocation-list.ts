import type { Issuer } from './issue-certificate';
import { SIGNING_ALGORITHM, x509 } from './x509-library';

export interface RevokedCertificate {
  /** Hexadecimal. */
  readonly serial: string;
  readonly revokedAt: Date;
}

/** Signs a revocation list; the result is PEM, ready for the `crls` folder and the `revocation_list` of an MSP. */
export async function newRevocationList(issuer: Issuer, revoked: readonly RevokedCertificate[], validMs: number): Promise<string> {
  const now = Date.now();
  const list = await x509.X509CrlGenerator.create({
    issuer: issuer.certificate.subjectName,
    thisUpdate: new Date(now),
    nextUpdate: new Date(now + validMs),
    entries: revoked.map(({ serial, revokedAt }) => ({ serialNumber: evenLength(serial), revocationDate: revokedAt })),
    extensions: [new x509.AuthorityKeyIdentifierExtension(issuer.subjectKeyId)],
    signingAlgorithm: SIGNING_ALGORITHM,
    signingKey: issuer.signingKey,
  });
  return `-----BEGIN X509 CRL-----\n${wrap(Buffer.from(list.rawData).toString('base64'))}\n-----END X509 CRL-----\n`;
}

function evenLength(hex: string): string {
  return hex.length % 2 === 0 ? hex : `0${hex}`;
}

function wrap(base64: string): string {
  return base64.match(/.{1,64}/g)?.join('\n') ?? '';
}
