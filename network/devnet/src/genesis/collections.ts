import { common, msp, peer } from '@hyperledger/fabric-protos';
import { DevnetError } from '../devnet-error';
import type { CollectionSpec } from './consortium-spec';
import { parseSignaturePolicy } from './parse-signature-policy';

/**
 * Serialized peer.CollectionConfigPackage, the same bytes as Fabric's peer command makes of its collection file.
 * @throws DevnetError DEVNET_POLICY_INVALID, DEVNET_CONSORTIUM_INVALID
 */
export function newCollections(specs: readonly CollectionSpec[], members: readonly string[]): Uint8Array {
  const names = specs.map((spec) => spec.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new DevnetError('DEVNET_CONSORTIUM_INVALID', `collection "${twice}" occurs twice`);
  const configs = new peer.CollectionConfigPackage();
  configs.setConfigList(specs.map((spec) => newCollection(spec, members)));
  return configs.serializeBinary();
}

function newCollection(spec: CollectionSpec, members: readonly string[]): peer.CollectionConfig {
  const policy = parseSignaturePolicy(spec.policy);
  assertMembers(spec.name, policy, members);
  const memberPolicy = new peer.CollectionPolicyConfig();
  memberPolicy.setSignaturePolicy(policy);
  const collection = new peer.StaticCollectionConfig();
  collection.setName(spec.name);
  collection.setMemberOrgsPolicy(memberPolicy);
  collection.setRequiredPeerCount(spec.requiredPeerCount ?? 0);
  collection.setMaximumPeerCount(spec.maxPeerCount ?? spec.requiredPeerCount ?? 0);
  collection.setBlockToLive(spec.blockToLive ?? 0);
  collection.setMemberOnlyRead(spec.memberOnlyRead ?? false);
  collection.setMemberOnlyWrite(spec.memberOnlyWrite ?? false);
  const endorsement = newEndorsementPolicy(spec);
  if (endorsement !== undefined) collection.setEndorsementPolicy(endorsement);
  const config = new peer.CollectionConfig();
  config.setStaticCollectionConfig(collection);
  return config;
}

function newEndorsementPolicy({ endorsementPolicy }: CollectionSpec): peer.ApplicationPolicy | undefined {
  const { signaturePolicy, channelConfigPolicy } = endorsementPolicy ?? {};
  if (signaturePolicy === undefined && channelConfigPolicy === undefined) return undefined;
  const policy = new peer.ApplicationPolicy();
  if (signaturePolicy !== undefined) policy.setSignaturePolicy(parseSignaturePolicy(signaturePolicy));
  else if (channelConfigPolicy !== undefined) policy.setChannelConfigPolicyReference(channelConfigPolicy);
  return policy;
}

/** Fabric refuses a definition whose collection names an organisation outside the channel (core/chaincode/lifecycle/scc.go). */
function assertMembers(name: string, policy: common.SignaturePolicyEnvelope, members: readonly string[]): void {
  for (const identity of policy.getIdentitiesList()) {
    const mspId = msp.MSPRole.deserializeBinary(identity.getPrincipal_asU8()).getMspIdentifier();
    if (!members.includes(mspId))
      throw new DevnetError(
        'DEVNET_CONSORTIUM_INVALID',
        `collection-name: ${name} -- collection member '${mspId}' is not part of the channel`,
      );
  }
}
