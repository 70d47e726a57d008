import { common } from '@hyperledger/fabric-protos';
import { NO_GROUP, type ConfigGroupNode, type ConfigPolicyNode, type ConfigValueNode } from './config-tree';
import { outOfPolicy, rolePrincipal, type Role } from '../policy/build-policy';

const ADMINS = 'Admins';
const RULES = {
  ANY: common.ImplicitMetaPolicy.Rule.ANY,
  ALL: common.ImplicitMetaPolicy.Rule.ALL,
  MAJORITY: common.ImplicitMetaPolicy.Rule.MAJORITY,
} as const;

export type ImplicitRule = keyof typeof RULES;

/** Of the groups inside: any, all, or more than half must hold their policy of that name. */
export function newImplicitMetaPolicy(rule: ImplicitRule, subPolicy: string): ConfigPolicyNode {
  const policy = new common.ImplicitMetaPolicy();
  policy.setRule(RULES[rule]);
  policy.setSubPolicy(subPolicy);
  return { version: 0, modPolicy: ADMINS, type: common.Policy.PolicyType.IMPLICIT_META, value: policy.serializeBinary() };
}

export function newSignaturePolicy(envelope: common.SignaturePolicyEnvelope): ConfigPolicyNode {
  return { version: 0, modPolicy: ADMINS, type: common.Policy.PolicyType.SIGNATURE, value: envelope.serializeBinary() };
}

/** What every member has in each of its groups. */
export function newMemberPolicies(mspId: string): Readonly<Record<string, ConfigPolicyNode>> {
  const any = (...roles: readonly Role[]): ConfigPolicyNode =>
    newSignaturePolicy(
      outOfPolicy(
        1,
        roles.map((role) => rolePrincipal(mspId, role)),
      ),
    );
  return { Admins: any('admin'), Endorsement: any('peer'), Readers: any('member'), Writers: any('admin', 'client', 'orderer') };
}

export interface GroupParts {
  readonly groups?: Readonly<Record<string, ConfigGroupNode>>;
  readonly values: Readonly<Record<string, Uint8Array>>;
  readonly policies: Readonly<Record<string, ConfigPolicyNode>>;
}

/** A new group, everything of which its Admins may change. values: serialized messages. */
export function newGroup({ groups, values, policies }: GroupParts): ConfigGroupNode {
  const entries = Object.entries(values).map(([name, value]): [string, ConfigValueNode] => [
    name,
    { version: 0, modPolicy: ADMINS, value },
  ]);
  return {
    ...NO_GROUP,
    modPolicy: ADMINS,
    groups: new Map(Object.entries(groups ?? {})),
    values: new Map(entries),
    policies: new Map(Object.entries(policies)),
  };
}
