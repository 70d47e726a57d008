import { planOrdererPlace, planOrdererVote } from '../../channel';
import { newOrdererAdmin, type OrdererAdmin } from '../../lifecycle';
import type { Organisation, Topology } from '../../topology';
import type { JoiningOrderers } from '../ledger-engine';
import { changeChannel } from './change-channel';
import { readOrdererState } from './read-orderer-state';
import { until, untilProgressEnds } from './until';

const WITHIN_MS = 90_000;

/**
 * Takes orderers into the ordering service, one after another, because each changes how many of them must agree: its organisation may follow, its
 * node reads the chain, and then it votes. What an interrupted call did is not done again.
 * @throws ChannelError, LifecycleError, FabricError FABRIC_CHANNEL_NOT_READY
 */
export async function seatOrderers(topology: Topology, { present, orderers }: JoiningOrderers): Promise<string> {
  for (const organisation of orderers) {
    const [source] = present.filter(({ nodes }) => nodes.orderer !== undefined).map(newOrdererAdmin);
    if (source === undefined) throw new Error('A channel has an orderer');
    if (!(await takesPart(topology, organisation))) {
      await changeChannel(topology, planOrdererPlace(organisation), present);
      await follow(topology.channel, newOrdererAdmin(organisation), source);
      await changeChannel(topology, planOrdererVote(organisation), present);
    }
    await until(`the orderer of ${organisation.mspId} has a vote`, WITHIN_MS, () => takesPart(topology, organisation));
  }
  return orderers.map(({ title }) => title).join(', ');
}

async function follow(channel: string, orderer: OrdererAdmin, source: OrdererAdmin): Promise<void> {
  if ((await orderer.readChannel(channel)) === undefined) await orderer.joinChannel(channel, await source.fetchBlock(channel, 'config'));
  const wanted = (await source.readChannel(channel))?.height ?? 0;
  await untilProgressEnds(`the orderer of ${orderer.mspId} has the chain`, async () => {
    const state = await orderer.readChannel(channel);
    return { done: state?.status === 'active' && state.height >= wanted, reached: state?.height ?? 0 };
  });
}

async function takesPart({ channel }: Topology, organisation: Organisation): Promise<boolean> {
  const state = await readOrdererState(newOrdererAdmin(organisation), channel);
  return state?.status === 'active' && state.consensusRelation === 'consenter';
}
