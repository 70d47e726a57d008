import { common, msp } from '@hyperledger/fabric-protos';

const ROLES = ['member', 'admin', 'client', 'peer', 'orderer'] as const;

/** In Fabric's own notation: `OutOf(1, 'A.member', 'B.member')`. */
export function formatSignaturePolicy(envelope: common.SignaturePolicyEnvelope): string {
  const rule = envelope.getRule();
  const names = envelope.getIdentitiesList().map(formatPrincipal);
  return rule === undefined ? 'nobody' : formatRule(rule, names);
}

function formatRule(rule: common.SignaturePolicy, names: readonly string[]): string {
  const outOf = rule.getNOutOf();
  if (outOf === undefined) return names[rule.getSignedBy()] ?? 'nobody';
  return `OutOf(${[String(outOf.getN()), ...outOf.getRulesList().map((each) => formatRule(each, names))].join(', ')})`;
}

/** Another principal than a role is rare enough to be shown as it is. */
function formatPrincipal(principal: msp.MSPPrincipal): string {
  const bytes = principal.getPrincipal_asU8();
  if (principal.getPrincipalClassification() !== msp.MSPPrincipal.Classification.ROLE) return `'${Buffer.from(bytes).toString('base64')}'`;
  const role = msp.MSPRole.deserializeBinary(bytes);
  return `'${role.getMspIdentifier()}.${ROLES[role.getRole()]}'`;
}
