import type { Organisation } from '../../topology';
import { renderYaml } from '../../render';
import type { Site } from './site';

/** Folders of the certificate authority's container: the last two are in memory and on its volume. */
export const CA_FOLDERS = {
  config: '/etc/hyperledger/fabric-ca-server',
  material: '/etc/medaccord',
  run: '/run/fabric-ca',
  data: '/var/lib/fabric-ca',
} as const;

/** Where it tells about itself; no other node of the organisation is in its container, so Fabric CA's own number is free. */
export const CA_OPERATIONS_PORT = 9443;

const SECRET = '@REGISTRAR_SECRET@';

/**
 * Fabric CA takes the secrets of its first identities from its configuration only: this puts them there, in memory, out of sight of `ps`.
 * The server of both authorities is that of the TLS authority, which thereby issues the server's own certificate.
 */
const START = `#!/bin/sh
set -eu
umask 077
for ca in ca tlsca; do
  mkdir -p "${CA_FOLDERS.run}/$ca" "${CA_FOLDERS.data}/$ca"
  printf 's|${SECRET}|%s|\\n' "$(cat "${CA_FOLDERS.material}/$ca/registrar-secret")" > "${CA_FOLDERS.run}/fill"
  sed -f "${CA_FOLDERS.run}/fill" "${CA_FOLDERS.config}/$ca.yaml" > "${CA_FOLDERS.run}/$ca/fabric-ca-server-config.yaml"
  rm "${CA_FOLDERS.run}/fill"
done
exec fabric-ca-server start --home ${CA_FOLDERS.run}/tlsca
`;

/** What an organisation's Fabric CA server reads: an authority for identities and one for TLS, on the roots that the organisation has already. */
export function renderCaConfiguration(
  site: Site,
  organisation: Organisation,
): Readonly<Record<'ca.yaml' | 'tlsca.yaml' | 'start.sh', string>> {
  const { ca, tlsCa, ports } = organisation;
  const server = {
    port: ports.ca,
    debug: false,
    tls: { enabled: true, certfile: `${CA_FOLDERS.run}/tls-cert.pem` },
    cafiles: [`${CA_FOLDERS.run}/ca/fabric-ca-server-config.yaml`],
    operations: { listenAddress: `0.0.0.0:${String(CA_OPERATIONS_PORT)}`, tls: { enabled: false } },
    metrics: { provider: 'prometheus' },
  };
  return {
    'ca.yaml': renderYaml(newAuthority(ca.name, ca.registrar.id, 'ca')),
    'tlsca.yaml': renderYaml({
      ...server,
      ...newAuthority(tlsCa.name, tlsCa.registrar.id, 'tlsca'),
      csr: { cn: site.hostOf(organisation, 'ca'), hosts: [site.hostOf(organisation, 'ca'), 'localhost', '127.0.0.1'] },
    }),
    'start.sh': START,
  };
}

function newAuthority(name: string, registrar: string, folder: 'ca' | 'tlsca'): object {
  const data = `${CA_FOLDERS.data}/${folder}`;
  const year = '8760h';
  return {
    ca: { name, certfile: `${CA_FOLDERS.material}/${folder}/ca-cert.pem`, keyfile: `${CA_FOLDERS.material}/${folder}/ca-key.pem` },
    registry: {
      maxenrollments: -1,
      identities: [{ name: registrar, pass: SECRET, type: 'client', affiliation: '', attrs: REGISTRAR_ATTRIBUTES }],
    },
    db: { type: 'sqlite3', datasource: `${data}/fabric-ca-server.db` },
    signing: {
      default: { usage: ['digital signature'], expiry: year },
      profiles: { tls: { usage: ['signing', 'key encipherment', 'server auth', 'client auth', 'key agreement'], expiry: year } },
    },
    cfg: { identities: { passwordattempts: 10 } },
    bccsp: { default: 'SW', sw: { hash: 'SHA2', security: 256, filekeystore: { keystore: `${data}/keystore` } } },
  };
}

const REGISTRAR_ATTRIBUTES = {
  'hf.Registrar.Roles': '*',
  'hf.Registrar.DelegateRoles': '*',
  'hf.Registrar.Attributes': '*',
  'hf.Revoker': true,
  'hf.GenCRL': true,
  'hf.AffiliationMgr': true,
};
