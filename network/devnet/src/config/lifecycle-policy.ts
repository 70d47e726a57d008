import { type common, peer } from '@hyperledger/fabric-protos';
import { outOfPolicy, rolePrincipal } from '../policy/build-policy';
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
  const { members } = channel;
  return outOfPolicy(
    Math.floor(members.length / 2) + 1,
    members.map(({ mspId }) => rolePrincipal(mspId, 'member')),
  );
}
