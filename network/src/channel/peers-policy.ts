import { common, msp } from '@hyperledger/fabric-protos';
import { decode } from '@medaccord/devnet/blocks';
import {
  newSignaturePolicy,
  outOfPolicy,
  rolePrincipal,
  type ConfigGroupNode,
  type ConfigPolicyNode,
} from '@medaccord/devnet/configuration';
import { ChannelError } from './channel-error';

/** A policy such as a topology names: peers of `outOf` different members must sign. */
export interface PeersPolicy {
  readonly outOf: number;
  readonly mspIds: readonly string[];
}

/** The policy, if it is of that form; undefined for any other. */
export function readPeersPolicy(node: ConfigPolicyNode): PeersPolicy | undefined {
  if (node.type !== common.Policy.PolicyType.SIGNATURE) return undefined;
  const envelope = decode(common.SignaturePolicyEnvelope, node.value);
  const rule = envelope.getRule()?.getNOutOf();
  const identities = envelope.getIdentitiesList().map(readPeer);
  const mspIds = rule?.getRulesList().map((each) => (each.hasSignedBy() ? identities[each.getSignedBy()] : undefined));
  if (rule === undefined || mspIds === undefined || mspIds.includes(undefined)) return undefined;
  return { outOf: rule.getN(), mspIds: mspIds.filter((mspId) => mspId !== undefined) };
}

export function newPeersPolicy({ outOf, mspIds }: PeersPolicy): ConfigPolicyNode {
  return newSignaturePolicy(
    outOfPolicy(
      outOf,
      mspIds.map((mspId) => rolePrincipal(mspId, 'peer')),
    ),
  );
}

/** Whether both ask for the same; the order of members means nothing. */
export function isSamePolicy(a: PeersPolicy, b: PeersPolicy): boolean {
  return a.outOf === b.outOf && a.mspIds.toSorted().join(' ') === b.mspIds.toSorted().join(' ');
}

/**
 * A section's own policies that name members one by one. One that names this member in another form than a topology can write is an error:
 * nobody but its author knows what it should become.
 * @throws ChannelError CHANNEL_CHANGE_IMPOSSIBLE
 */
export function listPeersPolicies(section: ConfigGroupNode, mspId: string): ReadonlyMap<string, PeersPolicy> {
  const found = new Map<string, PeersPolicy>();
  for (const [name, node] of section.policies) {
    const policy = readPeersPolicy(node);
    if (policy !== undefined) found.set(name, policy);
    else if (namesMember(node, mspId)) throw refuseForm(name, mspId);
  }
  return found;
}

function refuseForm(name: string, mspId: string): ChannelError {
  return new ChannelError(
    'CHANNEL_CHANGE_IMPOSSIBLE',
    `The policy ${name} names ${mspId} in a form that no topology has, so what it should become is for its authors to say.`,
    'Change that policy first to "so many of these members\' peers".',
  );
}

function namesMember(node: ConfigPolicyNode, mspId: string): boolean {
  if (node.type !== common.Policy.PolicyType.SIGNATURE) return false;
  const { Classification } = msp.MSPPrincipal;
  return decode(common.SignaturePolicyEnvelope, node.value)
    .getIdentitiesList()
    .some((principal) => {
      const content = principal.getPrincipal_asU8();
      if (principal.getPrincipalClassification() === Classification.ROLE) return decode(msp.MSPRole, content).getMspIdentifier() === mspId;
      if (principal.getPrincipalClassification() === Classification.IDENTITY)
        return decode(msp.SerializedIdentity, content).getMspid() === mspId;
      return principal.getPrincipalClassification() === Classification.ORGANIZATION_UNIT
        ? decode(msp.OrganizationUnit, content).getMspIdentifier() === mspId
        : false;
    });
}

function readPeer(principal: msp.MSPPrincipal): string | undefined {
  if (principal.getPrincipalClassification() !== msp.MSPPrincipal.Classification.ROLE) return undefined;
  const role = decode(msp.MSPRole, principal.getPrincipal_asU8());
  return role.getRole() === msp.MSPRole.MSPRoleType.PEER ? role.getMspIdentifier() : undefined;
}
