import type { OrdererAdmin, OrdererChannel } from '../../lifecycle';
import { until } from './until';

const WITHIN_MS = 30_000;

/** How far an orderer that has just started is in a channel; undefined: not in it. Healthy is not ready: its administration opens a moment later. */
export async function readOrdererState(orderer: OrdererAdmin, channel: string): Promise<OrdererChannel | undefined> {
  let state: OrdererChannel | undefined;
  await until(`the orderer of ${orderer.mspId} answers its administrator`, WITHIN_MS, async () => {
    state = await orderer.readChannel(channel);
    return true;
  });
  return state;
}
