import type { ConfigGroupNode } from '@medaccord/devnet/configuration';
import { ChannelError } from '../channel-error';
import { changeSection, listMembers, withPolicy } from '../members';
import { isSamePolicy, newPeersPolicy, readPeersPolicy, type PeersPolicy } from '../peers-policy';

/**
 * The channel with these policies of the Application section. A policy that says the same in other bytes is left as it is.
 * @throws ChannelError CHANNEL_CHANGE_IMPOSSIBLE when a policy names somebody who is no member
 */
export function setPolicies(root: ConfigGroupNode, policies: readonly (PeersPolicy & { readonly name: string })[]): ConfigGroupNode {
  const members = new Set(listMembers(root, 'Application').map(({ mspId }) => mspId));
  for (const { name, mspIds } of policies) {
    const stranger = mspIds.find((mspId) => !members.has(mspId));
    if (stranger !== undefined)
      throw new ChannelError(
        'CHANNEL_CHANGE_IMPOSSIBLE',
        `The policy ${name} names ${stranger}, which is no member of the channel.`,
        `Add it first, with its name in the policies: \`channel add-organisation\`.`,
      );
  }
  return changeSection(root, 'Application', (section) => policies.reduce(withChanged, section));
}

function withChanged(section: ConfigGroupNode, { name, outOf, mspIds }: PeersPolicy & { readonly name: string }): ConfigGroupNode {
  const node = section.policies.get(name);
  const existing = node && readPeersPolicy(node);
  if (existing !== undefined && isSamePolicy(existing, { outOf, mspIds })) return section;
  return withPolicy(section, name, newPeersPolicy({ outOf, mspIds }));
}
