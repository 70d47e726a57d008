import { common, msp } from '@hyperledger/fabric-protos';

const ROLES = {
  member: msp.MSPRole.MSPRoleType.MEMBER,
  admin: msp.MSPRole.MSPRoleType.ADMIN,
  client: msp.MSPRole.MSPRoleType.CLIENT,
  peer: msp.MSPRole.MSPRoleType.PEER,
  orderer: msp.MSPRole.MSPRoleType.ORDERER,
} as const;

export type Role = keyof typeof ROLES;

/** The principal "this role of that organisation". */
export function rolePrincipal(mspId: string, role: Role): msp.MSPPrincipal {
  const value = new msp.MSPRole();
  value.setMspIdentifier(mspId);
  value.setRole(ROLES[role]);
  const principal = new msp.MSPPrincipal();
  principal.setPrincipalClassification(msp.MSPPrincipal.Classification.ROLE);
  principal.setPrincipal(value.serializeBinary());
  return principal;
}

/** The principal "exactly this certificate". identity: serialized msp.SerializedIdentity. */
export function identityPrincipal(identity: Uint8Array): msp.MSPPrincipal {
  const principal = new msp.MSPPrincipal();
  principal.setPrincipalClassification(msp.MSPPrincipal.Classification.IDENTITY);
  principal.setPrincipal(identity);
  return principal;
}

/** The policy "n of these principals". */
export function outOfPolicy(n: number, principals: readonly msp.MSPPrincipal[]): common.SignaturePolicyEnvelope {
  const rules = principals.map((_, index) => signedBy(index));
  return envelope(nOutOf(n, rules), principals);
}

/** The rule "signed by the principal of this number". */
export function signedBy(index: number): common.SignaturePolicy {
  const policy = new common.SignaturePolicy();
  policy.setSignedBy(index);
  return policy;
}

/** The rule "n of these". */
export function nOutOf(n: number, rules: common.SignaturePolicy[]): common.SignaturePolicy {
  const combination = new common.SignaturePolicy.NOutOf();
  combination.setN(n);
  combination.setRulesList(rules);
  const policy = new common.SignaturePolicy();
  policy.setNOutOf(combination);
  return policy;
}

/** A rule with the principals that its numbers mean. */
export function envelope(rule: common.SignaturePolicy, principals: readonly msp.MSPPrincipal[]): common.SignaturePolicyEnvelope {
  const policy = new common.SignaturePolicyEnvelope();
  policy.setRule(rule);
  policy.setIdentitiesList([...principals]);
  return policy;
}
