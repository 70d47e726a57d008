import { newSerialNumber, withLowS } from './issue-certificate';
import { newKeyPair } from './key-pair';
import { SIGNING_ALGORITHM, x509 } from './x509-library';

const YEAR_MS = 365 * 24 * 3_600_000;
const ROOT_YEARS = 15;
const CLOCK_SKEW_MS = 5 * 60_000;
const PATH_LENGTH = 1;

/** A self-signed root: certificate and private key, both PEM. */
export interface Root {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

/**
 * Makes the root of a certificate authority, as a Fabric CA makes its own: 15 years, may sign certificates and revocation lists.
 *
 * @param name common name; @param organisation the O of the subject.
 */
export async function newRoot(name: string, organisation: string): Promise<Root> {
  const { keys, privateKeyPem } = await newKeyPair();
  const now = Date.now();
  const params = {
    serialNumber: newSerialNumber(),
    name: [{ O: [organisation] }, { CN: [name] }],
    keys,
    signingAlgorithm: SIGNING_ALGORITHM,
    notBefore: new Date(now - CLOCK_SKEW_MS),
    notAfter: new Date(now + ROOT_YEARS * YEAR_MS),
    extensions: [
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      new x509.BasicConstraintsExtension(true, PATH_LENGTH, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  };
  const certificate = await withLowS(() => x509.X509CertificateGenerator.createSelfSigned(params));
  return { certificatePem: `${certificate.toString('pem')}\n`, privateKeyPem };
}
