import type { CertificateAuthority } from './certificate-authority';

/** The release of Fabric CA whose REST API this is. */
const API_VERSION = '1.5.21';

/** Result of `cainfo`, names as Fabric CA has them (fabric-ca/api/serverresponses.go). Idemix is not offered, its keys are empty. */
export interface CaInformation {
  readonly CAName: string;
  /** PEM, base64. */
  readonly CAChain: string;
  readonly IssuerPublicKey: '';
  readonly IssuerRevocationPublicKey: '';
  readonly Version: string;
}

/** Says who this CA is. */
export function describeCa({ name, certificatePem }: CertificateAuthority): CaInformation {
  return {
    CAName: name,
    CAChain: Buffer.from(certificatePem).toString('base64'),
    IssuerPublicKey: '',
    IssuerRevocationPublicKey: '',
    Version: `embedded, API of Fabric CA ${API_VERSION}`,
  };
}
