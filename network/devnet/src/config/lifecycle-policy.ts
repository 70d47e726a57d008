import { common, peer } from '@hyperledger/fabric-protos';
import { anyMemberOf } from './chaincode-definition';
import type { Channel } from './channel';

const REFERENCE = '/Channel/Application/LifecycleEndorsement';

/**
 * Serialized peer.ApplicationPolicy of the namespace `_lifecycle`: the channel's LifecycleEndorsement, or, where it has none, a
 * member of more than half of the organisations (core/chaincode/lifecycle/deployedcc_infoprovider.go, LifecycleEndorsementPolicyAsBytes).
 */
export function lifecyclePolicy(channel: Channel): Uint8Array {
  const policy = new peer.ApplicationPolicy();
  if (channel.policies.resolve(REFERENCE) === undefined) policy.setSignaturePolicy(majorityOfMembers(channel));
  else policy.setChannelConfigPolicyReference(REFERENCE);
  return policy.serializeBinary();
}

function majorityOfMembers(channel: Channel): common.SignaturePolicyEnvelope {
  const rules = channel.members.map((_, index) => {
    const rule = new common.SignaturePolicy();
    rule.setSignedBy(index);
    return rule;
  });
  const nOutOf = new common.SignaturePolicy.NOutOf();
  nOutOf.setN(Math.floor(rules.length / 2) + 1);
  nOutOf.setRulesList(rules);
  const rule = new common.SignaturePolicy();
  rule.setNOutOf(nOutOf);
  const envelope = new common.SignaturePolicyEnvelope();
  envelope.setRule(rule);
  envelope.setIdentitiesList(channel.members.flatMap(({ mspId }) => anyMemberOf(mspId).getIdentitiesList()));
  return envelope;
}
