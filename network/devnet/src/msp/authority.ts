import { AsnConvert } from '@peculiar/asn1-schema';
import {
  BasicConstraints,
  Certificate as AsnCertificate,
  type Extension,
  SubjectKeyIdentifier,
  id_ce_basicConstraints,
  id_ce_subjectKeyIdentifier,
} from '@peculiar/asn1-x509';
import { hex } from '../proto/bytes';
import { parseCertificate, sameCertificate, type Certificate } from './certificate';
import { MspRefused } from './msp-refused';

/** A CA certificate of an MSP, a root or an intermediate. */
export interface Authority extends Certificate {
  readonly isRoot: boolean;
  /** Hex; revocation lists name their issuer by it. */
  readonly subjectKeyId: string;
  /** How many CAs may stand between it and a leaf; undefined: any number. */
  readonly pathLength: number | undefined;
}

/** From an issuing CA up to a root. */
export type Chain = readonly [Authority, ...Authority[]];

/** @throws MspRefused */
export function parseAuthority(mspId: string, pem: Uint8Array, isRoot: boolean): Authority {
  const certificate = parseCertificate(pem);
  if (certificate === undefined) throw new MspRefused(mspId, 'a CA certificate is no PEM certificate');
  if (!certificate.x509.ca) throw new MspRefused(mspId, `certificate ${certificate.x509.subject} is listed as a CA, but is none`);
  const { subjectKeyId, pathLength } = extensionsOf(certificate);
  if (subjectKeyId === undefined) throw new MspRefused(mspId, `CA certificate ${certificate.x509.subject} has no subject key identifier`);
  return { ...certificate, isRoot, subjectKeyId, pathLength };
}

/** All ways from a certificate up to a root, as they were valid at `at` (Fabric judges a certificate at its own beginning). */
export function chainsOf(certificate: Certificate, authorities: readonly Authority[], at: Date, below = 0): readonly Chain[] {
  return authorities
    .filter((authority) => canIssue(authority, certificate, at, below))
    .flatMap((authority): readonly Chain[] => {
      if (authority.isRoot) return [[authority]];
      const above = authorities.filter((other) => !sameCertificate(other, authority));
      return chainsOf(authority, above, at, below + 1).map((chain) => [authority, ...chain]);
    });
}

function canIssue(authority: Authority, certificate: Certificate, at: Date, below: number): boolean {
  if (at < authority.notBefore || at > authority.notAfter) return false;
  if (authority.pathLength !== undefined && below > authority.pathLength) return false;
  return certificate.x509.checkIssued(authority.x509) && certificate.x509.verify(authority.x509.publicKey);
}

function extensionsOf(certificate: Certificate): { subjectKeyId: string | undefined; pathLength: number | undefined } {
  const extensions: readonly Extension[] = AsnConvert.parse(certificate.der, AsnCertificate).tbsCertificate.extensions ?? [];
  const find = (id: string): ArrayBuffer | undefined => extensions.find((extension) => extension.extnID === id)?.extnValue.buffer;
  const keyId = find(id_ce_subjectKeyIdentifier);
  const constraints = find(id_ce_basicConstraints);
  return {
    subjectKeyId: keyId && hex(new Uint8Array(AsnConvert.parse(keyId, SubjectKeyIdentifier).buffer)),
    pathLength: constraints && AsnConvert.parse(constraints, BasicConstraints).pathLenConstraint,
  };
}
