import type { ConfigGroupNode } from '@medaccord/devnet/configuration';
import { ChannelError } from '../channel-error';
import { changeSection, findMember, listMembers, withPolicy, withoutGroup } from '../members';
import { listPeersPolicies, newPeersPolicy } from '../peers-policy';

/**
 * The channel without a member: neither its group nor its name in any policy is left. Its orderer goes first.
 * @throws ChannelError CHANNEL_CHANGE_IMPOSSIBLE
 */
export function removeOrganisation(root: ConfigGroupNode, mspId: string): ConfigGroupNode {
  if (findMember(root, 'Orderer', mspId) !== undefined)
    throw new ChannelError(
      'CHANNEL_CHANGE_IMPOSSIBLE',
      `${mspId} is still part of the ordering service.`,
      'Remove its orderer first: `channel remove-orderer`, until there is nothing to do.',
    );
  const member = findMember(root, 'Application', mspId);
  if (member === undefined) return root;
  if (listMembers(root, 'Application').length === 1)
    throw new ChannelError('CHANNEL_CHANGE_IMPOSSIBLE', `${mspId} is the last member: nobody could change the channel any more.`);
  return changeSection(root, 'Application', (section) => withoutName(withoutGroup(section, member.name), mspId));
}

function withoutName(section: ConfigGroupNode, mspId: string): ConfigGroupNode {
  let changed = section;
  for (const [name, { outOf, mspIds }] of listPeersPolicies(section, mspId)) {
    const left = mspIds.filter((each) => each !== mspId);
    if (left.length === mspIds.length) continue;
    if (left.length < outOf)
      throw new ChannelError(
        'CHANNEL_CHANGE_IMPOSSIBLE',
        `Without ${mspId} the policy ${name} asks for ${String(outOf)} of ${String(left.length)} members: nothing could be written any more.`,
        `Lower the policy first: "policies" in the topology, then \`channel set policies\`.`,
      );
    changed = withPolicy(changed, name, newPeersPolicy({ outOf, mspIds: left }));
  }
  return changed;
}
