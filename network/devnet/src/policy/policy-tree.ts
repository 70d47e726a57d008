import { common } from '@hyperledger/fabric-protos';
import { decode, MalformedMessage } from '../proto/wire';
import { compileSignaturePolicy, type Rule } from './signature-policy';

/** How many of the children have to hold: `threshold` of the sub-policies; a child without that policy never holds. */
export interface ImplicitMeta {
  readonly kind: 'implicit-meta';
  readonly threshold: number;
  readonly subPolicy: string;
  readonly children: readonly { readonly group: string; readonly policy: Policy | undefined }[];
}

/** A policy of the configuration; `envelope`: serialized common.SignaturePolicyEnvelope. */
export type Policy = ImplicitMeta | { readonly kind: 'signature'; readonly rule: Rule; readonly envelope: Uint8Array };

const SIGNATURE = common.Policy.PolicyType.SIGNATURE;
const IMPLICIT_META = common.Policy.PolicyType.IMPLICIT_META;

/** All policies of a channel group by absolute reference, as /Channel/Application/Writers. One that cannot be compiled is not there. */
export function readPolicyTree(root: common.ConfigGroup): ReadonlyMap<string, Policy> {
  const all = new Map<string, Policy>();
  readGroup('/Channel', root, all);
  return all;
}

/** Children come first: an implicit meta policy is made of theirs. */
function readGroup(path: string, group: common.ConfigGroup, all: Map<string, Policy>): void {
  const children: string[] = [];
  for (const [name, child] of group.getGroupsMap().entries() as Iterable<[string, common.ConfigGroup]>) {
    children.push(name);
    readGroup(`${path}/${name}`, child, all);
  }
  children.sort();
  for (const [name, entry] of group.getPoliciesMap().entries() as Iterable<[string, common.ConfigPolicy]>) {
    const policy = readPolicy(entry, (subPolicy) =>
      children.map((child) => ({ group: child, policy: all.get(`${path}/${child}/${subPolicy}`) })),
    );
    if (policy !== undefined) all.set(`${path}/${name}`, policy);
  }
}

function readPolicy(entry: common.ConfigPolicy, childrenOf: (subPolicy: string) => ImplicitMeta['children']): Policy | undefined {
  const policy = entry.getPolicy();
  const value = policy?.getValue_asU8() ?? new Uint8Array(0);
  if (policy?.getType() === SIGNATURE) {
    const rule = compileSignaturePolicy(value);
    return rule && { kind: 'signature', rule, envelope: value };
  }
  return policy?.getType() === IMPLICIT_META ? readImplicitMeta(value, childrenOf) : undefined;
}

function readImplicitMeta(value: Uint8Array, childrenOf: (subPolicy: string) => ImplicitMeta['children']): Policy | undefined {
  try {
    const message = decode(common.ImplicitMetaPolicy, value, { strings: [1] });
    const children = childrenOf(message.getSubPolicy());
    return {
      kind: 'implicit-meta',
      threshold: thresholdOf(message.getRule(), children.length),
      subPolicy: message.getSubPolicy(),
      children,
    };
  } catch (error) {
    if (error instanceof MalformedMessage) return undefined;
    throw error;
  }
}

/** Without children every implicit meta policy holds (common/policies/implicitmeta.go). */
function thresholdOf(rule: number, children: number): number {
  if (children === 0) return 0;
  if (rule === common.ImplicitMetaPolicy.Rule.ANY) return 1;
  return rule === common.ImplicitMetaPolicy.Rule.ALL ? children : Math.floor(children / 2) + 1;
}
