import { findLeader, findValue, isConsenter, readMetrics, type Sample } from '../../lifecycle';
import type { Organisation, Topology } from '../../topology';

interface NodeFacts {
  /** Name of the organisation. */
  readonly organisation: string;
  /** As its process is called. */
  readonly name: string;
  /** Three numbers. */
  readonly version: string | undefined;
  /** Blocks of the channel that it has; undefined: it does not have the channel. */
  readonly height: number | undefined;
  readonly openFiles: number | undefined;
  readonly openFilesAtMost: number | undefined;
}

/** What a peer says of itself at its operations address. */
export interface PeerFacts extends NodeFacts {
  readonly kind: 'peer';
  /** Other peers of the channel that it knows to live. */
  readonly knownPeers: number | undefined;
}

/** What an orderer says of itself there. */
export interface OrdererFacts extends NodeFacts {
  readonly kind: 'orderer';
  /** Whether it leads, as far as it has said so since it does: from its next block on. */
  readonly isLeader: boolean;
  /** Number of the consenter that it takes for the leader; undefined: of none. */
  readonly leaderId: number | undefined;
  /** Changes with the leader; orderers that agree on a leader are in the same one. */
  readonly view: number | undefined;
  /** How many orderers have a vote, as far as it knows. */
  readonly consenters: number | undefined;
  /** Whether it takes part in ordering. */
  readonly isConsenter: boolean;
  readonly status: OrdererStatus | undefined;
  readonly isActive: boolean;
}

/** How far an orderer is in the channel; `onboarding`: it gets the blocks that were made without it. */
export type OrdererStatus = 'inactive' | 'active' | 'onboarding' | 'failed';

/** A node that did not answer. */
export interface SilentNode {
  readonly kind: 'silent';
  readonly organisation: string;
  readonly name: string;
}

/** What is known of one node now. */
export type NodeReport = PeerFacts | OrdererFacts | SilentNode;

/** As `participation_status` counts them (fabric/orderer/common/multichannel/metrics.go). */
const STATUSES: readonly OrdererStatus[] = ['inactive', 'active', 'onboarding', 'failed'];

/** What all peers and orderers of a topology say of themselves now, in its order. A ledger without nodes of its own has none. */
export async function readNodes(topology: Topology): Promise<NodeReport[]> {
  if (topology.ledger !== 'fabric') return [];
  const orderers = topology.organisations.filter(({ nodes }) => nodes.orderer !== undefined);
  return Promise.all([
    ...orderers.map((organisation) => readOrderer(topology, organisation)),
    ...topology.organisations.map((organisation) => readPeer(topology, organisation)),
  ]);
}

async function readPeer({ host, channel }: Topology, { name: organisation, ports }: Organisation): Promise<PeerFacts | SilentNode> {
  const name = `peer-${organisation}`;
  const samples = await readMetrics(host, ports.peerOperations);
  if (samples === undefined) return { kind: 'silent', organisation, name };
  const knownPeers = findValue(samples, 'gossip_membership_total_peers_known', channel);
  return { kind: 'peer', organisation, name, ...readCommon(samples, channel), knownPeers };
}

async function readOrderer({ host, channel }: Topology, { name: organisation, ports }: Organisation): Promise<OrdererFacts | SilentNode> {
  const name = `orderer-${organisation}`;
  const samples = await readMetrics(host, ports.ordererOperations);
  if (samples === undefined) return { kind: 'silent', organisation, name };
  const valueOf = (metric: string): number | undefined => findValue(samples, metric, channel);
  const leaderId = findLeader(samples, channel);
  const status = STATUSES[valueOf('participation_status') ?? -1];
  return {
    kind: 'orderer',
    organisation,
    name,
    ...readCommon(samples, channel),
    // Said at its start and with every block: another may have been chosen since.
    isLeader: valueOf('consensus_BFT_is_leader') === 1 && valueOf('consensus_BFT_leader_id') === leaderId,
    leaderId,
    view: valueOf('consensus_smartbft_view_number'),
    consenters: valueOf('consensus_BFT_cluster_size') || undefined,
    isConsenter: isConsenter(samples, channel) ?? false,
    status,
    isActive: status === 'active',
  };
}

function readCommon(samples: readonly Sample[], channel: string): Pick<NodeFacts, 'version' | 'height' | 'openFiles' | 'openFilesAtMost'> {
  return {
    version: samples.find(({ name }) => name === 'fabric_version')?.labels['version']?.replace(/^v/, ''),
    height: findValue(samples, 'ledger_blockchain_height', channel),
    openFiles: findValue(samples, 'process_open_fds'),
    openFilesAtMost: findValue(samples, 'process_max_fds'),
  };
}
