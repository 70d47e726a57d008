import 'reflect-metadata';
import { X509Certificate, X509Crl } from '@peculiar/x509';
import { ChannelError } from './channel-error';

/** What an authority has revoked. */
export interface RevocationList {
  readonly pem: string;
  readonly issuer: string;
  readonly issuedAt: Date;
  /** Serial numbers, hex. */
  readonly serials: readonly string[];
  isSameAs(other: RevocationList): boolean;
  isSignedBy(authority: string): Promise<boolean>;
}

/** @throws ChannelError CHANNEL_MATERIAL_UNFIT */
export function parseRevocationList(pem: string): RevocationList {
  const list = readList(pem);
  const bytes = Buffer.from(list.rawData);
  return {
    pem,
    issuer: list.issuer,
    issuedAt: list.thisUpdate,
    serials: list.entries.map((entry) => entry.serialNumber),
    isSameAs: (other) => bytes.equals(Buffer.from(new X509Crl(other.pem).rawData)),
    isSignedBy: async (authority) => {
      const certificate = new X509Certificate(authority);
      return certificate.subject === list.issuer && (await list.verify({ publicKey: certificate }).catch(() => false));
    },
  };
}

function readList(pem: string): X509Crl {
  try {
    return new X509Crl(pem);
  } catch (error) {
    throw new ChannelError(
      'CHANNEL_MATERIAL_UNFIT',
      'The revocation list cannot be read.',
      'Give it as PEM: -----BEGIN X509 CRL-----',
      error,
    );
  }
}
