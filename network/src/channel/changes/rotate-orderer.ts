import type { ConfigGroupNode } from '@medaccord/devnet/configuration';
import { ChannelError } from '../channel-error';
import { formatAddress, type Consenter } from '../configuration-values';
import { changeConsenters, listConsenters } from '../consenters';
import type { OrdererNode } from './add-orderer';

/**
 * The channel with other certificates of an orderer, for signing and for TLS. Its place in the mapping, its number and its address stay.
 * @throws ChannelError CHANNEL_CHANGE_IMPOSSIBLE when the organisation has no such orderer
 */
export function rotateOrderer(root: ConfigGroupNode, node: OrdererNode): ConfigGroupNode {
  const rotated = findConsenter(listConsenters(root), node);
  const { identity, tls } = node;
  if (rotated.identity === identity && rotated.clientTls === tls && rotated.serverTls === tls) return root;
  return changeConsenters(root, (consenters) =>
    consenters.map((each) => (each.id === rotated.id ? { ...each, identity, clientTls: tls, serverTls: tls } : each)),
  );
}

/** An organisation with several orderers tells them apart by their address. */
function findConsenter(consenters: readonly Consenter[], { mspId, address }: OrdererNode): Consenter {
  const own = consenters.filter((consenter) => consenter.mspId === mspId);
  const found = own.length > 1 ? own.find((consenter) => formatAddress(consenter.address) === formatAddress(address)) : own[0];
  if (found === undefined)
    throw new ChannelError(
      'CHANNEL_CHANGE_IMPOSSIBLE',
      `${mspId} has no orderer with a vote${own.length > 1 ? ` at ${formatAddress(address)}` : ''}.`,
      'Add it with `channel add-orderer`.',
    );
  return found;
}
