import { newGroup, newMemberPolicies, type ConfigGroupNode } from '@medaccord/devnet/configuration';
import { ChannelError } from '../channel-error';
import { formatAddress, writeEndpoints, type Address } from '../configuration-values';
import { changeConsenters, listConsenters } from '../consenters';
import { changeSection, findMember, withGroup } from '../members';

export interface OrdererNode {
  readonly mspId: string;
  readonly address: Address;
  /** PEM of the certificate that it signs blocks with. */
  readonly identity: string;
  /** PEM of the certificate that it shows to whoever connects, and to other orderers. */
  readonly tls: string;
}

/**
 * First step: the organisation becomes part of the ordering service, with the certificates that it has as a member. Its node may then follow
 * the channel; it has no vote. Peers look for blocks at its address from now on.
 * @throws ChannelError CHANNEL_CHANGE_IMPOSSIBLE when it is no member
 */
export function addOrdererOrganisation(root: ConfigGroupNode, { mspId, address }: Pick<OrdererNode, 'mspId' | 'address'>): ConfigGroupNode {
  if (findMember(root, 'Orderer', mspId) !== undefined) return root;
  const member = findMember(root, 'Application', mspId);
  const msp = member?.group.values.get('MSP');
  if (member === undefined || msp === undefined)
    throw new ChannelError(
      'CHANNEL_CHANGE_IMPOSSIBLE',
      `${mspId} is no member of the channel yet.`,
      'Add the organisation first: `channel add-organisation`.',
    );
  return changeSection(root, 'Orderer', (section) =>
    withGroup(
      section,
      member.name,
      newGroup({ values: { MSP: msp.value, Endpoints: writeEndpoints([formatAddress(address)]) }, policies: newMemberPolicies(mspId) }),
    ),
  );
}

/**
 * Second step, once its node follows the channel: it gets a vote.
 * @throws ChannelError CHANNEL_CHANGE_IMPOSSIBLE when another orderer has its address
 */
export function addConsenter(root: ConfigGroupNode, { mspId, address, identity, tls }: OrdererNode): ConfigGroupNode {
  const consenters = listConsenters(root);
  const same = consenters.find((consenter) => formatAddress(consenter.address) === formatAddress(address));
  if (same?.mspId === mspId) return root;
  if (same !== undefined)
    throw new ChannelError(
      'CHANNEL_CHANGE_IMPOSSIBLE',
      `The orderer of ${same.mspId} has the address ${formatAddress(address)} already.`,
      'Give the new orderer an address of its own.',
    );
  const id = Math.max(0, ...consenters.map((consenter) => consenter.id)) + 1;
  return changeConsenters(root, (existing) => [...existing, { id, mspId, address, identity, clientTls: tls, serverTls: tls }]);
}
