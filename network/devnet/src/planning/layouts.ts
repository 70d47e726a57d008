import { common, peer } from '@hyperledger/fabric-protos';
import type { Channel, ChaincodeDefinition, Collection } from '../config/channel';
import type { Identity } from '../msp/identity';
import { hex } from '../proto/bytes';
import { decode } from '../proto/wire';
import type { ChaincodeCall, Interest } from '../simulation/interest';
import { mergeSets } from './merge';
import { PlanningRefused } from './planning-refused';
import { satisfyingSets, type PrincipalSet } from './principal-sets';

/** A peer that may be asked to endorse. */
export interface Candidate {
  readonly mspId: string;
  readonly address: string;
  readonly identity: Identity;
  /** Whether it runs the chaincode. */
  readonly has: (chaincode: string) => boolean;
}

export interface PlanningContext {
  readonly channel: Channel;
  /** Peers that are up. */
  readonly candidates: readonly Candidate[];
  readonly definition: (chaincode: string) => ChaincodeDefinition | undefined;
  /** Explicit or implicit. */
  readonly collection: (chaincode: string, name: string) => Collection | undefined;
}

/** Group (a principal) to the number of its peers that are needed. */
export type Layout = ReadonlyMap<string, number>;

export interface Layouts {
  readonly layouts: readonly Layout[];
  /** The peers that satisfy each group's principal. */
  readonly groups: ReadonlyMap<string, readonly Candidate[]>;
}

/**
 * Which peers can endorse a transaction together (discovery/endorsement/endorsement.go, PeersForEndorsement).
 * @throws PlanningRefused with Fabric's text.
 */
export function findLayouts(interest: Interest, context: PlanningContext): Layouts {
  const members = peersThatMayRead(interest, context);
  const sets = principalSets(interest, context);
  const principals = new Map(sets.flat().map((principal) => [principal.key, principal]));
  const satisfying = new Map(
    [...principals.values()].map(({ key, bytes }) => [key, members.filter(({ identity }) => identity.satisfies(bytes))]),
  );
  const possible = sets.map(countPrincipals).filter((layout) => isSatisfied(layout, satisfying));
  if (possible.length === 0) throw new PlanningRefused('no peer combination can satisfy the endorsement policy');
  const running = new Map([...satisfying].map(([group, peers]) => [group, peers.filter((p) => interest.every(({ name }) => p.has(name)))]));
  const layouts = possible.filter((layout) => isSatisfied(layout, running));
  if (layouts.length === 0) throw new PlanningRefused('required chaincodes are not installed on sufficient peers');
  return { layouts, groups: running };
}

function countPrincipals(set: PrincipalSet): Layout {
  const counts = new Map<string, number>();
  for (const { key } of set) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

function isSatisfied(layout: Layout, groups: ReadonlyMap<string, readonly Candidate[]>): boolean {
  return [...layout].every(([group, count]) => (groups.get(group)?.length ?? 0) >= count);
}

/** Peers outside a collection that was read could not come to the same result. */
function peersThatMayRead(interest: Interest, { candidates, channel, definition, collection }: PlanningContext): readonly Candidate[] {
  let members = candidates;
  for (const call of interest) {
    const defined = definition(call.name);
    if (defined === undefined || signaturePolicy(defined.policy, channel) === undefined)
      throw new PlanningRefused(`No metadata was found for chaincode ${call.name} in channel ${channel.id}`);
    if (call.noPrivateReads) continue;
    for (const name of call.collections) {
      const { memberPolicy } = collection(call.name, name) ?? {};
      if (memberPolicy === undefined)
        throw new PlanningRefused(`collection ${name} doesn't exist in collection config for chaincode ${call.name}`);
      const principals = decode(common.SignaturePolicyEnvelope, memberPolicy).getIdentitiesList();
      members = members.filter(({ identity }) => principals.some((principal) => identity.satisfies(principal.serializeBinary())));
    }
  }
  return members;
}

/** The sets that satisfy all policies together; key policies are merged among themselves first, and last of all. */
function principalSets(interest: Interest, context: PlanningContext): readonly PrincipalSet[] {
  const policies = interest.flatMap((call) => policiesOf(call, context));
  const sets = policies.map((policy) =>
    plannable(policy, 'endorsement policy cannot be satisfied', 'failed creating a comparable principal set'),
  );
  const keySets = interest
    .flatMap(({ keyPolicies }) => keyPolicies)
    .map((policy) =>
      plannable(
        policy,
        'state based endorsement policy cannot be satisfied',
        'failed creating a comparable principal set for state based endorsement',
      ),
    );
  const all = keySets.length === 0 ? sets : [...sets, keySets.reduce(mergeSets)];
  if (all.length === 0) throw new PlanningRefused('no principal sets remained after filtering');
  return all.reduce(mergeSets);
}

function plannable(policy: Uint8Array, impossible: string, unsupported: string): readonly PrincipalSet[] {
  const sets = satisfyingSets(policy, unsupported);
  if (sets.length === 0) throw new PlanningRefused(impossible);
  return sets;
}

/** The policies of a call besides its key policies: its collections' own, or else the chaincode's (discovery/support/chaincode/support.go). */
function policiesOf(call: ChaincodeCall, context: PlanningContext): readonly Uint8Array[] {
  const defined = context.definition(call.name)?.policy;
  const own = defined === undefined ? undefined : signaturePolicy(defined, context.channel);
  if (own === undefined) throw new PlanningRefused('policy not found');
  if (call.collections.length === 0) return call.disregardNamespacePolicy ? [] : [own];
  const policies = call.collections.map((name) => collectionPolicy(call.name, name, context) ?? own);
  return [...new Map(policies.map((policy) => [hex(policy), policy])).values()];
}

/** An implicit collection: one member of its organisation, as membership and as policy (core/chaincode/lifecycle/metadata_provider.go). */
function collectionPolicy(chaincode: string, name: string, { collection, channel }: PlanningContext): Uint8Array | undefined {
  const found = collection(chaincode, name);
  if (found?.implicit === true) return found.memberPolicy;
  if (found?.endorsementPolicy === undefined) return undefined;
  const policy = signaturePolicy(found.endorsementPolicy, channel);
  if (policy === undefined) throw new PlanningRefused(`No metadata was found for chaincode ${chaincode} in channel ${channel.id}`);
  return policy;
}

/** The signature policy that a serialized peer.ApplicationPolicy is or comes down to; undefined if there is none to plan with. */
function signaturePolicy(applicationPolicy: Uint8Array, channel: Channel): Uint8Array | undefined {
  const policy = peer.ApplicationPolicy.deserializeBinary(applicationPolicy);
  const signature = policy.getSignaturePolicy();
  const envelope = signature?.serializeBinary() ?? channel.policies.resolve(policy.getChannelConfigPolicyReference());
  if (envelope === undefined) return undefined;
  const parsed = common.SignaturePolicyEnvelope.deserializeBinary(envelope);
  return parsed.getIdentitiesList().length === 0 || !parsed.hasRule() ? undefined : envelope;
}
