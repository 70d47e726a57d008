import { isIP } from 'node:net';
import { newKeyPair, readKeyPair } from './key-pair';
import { SIGNING_ALGORITHM, x509 } from './x509-library';

/** A certificate signing request (PKCS #10) in PEM and the private key behind it. */
export interface CertificateRequest {
  readonly csr: string;
  readonly privateKeyPem: string;
}

/**
 * Makes a signing request, for a fresh P-256 key unless the caller has one that is to be certified again.
 *
 * @param id enrolment id: a CA demands that the common name equals it.
 * @param hosts host names and addresses that a TLS certificate stands for.
 * @param privateKey PEM of a P-256 key.
 */
export async function newCertificateRequest(id: string, hosts: readonly string[] = [], privateKey?: string): Promise<CertificateRequest> {
  const { keys, privateKeyPem } = privateKey === undefined ? await newKeyPair() : await readKeyPair(privateKey);
  const names = hosts.map((value): x509.JsonGeneralName => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value }));
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: [{ CN: [id] }],
    keys,
    signingAlgorithm: SIGNING_ALGORITHM,
    extensions: names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : [],
  });
  return { csr: request.toString('pem'), privateKeyPem };
}
