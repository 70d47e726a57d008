import type { ConfigGroupNode } from '@medaccord/devnet/configuration';
import { ChannelError } from '../channel-error';
import { changeConsenters, listConsenters } from '../consenters';
import { changeSection, findMember, withoutGroup } from '../members';

/** First step: the organisation's orderers lose their vote. @throws ChannelError CHANNEL_CHANGE_IMPOSSIBLE for the last ones */
export function removeConsenter(root: ConfigGroupNode, mspId: string): ConfigGroupNode {
  const consenters = listConsenters(root);
  const left = consenters.filter((consenter) => consenter.mspId !== mspId);
  if (left.length === consenters.length) return root;
  if (left.length === 0)
    throw new ChannelError('CHANNEL_CHANGE_IMPOSSIBLE', `${mspId} runs the last orderer: nothing could be ordered any more.`);
  return changeConsenters(root, () => left);
}

/** Second step: the organisation is no longer part of the ordering service. @throws ChannelError CHANNEL_CHANGE_IMPOSSIBLE */
export function removeOrdererOrganisation(root: ConfigGroupNode, mspId: string): ConfigGroupNode {
  const member = findMember(root, 'Orderer', mspId);
  if (member === undefined) return root;
  if (listConsenters(root).some((consenter) => consenter.mspId === mspId))
    throw new ChannelError('CHANNEL_CHANGE_IMPOSSIBLE', `The orderer of ${mspId} still has a vote.`, 'Remove the orderer first.');
  return changeSection(root, 'Orderer', (section) => withoutGroup(section, member.name));
}
