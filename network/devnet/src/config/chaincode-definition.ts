import { common, msp, peer } from '@hyperledger/fabric-protos';
import { outOfPolicy, rolePrincipal } from '../policy/build-policy';
import { decode } from '../proto/wire';
import type { ChaincodeDefinition, Channel, Collection } from './channel';

/** The namespace in which the lifecycle keeps the definitions (core/chaincode/lifecycle). */
export const LIFECYCLE = '_lifecycle';
const IMPLICIT_PREFIX = '_implicit_org_';
const { lifecycle } = peer;

/** Key of a definition's field, such as Sequence, in namespace `_lifecycle`. */
export function fieldKey(chaincode: string, field: string): string {
  return `namespaces/fields/${chaincode}/${field}`;
}

/** Key of a definition's metadata in namespace `_lifecycle`. */
export function metadataKey(chaincode: string): string {
  return `namespaces/metadata/${chaincode}`;
}

/** The part of a state that definitions are read from. */
interface DefinitionState {
  get(namespace: string, key: string): { readonly value: Uint8Array } | undefined;
}

/** The definition of a chaincode that the state holds; undefined where there is none, or none that can be read. */
export function readDefinition(state: DefinitionState, chaincode: string): ChaincodeDefinition | undefined {
  const metadata = state.get(LIFECYCLE, metadataKey(chaincode));
  if (metadata === undefined || decode(lifecycle.StateMetadata, metadata.value).getDatatype() !== 'ChaincodeDefinition') return undefined;
  const read = (field: string): peer.lifecycle.StateData => {
    const stored = state.get(LIFECYCLE, fieldKey(chaincode, field));
    return stored === undefined ? new lifecycle.StateData() : decode(lifecycle.StateData, stored.value);
  };
  const validation = decode(lifecycle.ChaincodeValidationInfo, read('ValidationInfo').getBytes_asU8());
  return {
    name: chaincode,
    version: decode(lifecycle.ChaincodeEndorsementInfo, read('EndorsementInfo').getBytes_asU8()).getVersion(),
    sequence: read('Sequence').getInt64(),
    policy: validation.getValidationParameter_asU8(),
    collections: readCollections(read('Collections').getBytes_asU8()),
  };
}

/** The collections of a serialized peer.CollectionConfigPackage. */
function readCollections(bytes: Uint8Array): readonly Collection[] {
  return decode(peer.CollectionConfigPackage, bytes)
    .getConfigList()
    .flatMap((config) => {
      const collection = config.getStaticCollectionConfig();
      return collection === undefined ? [] : [readCollection(collection)];
    });
}

/** Implicit collections by the configuration that they follow from: every private read and write asks for one. */
const implicitCollections = new WeakMap<Channel, ReadonlyMap<string, Collection>>();

/** The collection that every chaincode has for a member organisation; undefined for any other name. */
export function implicitCollection(channel: Channel, name: string): Collection | undefined {
  if (!name.startsWith(IMPLICIT_PREFIX)) return undefined;
  const known = implicitCollections.get(channel) ?? newImplicitCollections(channel);
  implicitCollections.set(channel, known);
  return known.get(name);
}

function newImplicitCollections(channel: Channel): ReadonlyMap<string, Collection> {
  const collections = channel.members.map((member) => newImplicitCollection(channel, member));
  return new Map(collections.map((collection) => [collection.name, collection]));
}

/**
 * Its endorsement policy is that of the organisation's group, or, where the group has none, any member
 * (core/chaincode/lifecycle/deployedcc_infoprovider.go).
 */
function newImplicitCollection(channel: Channel, { mspId, group }: Channel['members'][number]): Collection {
  const memberPolicy = anyMemberOf(mspId);
  return {
    name: `${IMPLICIT_PREFIX}${mspId}`,
    implicit: true,
    memberMsps: [mspId],
    memberPolicy: memberPolicy.serializeBinary(),
    memberOnlyRead: false,
    memberOnlyWrite: false,
    blockToLive: 0,
    requiredPeerCount: 0,
    endorsementPolicy: endorsementPolicyOf(channel, group, memberPolicy),
  };
}

function endorsementPolicyOf(channel: Channel, group: string, anyMember: common.SignaturePolicyEnvelope): Uint8Array {
  const reference = `/Channel/Application/${group}/Endorsement`;
  const policy = new peer.ApplicationPolicy();
  if (channel.policies.resolve(reference) === undefined) policy.setSignaturePolicy(anyMember);
  else policy.setChannelConfigPolicyReference(reference);
  return policy.serializeBinary();
}

/** Signature policy: one member of the organisation (policydsl.SignedByMspMember). */
function anyMemberOf(mspId: string): common.SignaturePolicyEnvelope {
  return outOfPolicy(1, [rolePrincipal(mspId, 'member')]);
}

function readCollection(config: peer.StaticCollectionConfig): Collection {
  const memberPolicy = config.getMemberOrgsPolicy()?.getSignaturePolicy() ?? new common.SignaturePolicyEnvelope();
  return {
    name: config.getName(),
    implicit: false,
    memberMsps: mspsOf(memberPolicy),
    memberPolicy: memberPolicy.serializeBinary(),
    memberOnlyRead: config.getMemberOnlyRead(),
    memberOnlyWrite: config.getMemberOnlyWrite(),
    blockToLive: config.getBlockToLive(),
    requiredPeerCount: config.getRequiredPeerCount(),
    endorsementPolicy: config.getEndorsementPolicy()?.serializeBinary(),
  };
}

function mspsOf(policy: common.SignaturePolicyEnvelope): readonly string[] {
  const ids = policy.getIdentitiesList().map((principal) => mspOf(principal.getPrincipalClassification(), principal.getPrincipal_asU8()));
  return [...new Set(ids.filter((id) => id !== undefined))];
}

function mspOf(classification: number, content: Uint8Array): string | undefined {
  const { Classification } = msp.MSPPrincipal;
  if (classification === Classification.ROLE) return decode(msp.MSPRole, content).getMspIdentifier();
  if (classification === Classification.ORGANIZATION_UNIT) return decode(msp.OrganizationUnit, content).getMspIdentifier();
  return classification === Classification.IDENTITY ? decode(msp.SerializedIdentity, content).getMspid() : undefined;
}
