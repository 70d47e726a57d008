import { revokeCertificate } from '../../identity';
import type { Organisation, Topology } from '../../topology';
import { withAuthorities } from './with-authorities';

/**
 * Revokes a certificate (PEM) at the organisation's own CA, which is opened here when nobody serves it. Returns its revocation list, PEM; the
 * ledger learns of it when the list is in the channel's configuration.
 * @throws CaUnreachable, CaRequestFailed
 */
export function revokeAtAuthority(topology: Topology, organisation: Organisation, pem: string): Promise<string> {
  return withAuthorities(topology, organisation, () => revokeCertificate(organisation, pem));
}
