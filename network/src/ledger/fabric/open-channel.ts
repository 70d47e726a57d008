import { newOrdererAdmin, openPeerAdmin, readLeader, type OrdererAdmin, type PeerAdmin } from '../../lifecycle';
import { writePrivateFile } from '../../files';
import type { Organisation, Topology } from '../../topology';
import { assertSameChannel } from './assert-same-channel';
import { genesisFile, readGenesis } from './genesis';
import { readOrdererState } from './read-orderer-state';
import { readmitOrderers } from './readmit-orderers';
import { until, untilProgressEnds } from './until';

const WITHIN_MS = 90_000;

/**
 * Brings every orderer and every peer into the channel, the ones that are in it already excepted, and waits until each orderer takes part and
 * each peer reaches all others: before that some transactions would be refused for want of endorsers.
 * @throws FabricError FABRIC_CHANNEL_DIFFERS, FABRIC_CHANNEL_NOT_READY
 */
export async function openChannel(topology: Topology): Promise<string> {
  const ordering = topology.organisations.filter(({ nodes }) => nodes.orderer !== undefined);
  const orderers = ordering.map(newOrdererAdmin);
  const peers = topology.organisations.map(openPeerAdmin);
  try {
    const genesis = await joinOrderers(topology, orderers);
    const joined = await joinPeers(topology, peers, genesis);
    if (joined) await untilAllCaughtUp(topology, peers);
    await Promise.all([...ordering.map((each) => untilTakesPart(topology, each)), ...peers.map((each) => untilReachesAll(topology, each))]);
    return `${topology.channel}, ${joined ? 'joined' : 'as it was'}`;
  } finally {
    for (const peer of peers) peer.close();
  }
}

/** Returns the channel's first block. */
async function joinOrderers(topology: Topology, orderers: readonly OrdererAdmin[]): Promise<Uint8Array> {
  const { channel } = topology;
  const states = await Promise.all(orderers.map((orderer) => readOrdererState(orderer, channel)));
  const inside = orderers.find((_, index) => states[index] !== undefined);
  const genesis = readGenesis(topology) ?? (await inside?.fetchBlock(channel, 0));
  if (genesis === undefined) throw new Error('A first block is made before an orderer starts that has no chain');
  writePrivateFile(genesisFile(topology), genesis);
  // An orderer that comes later learns the members of today before it asks them for the chain.
  const newest = inside === undefined ? genesis : await inside.fetchBlock(channel, 'config');
  assertSameChannel(topology, newest);
  const absent = orderers.filter((_, index) => states[index] === undefined);
  const present = orderers.filter((_, index) => states[index] !== undefined);
  const join = (): Promise<unknown> => Promise.all(absent.map((orderer) => orderer.joinChannel(channel, newest)));
  await (absent.length > 0 && present.length > 0 ? readmitOrderers(topology, { absent, present, newest }, join) : join());
  return genesis;
}

/**
 * Returns whether any had to join. One after another: a peer turns those away whose organisation it does not know yet, and whoever was turned
 * away comes again only seconds later; so each finds the earlier ones inside.
 */
async function joinPeers({ channel }: Topology, peers: readonly PeerAdmin[], genesis: Uint8Array): Promise<boolean> {
  const inside = await Promise.all(peers.map(async (peer) => (await peer.listChannels()).includes(channel)));
  for (const [index, peer] of peers.entries()) if (inside[index] !== true) await peer.joinChannel(genesis);
  return inside.includes(false);
}

/** A peer that joins a long chain reads all of it first; until it has read that its organisation is a member, it answers its own admin nothing. */
async function untilAllCaughtUp({ channel }: Topology, peers: readonly PeerAdmin[]): Promise<void> {
  const heights = await Promise.allSettled(peers.map((peer) => peer.readHeight(channel)));
  const wanted = Math.max(1, ...heights.flatMap((height) => (height.status === 'fulfilled' ? [height.value] : [])));
  const wait = (peer: PeerAdmin): Promise<void> =>
    untilProgressEnds(`the peer of ${peer.mspId} has the chain`, async () => {
      const reached = await peer.readHeight(channel);
      return { done: reached >= wanted, reached };
    });
  await Promise.all(peers.map(wait));
}

/** Active is not ready: it knows of a leader as soon as it has compared its blocks with the others' and works. */
function untilTakesPart(topology: Topology, organisation: Organisation): Promise<void> {
  const orderer = newOrdererAdmin(organisation);
  return until(`the orderer of ${organisation.mspId} takes part in the channel`, WITHIN_MS, async () => {
    const state = await orderer.readChannel(topology.channel);
    if (state?.status !== 'active' || state.consensusRelation !== 'consenter') return false;
    return (await readLeader(topology, organisation)) !== undefined;
  });
}

function untilReachesAll({ channel, organisations }: Topology, peer: PeerAdmin): Promise<void> {
  return until(`the peer of ${peer.mspId} reaches all others`, WITHIN_MS, async () => {
    const reached = await Promise.all(organisations.map(({ mspId }) => peer.canReach(channel, mspId)));
    return reached.every(Boolean);
  });
}
