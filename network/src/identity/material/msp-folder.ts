import { join } from 'node:path';
import { writePublicFile } from '../../files';

/** Roots that an MSP trusts, PEM. */
export interface MspRoots {
  readonly ca: string;
  readonly tlsCa: string;
}

const CA_FILE = join('cacerts', 'ca.pem');
const TLS_CA_FILE = join('tlscacerts', 'tlsca.pem');
const ROLES = ['client', 'peer', 'admin', 'orderer'] as const;

/** Renders an MSP's `config.yaml`: the role of an identity is the organisational unit in its certificate (fabric/msp/configbuilder.go). */
export function renderNodeOus(): string {
  const identifiers = ROLES.map((role) => {
    const name = `${role.charAt(0).toUpperCase()}${role.slice(1)}OUIdentifier`;
    return `  ${name}:\n    Certificate: ${CA_FILE}\n    OrganizationalUnitIdentifier: ${role}\n`;
  });
  return `NodeOUs:\n  Enable: true\n${identifiers.join('')}`;
}

/** Writes what verifies an organisation's members: roots and roles, in Fabric's layout. */
export function writeMspFolder(folder: string, roots: MspRoots): void {
  writePublicFile(join(folder, CA_FILE), roots.ca);
  writePublicFile(join(folder, TLS_CA_FILE), roots.tlsCa);
  writePublicFile(join(folder, 'config.yaml'), renderNodeOus());
}
