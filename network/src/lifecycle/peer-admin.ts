import { status as grpcStatus } from '@grpc/grpc-js';
import { GatewayError } from '@hyperledger/fabric-gateway';
import { common, peer } from '@hyperledger/fabric-protos';
import type { Organisation } from '../topology';
import { askPeer } from './ask-peer';
import { LifecycleError } from './lifecycle-error';
import { openPeerConnection, type PeerConnection } from './peer-connection';

/** What an organisation's admin asks of its own peer. Every call throws LifecycleError PEER_UNREACHABLE or PEER_REFUSED. */
export interface PeerAdmin {
  readonly mspId: string;
  readonly connection: PeerConnection;
  listChannels(): Promise<string[]>;
  /** `block`: the first block of the channel (common.Block, serialized). That it joined before is no error. */
  joinChannel(block: Uint8Array): Promise<'joined' | 'joined before'>;
  /** Blocks that the peer has of a channel. */
  readHeight(channel: string): Promise<number>;
  /** The newest configuration block of a channel (common.Block, serialized). */
  readConfigBlock(channel: string): Promise<Uint8Array>;
  /** Whether this peer's gateway finds a peer of that member, so that it could ask it for an endorsement. */
  canReach(channel: string, mspId: string): Promise<boolean>;
  close(): void;
}

/** Joining reads the block's configuration and opens a ledger. */
const JOINS_WITHIN_MS = 60_000;
const JOINED = /already exists with state \[ACTIVE\]/;
/** What a gateway says while gossip has not told it of that peer, and while that peer does not answer. */
const UNREACHED = new Set<number>([
  grpcStatus.UNAVAILABLE,
  grpcStatus.FAILED_PRECONDITION,
  grpcStatus.DEADLINE_EXCEEDED,
  grpcStatus.NOT_FOUND,
  grpcStatus.ABORTED,
]);

/** Connects at the first call, not before. */
export function openPeerAdmin(organisation: Organisation): PeerAdmin {
  const connection = openPeerConnection(organisation);
  return {
    mspId: organisation.mspId,
    connection,
    listChannels: () => listChannels(connection),
    joinChannel: (block) => joinChannel(connection, block),
    readHeight: async (channel) => {
      const call = { channel, chaincode: 'qscc', transaction: 'GetChainInfo', arguments: [channel] };
      const info = await askPeer(connection, { ...call, what: `tell its height in channel ${channel}` });
      return common.BlockchainInfo.deserializeBinary(info).getHeight();
    },
    readConfigBlock: (channel) => {
      const call = { channel, chaincode: 'cscc', transaction: 'GetConfigBlock', arguments: [channel] };
      return askPeer(connection, { ...call, what: `hand out the configuration of channel ${channel}` });
    },
    canReach: (channel, mspId) => canReach(connection, channel, mspId),
    close: () => connection.close(),
  };
}

async function listChannels(connection: PeerConnection): Promise<string[]> {
  const call = { channel: '', chaincode: 'cscc', transaction: 'GetChannels', arguments: [] };
  const answer = await askPeer(connection, { ...call, what: 'list its channels' });
  const { channelsList } = peer.ChannelQueryResponse.deserializeBinary(answer).toObject();
  return channelsList.map(({ channelId }) => channelId);
}

async function joinChannel(connection: PeerConnection, block: Uint8Array): Promise<'joined' | 'joined before'> {
  const call = { channel: '', chaincode: 'cscc', transaction: 'JoinChain', arguments: [block] };
  try {
    await askPeer(connection, { ...call, what: 'join the channel', withinMs: JOINS_WITHIN_MS });
    return 'joined';
  } catch (error) {
    if (error instanceof LifecycleError && JOINED.test(error.message)) return 'joined before';
    throw error;
  }
}

/** A cheap question that has to be answered by that member's peer. */
async function canReach({ gateway }: PeerConnection, channel: string, mspId: string): Promise<boolean> {
  const proposal = gateway
    .getNetwork(channel)
    .getContract('qscc')
    .newProposal('GetChainInfo', { arguments: [channel], endorsingOrganizations: [mspId] });
  try {
    await proposal.evaluate();
    return true;
  } catch (error) {
    if (error instanceof GatewayError && UNREACHED.has(error.code)) return false;
    throw error;
  }
}
