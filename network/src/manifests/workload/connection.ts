import { renderConnection } from '../../connection';
import type { CaNode, MspIdentity, Organisation } from '../../topology';
import { FOLDERS } from './places';
import type { Site } from './site';

/** The gateway's own data, in its container. */
export const GATEWAY_DATA = '/var/lib/medaccord';

/** The connection document of an organisation's gateway in a container: the network's own, with the addresses and paths that hold there. */
export function renderContainerConnection(site: Site, organisation: Organisation): string {
  const organisations = site.topology.organisations.map((member) => moveOrganisation(site, member));
  const topology = { ...site.topology, ledger: 'fabric', host: '0.0.0.0', organisations } as const;
  return `${JSON.stringify(renderConnection(topology, moveOrganisation(site, organisation)), null, 2)}\n`;
}

function moveOrganisation(site: Site, organisation: Organisation): Organisation {
  const { ports, name } = organisation;
  const at = (node: 'peer' | 'ca' | 'gateway'): string => `${site.hostOf(organisation, node)}:${String(ports[node])}`;
  return {
    ...organisation,
    endpoints: { ...organisation.endpoints, peer: at('peer'), ca: `https://${at('ca')}`, gateway: `http://${at('gateway')}` },
    msp: {
      ...organisation.msp,
      caCertificate: `${FOLDERS.msp}/cacerts/ca.pem`,
      tlsCaCertificate: `${FOLDERS.members}/${name}.pem`,
    },
    ca: moveAuthority(organisation.ca),
    identities: {
      ...organisation.identities,
      // Named, for the document has it, but never mounted: a gateway that is taken over administers nothing.
      admin: moveIdentity(organisation.identities.admin, '/etc/medaccord/admin'),
      gateway: moveIdentity(organisation.identities.gateway, FOLDERS.msp),
    },
    gatewayData: GATEWAY_DATA,
  };
}

function moveIdentity(identity: MspIdentity, folder: string): MspIdentity {
  return { ...identity, certificate: `${folder}/signcerts/cert.pem`, privateKey: `${folder}/keystore/key.pem` };
}

function moveAuthority(ca: CaNode): CaNode {
  return { ...ca, registrar: { ...ca.registrar, secretFile: `${FOLDERS.registrar}/registrar-secret` } };
}
