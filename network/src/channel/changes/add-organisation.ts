import { newFabricMsp, newGroup, newMemberPolicies, type ConfigGroupNode } from '@medaccord/devnet/configuration';
import { ChannelError } from '../channel-error';
import { pemsOf, readMsp, writeAnchorPeers, type Address } from '../configuration-values';
import { changeSection, findMember, withGroup, withPolicy } from '../members';
import { newPeersPolicy, readPeersPolicy } from '../peers-policy';

export interface JoiningOrganisation {
  readonly mspId: string;
  /** Serialized msp.MSPConfig: its certificate authorities and rules. */
  readonly msp: Uint8Array;
  /** Where members of other organisations find its peers. */
  readonly anchorPeers: readonly Address[];
  /** Policies of the Application section that are to name its peers too. */
  readonly policies: readonly string[];
}

/**
 * The channel with one member more: its group under Application, and its name in those policies, whose numbers stay. A member that is there
 * already is left as it is; a policy that does not name it yet is completed.
 * @throws ChannelError CHANNEL_CHANGE_IMPOSSIBLE when it is a member with other certificate authorities, or a policy is of another form
 */
export function addOrganisation(root: ConfigGroupNode, joining: JoiningOrganisation): ConfigGroupNode {
  newFabricMsp(joining.msp);
  return changeSection(root, 'Application', (section) =>
    joining.policies.reduce((group, name) => withName(group, name, joining.mspId), withMember(root, section, joining)),
  );
}

function withMember(root: ConfigGroupNode, section: ConfigGroupNode, joining: JoiningOrganisation): ConfigGroupNode {
  const { mspId, msp, anchorPeers } = joining;
  const existing = findMember(root, 'Application', mspId);
  if (existing !== undefined) {
    assertSameAuthorities(mspId, existing.group.values.get('MSP')?.value, msp);
    return section;
  }
  const anchors: Record<string, Uint8Array> = anchorPeers.length === 0 ? {} : { AnchorPeers: writeAnchorPeers(anchorPeers) };
  return withGroup(section, mspId, newGroup({ values: { MSP: msp, ...anchors }, policies: newMemberPolicies(mspId) }));
}

function assertSameAuthorities(mspId: string, existing: Uint8Array | undefined, wanted: Uint8Array): void {
  const rootsOf = (value: Uint8Array): string => pemsOf(readMsp(value).getRootCertsList_asU8()).map(stripPem).sort().join();
  if (existing !== undefined && rootsOf(existing) === rootsOf(wanted)) return;
  throw new ChannelError(
    'CHANNEL_CHANGE_IMPOSSIBLE',
    `${mspId} is a member of the channel already, with other certificate authorities than these.`,
    'Two organisations cannot share an MSP id; a member that lost its authority is removed first.',
  );
}

function withName(section: ConfigGroupNode, name: string, mspId: string): ConfigGroupNode {
  const node = section.policies.get(name);
  // A policy that the channel does not have at all is no matter of who joins: `set` makes it.
  if (node === undefined) return section;
  const policy = readPeersPolicy(node);
  if (policy === undefined) {
    const hint = 'Change it first to "so many of these members\' peers".';
    throw new ChannelError(
      'CHANNEL_CHANGE_IMPOSSIBLE',
      `The policy ${name} of the channel is of a form that takes no further member.`,
      hint,
    );
  }
  if (policy.mspIds.includes(mspId)) return section;
  return withPolicy(section, name, newPeersPolicy({ outOf: policy.outOf, mspIds: [...policy.mspIds, mspId] }));
}

function stripPem(pem: string): string {
  return pem.replace(/\s/g, '');
}
