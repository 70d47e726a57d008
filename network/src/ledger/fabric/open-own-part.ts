import { callOrderers, type OrdererAnswer } from '../../channel';
import { newOrdererAdmin, openPeerAdmin, type PeerAdmin, type WaitForOthers } from '../../lifecycle';
import type { Organisation, Topology } from '../../topology';
import { assertSameChannel } from './assert-same-channel';
import { formatOrderer, readChannelFacts } from './channel-facts';
import { readGenesis, writeGenesis } from './genesis';
import { readOrdererState } from './read-orderer-state';
import { untilProgressEnds } from './until';

/**
 * Brings one member's orderer and peer into the channel where they are not in it yet, waits until enough orderers of all members answer that
 * blocks can be made, and until the peer has the blocks that those have.
 * @throws FabricError FABRIC_CHANNEL_DIFFERS, FABRIC_CHANNEL_NOT_READY
 */
export async function openOwnPart(topology: Topology, organisation: Organisation, waitForOthers: WaitForOthers): Promise<string> {
  const { channel } = topology;
  const peer = openPeerAdmin(organisation);
  try {
    const isInside = (await peer.listChannels()).includes(channel);
    const genesis = await joinOrderer(topology, organisation, waitForOthers);
    if (!isInside) await peer.joinChannel(genesis);
    const height = await untilOrdering(topology, organisation, peer, waitForOthers);
    await untilProgressEnds(`the peer of ${organisation.mspId} has the chain`, async () => {
      const reached = await peer.readHeight(channel);
      return { done: reached >= height, reached };
    });
    const votes = assertSame(topology, organisation, await peer.readConfigBlock(channel));
    return `${channel}, ${isInside ? 'as it was' : 'joined'}${votes ? '' : `; its orderer has no vote yet (\`channel add-orderer ${organisation.name}\`)`}`;
  } finally {
    peer.close();
  }
}

/**
 * Returns the channel's first block. An orderer that has lost its chain gets it from the others; of the votes that it has forgotten each quorum has
 * others who know.
 */
async function joinOrderer(topology: Topology, organisation: Organisation, waitForOthers: WaitForOthers): Promise<Uint8Array> {
  const { channel } = topology;
  const kept = readGenesis(topology);
  if (organisation.nodes.orderer === undefined) return assertThere(kept);
  const orderer = newOrdererAdmin(organisation);
  const isInside = (await readOrdererState(orderer, channel)) !== undefined;
  const genesis = assertThere(kept ?? (isInside ? await orderer.fetchBlock(channel, 0) : undefined));
  if (kept === undefined) writeGenesis(topology, genesis);
  if (!isInside) await orderer.joinChannel(channel, genesis);
  await waitForOthers(async () => {
    const { status = 'not in the channel' } = (await orderer.readChannel(channel)) ?? {};
    return status === 'active' ? undefined : `the orderer of this machine is ${status}`;
  });
  return genesis;
}

/** Returns false where the member's orderer follows and has no vote yet, which others have to give it. @throws FabricError FABRIC_CHANNEL_DIFFERS */
function assertSame(topology: Topology, { mspId, host, ports, nodes }: Organisation, configBlock: Uint8Array): boolean {
  const votes = nodes.orderer === undefined || readChannelFacts(configBlock).orderers.includes(formatOrderer(mspId, host, ports.orderer));
  const organisations = topology.organisations.map((each) =>
    votes || each.mspId !== mspId ? each : { ...each, nodes: { ...each.nodes, orderer: undefined } },
  );
  assertSameChannel({ ...topology, organisations }, configBlock);
  return votes;
}

function assertThere(genesis: Uint8Array | undefined): Uint8Array {
  if (genesis === undefined) throw new Error('A first block is there before a node starts that has no chain');
  return genesis;
}

/** Returns how many blocks the channel has. */
async function untilOrdering(
  { channel }: Topology,
  organisation: Organisation,
  peer: PeerAdmin,
  waitForOthers: WaitForOthers,
): Promise<number> {
  let height = 0;
  await waitForOthers(async () => {
    const { orderers, needed } = await callOrderers(organisation, await peer.readConfigBlock(channel));
    const silent = orderers.filter((each) => typeof each.height === 'string');
    height = highestOf(orderers);
    const answering = orderers.length - silent.length;
    if (answering >= needed) return undefined;
    return `${String(answering)} of ${String(orderers.length)} orderers answer, ${String(needed)} are needed; ${format(silent)}`;
  });
  return height;
}

function highestOf(orderers: readonly OrdererAnswer[]): number {
  return Math.max(0, ...orderers.map(({ height }) => (typeof height === 'number' ? height : 0)));
}

function format(orderers: readonly OrdererAnswer[]): string {
  return orderers.map(({ mspId, address, height }) => `${mspId} at ${address} (${String(height)})`).join(', ');
}
