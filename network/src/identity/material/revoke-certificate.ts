import type { Organisation } from '../../topology';
import { generateRevocationList, revoke } from '../client/ca-client';
import { CaRequestFailed } from '../client/ca-client-errors';
import { x509 } from '../pki/x509-library';
import { newRegistrarDesk } from './registrar-desk';

/** Code of a Fabric CA for a certificate that is revoked. */
const ALREADY_REVOKED = 66;

/**
 * Has an organisation's CA revoke one certificate of its identities, as its registrar. That it is revoked already is no error.
 *
 * @param pem the certificate.
 * @param url where the organisation's CA answers, instead of the topology's address.
 * @returns PEM: the list of everything that the CA has revoked.
 * @throws {@link CaUnreachable}, {@link CaRequestFailed} for a certificate that it did not issue
 */
export async function revokeCertificate({ ca, endpoints }: Organisation, pem: string, url: string = endpoints.ca): Promise<string> {
  const certificate = new x509.X509Certificate(pem);
  const aki = certificate.getExtension(x509.AuthorityKeyIdentifierExtension)?.keyId ?? '';
  const { endpoint, registrar } = newRegistrarDesk(ca, url);
  try {
    await revoke(endpoint, await registrar(), { serial: certificate.serialNumber, aki });
  } catch (error) {
    if (!(error instanceof CaRequestFailed) || error.caCode !== ALREADY_REVOKED) throw error;
  }
  return generateRevocationList(endpoint, await registrar());
}
