import { sameCertificate, type Certificate } from './certificate';
import type { Chain } from './authority';

export type NodeRole = 'client' | 'peer' | 'admin' | 'orderer';

/** An organizational unit, and the CA it counts from (absent: any of the MSP). */
export interface OrganizationalUnit {
  readonly identifier: string;
  readonly certificate: Certificate | undefined;
}

/** The units of an MSP that tell the roles apart; a role without a unit cannot be held through one. */
export type NodeOus = Readonly<Partial<Record<NodeRole, OrganizationalUnit>>>;

/**
 * The role of a certificate by its NodeOU; undefined where it carries none of them, or more than one, or one that counts
 * from another CA (msp/mspimplvalidate.go, validateIdentityOUsV142).
 */
export function roleOf(certificate: Certificate, chain: Chain, nodeOus: NodeOus): NodeRole | undefined {
  const roles = (Object.keys(nodeOus) as NodeRole[]).flatMap((role) =>
    certificate.organizationalUnits.filter((unit) => unit === nodeOus[role]?.identifier).map(() => role),
  );
  const [role] = roles;
  if (role === undefined || roles.length > 1) return undefined;
  return countsFrom(nodeOus[role], chain) ? role : undefined;
}

/** Whether the certificate carries one of the units, where an MSP lists units that it recognizes. */
export function carriesListedUnit(certificate: Certificate, chain: Chain, listed: readonly OrganizationalUnit[]): boolean {
  return listed.some((unit) => certificate.organizationalUnits.includes(unit.identifier) && countsFrom(unit, chain));
}

function countsFrom(unit: OrganizationalUnit | undefined, chain: Chain): boolean {
  return unit?.certificate === undefined || sameCertificate(unit.certificate, chain[0]);
}
