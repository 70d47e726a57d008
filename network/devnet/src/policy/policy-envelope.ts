import { common, msp } from '@hyperledger/fabric-protos';
import { hex } from '../proto/bytes';
import type { Policy } from './policy-tree';
import type { Rule } from './signature-policy';

/**
 * One serialized common.SignaturePolicyEnvelope that says what a policy of the configuration says (implicitmeta.go, Convert);
 * undefined where a child lacks its policy: such a policy has no such form.
 */
export function toEnvelope(policy: Policy): Uint8Array | undefined {
  if (policy.kind === 'signature') return policy.envelope;
  const rule = flatten(policy);
  return rule && writeEnvelope(rule);
}

function flatten(policy: Policy): Rule | undefined {
  if (policy.kind === 'signature') return policy.rule;
  const rules = policy.children.map((child) => child.policy && flatten(child.policy));
  if (rules.some((rule) => rule === undefined)) return undefined;
  return { kind: 'n-out-of', n: policy.threshold, rules: rules.filter((rule) => rule !== undefined) };
}

function writeEnvelope(rule: Rule): Uint8Array {
  const principals = new Map<string, Uint8Array>();
  const envelope = new common.SignaturePolicyEnvelope();
  envelope.setRule(toMessage(rule, principals));
  envelope.setIdentitiesList([...principals.values()].map((bytes) => msp.MSPPrincipal.deserializeBinary(bytes)));
  return envelope.serializeBinary();
}

function toMessage(rule: Rule, principals: Map<string, Uint8Array>): common.SignaturePolicy {
  const message = new common.SignaturePolicy();
  if (rule.kind === 'signed-by') {
    const key = hex(rule.principal);
    if (!principals.has(key)) principals.set(key, rule.principal);
    message.setSignedBy([...principals.keys()].indexOf(key));
    return message;
  }
  const nOutOf = new common.SignaturePolicy.NOutOf();
  nOutOf.setN(rule.n);
  nOutOf.setRulesList(rule.rules.map((inner) => toMessage(inner, principals)));
  message.setNOutOf(nOutOf);
  return message;
}
