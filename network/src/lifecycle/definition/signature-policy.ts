import { common, msp } from '@hyperledger/fabric-protos';

const ROLES = ['member', 'admin', 'client', 'peer', 'orderer'] as const;

/** Whoever is a member of one of these organisations: `OR('A.member', 'B.member')`, as Fabric's command line encodes it. */
export function newMembersPolicy(mspIds: readonly string[]): common.SignaturePolicyEnvelope {
  const anyOf = new common.SignaturePolicy.NOutOf();
  anyOf.setN(1);
  anyOf.setRulesList(mspIds.map((_, index) => newSignedBy(index)));
  const rule = new common.SignaturePolicy();
  rule.setNOutOf(anyOf);
  const envelope = new common.SignaturePolicyEnvelope();
  envelope.setVersion(0);
  envelope.setRule(rule);
  envelope.setIdentitiesList(mspIds.map(newMember));
  return envelope;
}

/** In Fabric's own notation: `OutOf(1, 'A.member', 'B.member')`. */
export function formatSignaturePolicy(envelope: common.SignaturePolicyEnvelope): string {
  const rule = envelope.getRule();
  const names = envelope.getIdentitiesList().map(formatPrincipal);
  return rule === undefined ? 'nobody' : formatRule(rule, names);
}

function newSignedBy(index: number): common.SignaturePolicy {
  const rule = new common.SignaturePolicy();
  rule.setSignedBy(index);
  return rule;
}

function newMember(mspId: string): msp.MSPPrincipal {
  const role = new msp.MSPRole();
  role.setMspIdentifier(mspId);
  role.setRole(msp.MSPRole.MSPRoleType.MEMBER);
  const principal = new msp.MSPPrincipal();
  principal.setPrincipalClassification(msp.MSPPrincipal.Classification.ROLE);
  principal.setPrincipal(role.serializeBinary());
  return principal;
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
