import { common } from '@hyperledger/fabric-protos';
import { MalformedMessage, decode } from '@medaccord/devnet/blocks';
import {
  UpdateRefused,
  applyUpdate,
  computeUpdate,
  readConfigGroup,
  writeConfigGroup,
  type ConfigGroupNode,
  type GroupUpdate,
  type SignedData,
} from '@medaccord/devnet/configuration';
import { assertSound } from './assert-sound';
import type { ChannelConfiguration } from './channel-configuration';
import { ChannelError } from './channel-error';
import { newPolicyJudge, type Requirement } from './required-policies';
import { describeDifference } from './words/describe-difference';
import { formatStatements } from './words/statement';

/** A change of a channel's configuration: what was, what is to be, and the message that members sign. */
export interface ChannelUpdate {
  readonly base: ChannelConfiguration;
  readonly after: ConfigGroupNode;
  /** Serialized common.ConfigUpdate. */
  readonly bytes: Uint8Array;
}

type Sets = Pick<GroupUpdate, 'readSet' | 'writeSet'>;

/**
 * The update that makes of a configuration what `change` makes of it; undefined where it is so already.
 * @throws ChannelError CHANNEL_CONFIGURATION_UNSOUND, and whatever the change throws
 */
export function newChannelUpdate(
  base: ChannelConfiguration,
  change: (root: ConfigGroupNode) => ConfigGroupNode,
): ChannelUpdate | undefined {
  const { readSet, writeSet, changed } = computeUpdate(base.root, change(base.root));
  if (!changed) return undefined;
  return openChannelUpdate(base, writeUpdate(base.channel, { readSet, writeSet }));
}

/**
 * The update in a serialized common.ConfigUpdate, as it would change that configuration.
 * @throws ChannelError CHANNEL_FILE_DIFFERS when it is none for that configuration, CHANNEL_CONFIGURATION_UNSOUND
 */
export function openChannelUpdate(base: ChannelConfiguration, bytes: Uint8Array): ChannelUpdate {
  const { readSet, writeSet } = readSets(base, bytes);
  const after = refuseUnfit(() => applyUpdate(base.root, { readSet, writeSet }, () => true));
  assertExact(base, after, bytes);
  assertSound({ ...base, root: after });
  return { base, after, bytes };
}

/** Every difference, line by line. */
export function describeUpdate({ base, after }: ChannelUpdate): readonly string[] {
  return formatStatements(describeDifference(base.root, after));
}

/** The policies that must hold for everything the update changes, judged by these signatures. */
export function judgeUpdate({ base, bytes }: ChannelUpdate, signatures: readonly SignedData[]): readonly Requirement[] {
  const references = new Set<string>();
  applyUpdate(base.root, readSets(base, bytes), (reference) => references.add(reference).size > 0);
  return [...references].sort().map(newPolicyJudge(base, signatures));
}

function writeUpdate(channel: string, { readSet, writeSet }: Sets): Uint8Array {
  const message = new common.ConfigUpdate();
  message.setChannelId(channel);
  message.setReadSet(writeConfigGroup(readSet));
  message.setWriteSet(writeConfigGroup(writeSet));
  return message.serializeBinary();
}

function readSets(base: ChannelConfiguration, bytes: Uint8Array): Sets {
  return refuseUnfit(() => {
    const message = decode(common.ConfigUpdate, bytes, { strings: [1] });
    if (message.getChannelId() !== base.channel) throw new UpdateRefused(`it is for the channel ${message.getChannelId()}`);
    const read = (group = new common.ConfigGroup()): ConfigGroupNode => readConfigGroup(group);
    return { readSet: read(message.getReadSet()), writeSet: read(message.getWriteSet()) };
  });
}

/** The update is the one that the difference makes, byte for byte: what no words tell of, nobody should sign. */
function assertExact(base: ChannelConfiguration, after: ConfigGroupNode, bytes: Uint8Array): void {
  if (Buffer.compare(writeUpdate(base.channel, computeUpdate(base.root, after)), bytes) === 0) return;
  throw new ChannelError(
    'CHANNEL_FILE_DIFFERS',
    'The update holds more than its words can tell.',
    'Do not sign it; compute the change anew.',
  );
}

function refuseUnfit<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof UpdateRefused) && !(error instanceof MalformedMessage)) throw error;
    throw new ChannelError(
      'CHANNEL_FILE_DIFFERS',
      `The update does not fit its configuration: ${error.message}.`,
      'Compute it anew.',
      error,
    );
  }
}
