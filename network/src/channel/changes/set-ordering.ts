import type { orderer } from '@hyperledger/fabric-protos';
import { parseDuration, type ConfigGroupNode } from '@medaccord/devnet/configuration';
import type { FabricSpec } from '../../topology';
import { MESSAGES, editMessage } from '../configuration-values';
import { changeSection, valueOf, withValue } from '../members';

type Options = orderer.smartbft.Options;

const MEGABYTE = 1024 * 1024;

/** The channel with these limits of a block: how many transactions, how many bytes. */
export function setBatch(root: ConfigGroupNode, { messages, megabytes }: FabricSpec['block']): ConfigGroupNode {
  const most = megabytes * MEGABYTE;
  const value = editMessage(MESSAGES.batchSize, valueOf(root, 'Orderer', 'BatchSize'), (batch) => {
    if (batch.getMaxMessageCount() !== messages) batch.setMaxMessageCount(messages);
    if (batch.getAbsoluteMaxBytes() === most) return;
    batch.setAbsoluteMaxBytes(most);
    // BFT does not look at it, but a configuration in which it exceeds the other is refused (common/channelconfig/orderer.go).
    batch.setPreferredMaxBytes(most);
  });
  const limited = editOptions(root, (options) => {
    if (options.getRequestBatchMaxCount() !== messages) options.setRequestBatchMaxCount(messages);
    if (options.getRequestBatchMaxBytes() !== most) options.setRequestBatchMaxBytes(most);
  });
  return changeSection(limited, 'Orderer', (section) => withValue(section, 'BatchSize', value));
}

/** The channel with these timers and buffers of BFT ordering. A duration that is written otherwise and means the same is left as it is. */
export function setBft(root: ConfigGroupNode, { block, bft }: Pick<FabricSpec, 'block' | 'bft'>): ConfigGroupNode {
  return editOptions(root, (options) => {
    setDuration(options.getRequestBatchMaxInterval(), block.interval, (text) => options.setRequestBatchMaxInterval(text));
    setDuration(options.getRequestForwardTimeout(), bft.forward, (text) => options.setRequestForwardTimeout(text));
    setDuration(options.getRequestComplainTimeout(), bft.complain, (text) => options.setRequestComplainTimeout(text));
    setDuration(options.getRequestAutoRemoveTimeout(), bft.autoRemove, (text) => options.setRequestAutoRemoveTimeout(text));
    setDuration(options.getViewChangeResendInterval(), bft.viewChangeResend, (text) => options.setViewChangeResendInterval(text));
    setDuration(options.getViewChangeTimeout(), bft.viewChange, (text) => options.setViewChangeTimeout(text));
    setDuration(options.getLeaderHeartbeatTimeout(), bft.heartbeat, (text) => options.setLeaderHeartbeatTimeout(text));
    setDuration(options.getCollectTimeout(), bft.collect, (text) => options.setCollectTimeout(text));
    options.setLeaderHeartbeatCount(bft.heartbeatCount);
    options.setSyncOnStart(bft.syncOnStart);
    options.setIncomingMessageBufferSize(bft.incomingMessages);
    options.setRequestPoolSize(bft.poolSize);
  });
}

function editOptions(root: ConfigGroupNode, change: (options: Options) => void): ConfigGroupNode {
  const value = editMessage(MESSAGES.consensusType, valueOf(root, 'Orderer', 'ConsensusType'), (consensus) => {
    consensus.setMetadata(editMessage(MESSAGES.bftOptions, consensus.getMetadata_asU8(), change));
  });
  return changeSection(root, 'Orderer', (section) => withValue(section, 'ConsensusType', value));
}

function setDuration(existing: string, wanted: string, set: (text: string) => void): void {
  if (parseDuration(existing) !== parseDuration(wanted)) set(wanted);
}
