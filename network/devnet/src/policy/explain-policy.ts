import { msp } from '@hyperledger/fabric-protos';
import type { Identity } from '../msp/identity';
import { isSatisfied, type Rule } from './signature-policy';

const { MSPPrincipal, MSPRole, OrganizationUnit } = msp;
const ROLES: ReadonlyMap<number, string> = new Map(Object.entries(MSPRole.MSPRoleType).map(([name, value]) => [value, name.toLowerCase()]));

/** For people: what a rule asks for, as `2 of (peer of A, peer of B)`. */
export function describeRule(rule: Rule): string {
  if (rule.kind === 'signed-by') return describePrincipal(rule.principal);
  const parts = rule.rules.map(describeRule).join(', ');
  if (rule.n === rule.rules.length) return `all of (${parts})`;
  return `${String(rule.n)} of (${parts})`;
}

/** For people: which parts of a rule no signature meets. */
function describeMissing(rule: Rule, identities: readonly Identity[]): string {
  const missing = [...new Set(leaves(rule))].filter((leaf) => !identities.some((identity) => identity.satisfies(leaf)));
  return [...new Set(missing.map(describePrincipal))].join(', ');
}

/** For people: the signers whose signatures count. */
export function describeSigners(identities: readonly Identity[]): string {
  return identities.length === 0 ? 'nobody' : identities.map((identity) => identity.mspId).join(', ');
}

/** For people: the verdict on a rule. */
export function describeVerdict(rule: Rule, identities: readonly Identity[]): string {
  const asked = `asks for ${describeRule(rule)}; signed by ${describeSigners(identities)}`;
  if (isSatisfied(rule, identities)) return `${asked}: satisfied`;
  const missing = describeMissing(rule, identities);
  return missing === '' ? `${asked}: the signatures do not add up` : `${asked}; no signature of ${missing}`;
}

function leaves(rule: Rule): readonly Uint8Array[] {
  return rule.kind === 'signed-by' ? [rule.principal] : rule.rules.flatMap(leaves);
}

/** For people: whom a principal means, as `peer of A`. principal: serialized msp.MSPPrincipal. */
export function describePrincipal(principal: Uint8Array): string {
  const message = MSPPrincipal.deserializeBinary(principal);
  const content = message.getPrincipal_asU8();
  if (message.getPrincipalClassification() === MSPPrincipal.Classification.ROLE) {
    const role = MSPRole.deserializeBinary(content);
    return `${ROLES.get(role.getRole()) ?? 'role'} of ${role.getMspIdentifier()}`;
  }
  if (message.getPrincipalClassification() === MSPPrincipal.Classification.ORGANIZATION_UNIT) {
    const unit = OrganizationUnit.deserializeBinary(content);
    return `unit ${unit.getOrganizationalUnitIdentifier()} of ${unit.getMspIdentifier()}`;
  }
  return 'one named identity';
}
