import { common } from '@hyperledger/fabric-protos';
import { MalformedMessage, decode, readBlock, readChannelHeader, readEnvelope, readPayload } from '@medaccord/devnet/blocks';
import { readConfigEnvelope, readConfigGroup, writeConfigGroup, type ConfigGroupNode } from '@medaccord/devnet/configuration';
import { ChannelError } from './channel-error';

/** A channel's configuration at one moment. */
export interface ChannelConfiguration {
  readonly channel: string;
  /** How often it was changed. */
  readonly sequence: number;
  readonly root: ConfigGroupNode;
}

/**
 * The configuration that a configuration block (serialized common.Block) holds.
 * @throws ChannelError CHANNEL_CONFIGURATION_UNSOUND for any other block
 */
export function readChannelConfiguration(block: Uint8Array): ChannelConfiguration {
  try {
    const [envelope = new Uint8Array(0)] = readBlock(block).items;
    const { sequence, channelGroup } = readConfigEnvelope(envelope);
    const { channelId } = readChannelHeader(readPayload(readEnvelope(envelope).payload).channelHeader);
    return { channel: channelId, sequence, root: channelGroup };
  } catch (error) {
    throw new ChannelError(
      'CHANNEL_CONFIGURATION_UNSOUND',
      `The block holds no configuration: ${(error as Error).message}`,
      undefined,
      error,
    );
  }
}

/** Serialized common.Config; equal configurations give equal bytes. */
export function writeConfiguration({ sequence, root }: ChannelConfiguration): Uint8Array {
  const message = new common.Config();
  message.setSequence(sequence);
  message.setChannelGroup(writeConfigGroup(root));
  return message.serializeBinary();
}

/** @throws MalformedMessage */
export function parseConfiguration(channel: string, bytes: Uint8Array): ChannelConfiguration {
  const message = decode(common.Config, bytes);
  const group = message.getChannelGroup();
  if (group === undefined) throw new MalformedMessage('there is no channel group');
  return { channel, sequence: message.getSequence(), root: readConfigGroup(group) };
}
