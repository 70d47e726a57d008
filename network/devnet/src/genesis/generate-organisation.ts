import { issueIdentity, issueTls, newAuthority } from './certificates';
import type { CertifiedKey, OrganisationMaterial, OrganisationSpec } from './consortium-spec';

/** Material that the devnet made itself: with the authorities' keys, so that clients can be certified and revoked later. */
export interface GeneratedOrganisation extends OrganisationMaterial {
  readonly ca: CertifiedKey;
  readonly tlsCa: CertifiedKey;
  /** A first client, `user1`, without attributes. */
  readonly client: CertifiedKey;
}

/** Makes an organisation's authorities, its peer, orderer, admin and first client, and the certificate of its endpoint. */
export async function generateOrganisation(
  organisation: Pick<OrganisationSpec, 'mspId' | 'name' | 'domain' | 'hosts'>,
): Promise<GeneratedOrganisation> {
  const domain = organisation.domain ?? domainOf(organisation.name ?? organisation.mspId);
  const [ca, tlsCa] = await Promise.all([newAuthority(`ca.${domain}`, domain), newAuthority(`tlsca.${domain}`, domain)]);
  const [peer, orderer, admin, client, tls] = await Promise.all([
    issueIdentity(ca, { commonName: `peer0.${domain}`, ou: 'peer' }),
    issueIdentity(ca, { commonName: `orderer0.${domain}`, ou: 'orderer' }),
    issueIdentity(ca, { commonName: `admin@${domain}`, ou: 'admin' }),
    issueIdentity(ca, { commonName: `user1@${domain}`, ou: 'client' }),
    issueTls(tlsCa, [`peer0.${domain}`, 'localhost', '127.0.0.1', ...(organisation.hosts ?? [])]),
  ]);
  return { caCertificates: [ca.certificate], tlsCaCertificates: [tlsCa.certificate], peer, orderer, admin, tls, ca, tlsCa, client };
}

/** A name that may stand in a certificate and a host name: lower case letters, digits and dashes. */
export function domainOf(name: string): string {
  const label = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return `${label === '' ? 'organisation' : label}.devnet`;
}
