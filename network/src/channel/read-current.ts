import { common } from '@hyperledger/fabric-protos';
import { attempt, decode, readBlock, readEnvelope, readPayload } from '@medaccord/devnet/blocks';
import { readLastUpdate } from '@medaccord/devnet/configuration';
import { openPeerAdmin } from '../lifecycle';
import type { Organisation } from '../topology';
import { readChannelConfiguration, type ChannelConfiguration } from './channel-configuration';

/** The newest configuration that a peer has. */
export interface CurrentConfiguration {
  readonly configuration: ChannelConfiguration;
  /** Number of the block that brought it. */
  readonly block: number;
  /** Serialized common.ConfigUpdate that it came from; undefined for the first. */
  readonly update: Uint8Array | undefined;
}

/**
 * Asks an organisation's own peer for the channel's configuration.
 * @throws LifecycleError PEER_UNREACHABLE, PEER_REFUSED
 */
export async function readCurrentConfiguration(organisation: Organisation, channel: string): Promise<CurrentConfiguration> {
  const peer = openPeerAdmin(organisation);
  try {
    return parseCurrentConfiguration(await peer.readConfigBlock(channel));
  } finally {
    peer.close();
  }
}

/** @throws ChannelError CHANNEL_CONFIGURATION_UNSOUND when it is no configuration block */
export function parseCurrentConfiguration(block: Uint8Array): CurrentConfiguration {
  const configuration = readChannelConfiguration(block);
  const { number, items } = readBlock(block);
  const last = items[0] && readLastUpdate(items[0]);
  return { configuration, block: number, update: last && attempt(() => readUpdate(last)) };
}

function readUpdate(envelope: Uint8Array): Uint8Array {
  return decode(common.ConfigUpdateEnvelope, readPayload(readEnvelope(envelope).payload).data).getConfigUpdate_asU8();
}
