import { peer } from '@hyperledger/fabric-protos';
import { formatSignaturePolicy } from './format-signature-policy';

/** A policy of the channel, by its absolute path. */
export function newPolicyReference(path: string): peer.ApplicationPolicy {
  const policy = new peer.ApplicationPolicy();
  policy.setChannelConfigPolicyReference(path);
  return policy;
}

export function formatApplicationPolicy(policy: peer.ApplicationPolicy): string {
  const signed = policy.getSignaturePolicy();
  return signed === undefined ? policy.getChannelConfigPolicyReference() : formatSignaturePolicy(signed);
}
