import { peer } from '@hyperledger/fabric-protos';
import { outOfPolicy, rolePrincipal } from '@medaccord/devnet/configuration';
import type { Collection } from '../../topology';
import { formatApplicationPolicy, newPolicyReference } from './application-policy';
import { formatSignaturePolicy } from './format-signature-policy';

/** The private data collections of a topology as a definition has them. */
export function newCollectionPackage(collections: readonly Collection[]): peer.CollectionConfigPackage {
  const all = new peer.CollectionConfigPackage();
  all.setConfigList(
    collections.map((collection) => {
      const config = new peer.CollectionConfig();
      config.setStaticCollectionConfig(newCollection(collection));
      return config;
    }),
  );
  return all;
}

/** What was agreed on about each collection, in words, by field. */
export function describeCollections(all: peer.CollectionConfigPackage | undefined): Record<string, string> {
  const collections = (all?.getConfigList() ?? []).flatMap((config) => config.getStaticCollectionConfig() ?? []);
  const names = collections.map((collection) => collection.getName());
  return Object.assign(
    { collections: names.length === 0 ? 'none' : names.join(', ') },
    ...collections.map((collection) => describeCollection(collection)),
  ) as Record<string, string>;
}

function newCollection(collection: Collection): peer.StaticCollectionConfig {
  const members = new peer.CollectionPolicyConfig();
  // Whoever is a member of one of the organisations: OR('A.member', 'B.member'), as Fabric's command line encodes it.
  members.setSignaturePolicy(
    outOfPolicy(
      1,
      collection.mspIds.map((mspId) => rolePrincipal(mspId, 'member')),
    ),
  );
  const config = new peer.StaticCollectionConfig();
  config.setName(collection.name);
  config.setMemberOrgsPolicy(members);
  config.setRequiredPeerCount(collection.requiredPeerCount);
  config.setMaximumPeerCount(collection.maxPeerCount);
  config.setBlockToLive(collection.blockToLive);
  config.setMemberOnlyRead(collection.memberOnlyRead);
  config.setMemberOnlyWrite(collection.memberOnlyWrite);
  if (collection.policyReference !== undefined) config.setEndorsementPolicy(newPolicyReference(collection.policyReference));
  return config;
}

function describeCollection(collection: peer.StaticCollectionConfig): Record<string, string> {
  const members = collection.getMemberOrgsPolicy()?.getSignaturePolicy();
  const endorsement = collection.getEndorsementPolicy();
  const fields = {
    members: members === undefined ? 'nobody' : formatSignaturePolicy(members),
    requiredPeerCount: String(collection.getRequiredPeerCount()),
    maxPeerCount: String(collection.getMaximumPeerCount()),
    blockToLive: String(collection.getBlockToLive()),
    memberOnlyRead: String(collection.getMemberOnlyRead()),
    memberOnlyWrite: String(collection.getMemberOnlyWrite()),
    policy: endorsement === undefined ? 'as the chaincode' : formatApplicationPolicy(endorsement),
  };
  return Object.fromEntries(Object.entries(fields).map(([field, words]) => [`collections.${collection.getName()}.${field}`, words]));
}
