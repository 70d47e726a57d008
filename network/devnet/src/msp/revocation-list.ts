import { verify } from 'node:crypto';
import { AsnConvert } from '@peculiar/asn1-schema';
import { AuthorityKeyIdentifier, CertificateList, id_ce_authorityKeyIdentifier } from '@peculiar/asn1-x509';
import { hex, text } from '../proto/bytes';
import type { Authority } from './authority';
import type { Certificate } from './certificate';
import { MspRefused } from './msp-refused';

/** A certificate revocation list; it counts for the issuer whose key identifier it names, and whose signature it bears. */
export interface RevocationList {
  revokes(certificate: Certificate, issuer: Authority): boolean;
}

const PEM = /-----BEGIN X509 CRL-----([A-Za-z0-9+/=\s]+)-----END X509 CRL-----/;

/** Reads a list in PEM or DER. @throws MspRefused */
export function parseRevocationList(mspId: string, bytes: Uint8Array): RevocationList {
  const pem = PEM.exec(text(bytes));
  const der = pem === null ? bytes : new Uint8Array(Buffer.from(pem[1] ?? '', 'base64'));
  try {
    return newRevocationList(AsnConvert.parse(der, CertificateList));
  } catch {
    throw new MspRefused(mspId, 'a revocation list is no X.509 CRL');
  }
}

function newRevocationList(list: CertificateList): RevocationList {
  const keyId = issuerKeyId(list);
  const revoked = new Set((list.tbsCertList.revokedCertificates ?? []).map((entry) => serial(new Uint8Array(entry.userCertificate))));
  const signed = new Uint8Array(list.tbsCertListRaw ?? AsnConvert.serialize(list.tbsCertList));
  const signature = new Uint8Array(list.signature);
  const issuers = new Map<string, boolean>();
  const isSignedBy = (issuer: Authority): boolean => {
    const known = issuers.get(issuer.fingerprint);
    const verdict = known ?? verify('sha256', signed, issuer.x509.publicKey, signature);
    issuers.set(issuer.fingerprint, verdict);
    return verdict;
  };
  return {
    revokes: (certificate, issuer) =>
      keyId === issuer.subjectKeyId &&
      revoked.has(certificate.x509.serialNumber.toLowerCase().replace(/^0+(?=.)/, '')) &&
      isSignedBy(issuer),
  };
}

function issuerKeyId(list: CertificateList): string | undefined {
  const extension = list.tbsCertList.crlExtensions?.find(({ extnID }) => extnID === id_ce_authorityKeyIdentifier);
  if (extension === undefined) return undefined;
  const keyId = AsnConvert.parse(extension.extnValue.buffer, AuthorityKeyIdentifier).keyIdentifier;
  return keyId && hex(new Uint8Array(keyId.buffer));
}

function serial(number: Uint8Array): string {
  return hex(number).replace(/^0+(?=.)/, '');
}
