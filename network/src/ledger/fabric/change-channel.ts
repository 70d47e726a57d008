import { applyPlan, type Plan } from '../../channel';
import { newOrdererAdmin } from '../../lifecycle';
import type { Organisation, Topology } from '../../topology';
import { until } from './until';

const WITHIN_MS = 60_000;

/**
 * Makes a change of the channel as the admins of members, and waits until their orderers have it too, whichever is asked next. Returns the number of
 * the block, or undefined where the channel has it so already.
 * @throws ChannelError, LifecycleError, FabricError FABRIC_CHANNEL_NOT_READY
 */
export async function changeChannel({ channel }: Topology, plan: Plan, present: readonly Organisation[]): Promise<number | undefined> {
  const done = await applyPlan(channel, plan, present);
  if (done === undefined) return undefined;
  const orderers = present.filter(({ nodes }) => nodes.orderer !== undefined).map(newOrdererAdmin);
  const waits = orderers.map((orderer) =>
    until(`the orderer of ${orderer.mspId} has block ${String(done.block)}`, WITHIN_MS, async () => {
      const state = await orderer.readChannel(channel);
      return (state?.height ?? 0) > done.block;
    }),
  );
  await Promise.all(waits);
  return done.block;
}
