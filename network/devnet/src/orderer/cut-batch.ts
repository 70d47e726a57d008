import type { Channel } from '../config/channel';
import type { AcceptedMessage } from './accepted-store';

type Limits = Pick<Channel['batch'], 'maxMessageCount' | 'preferredMaxBytes'>;

/**
 * How many of the waiting messages make the next block: a configuration message alone; otherwise up to the greatest count, and before the
 * preferred size would be passed, one at least (orderer/common/blockcutter).
 */
export function batchLength(waiting: readonly AcceptedMessage[], limits: Limits): number {
  if (waiting[0]?.isConfig === true) return 1;
  let bytes = 0;
  for (const [index, { envelope, isConfig }] of waiting.entries()) {
    bytes += envelope.length;
    const isFull = index >= limits.maxMessageCount || (bytes > limits.preferredMaxBytes && index > 0);
    if (isConfig || isFull) return index;
  }
  return waiting.length;
}

/** Whether the waiting messages need not wait for others. */
export function isBatchFull(waiting: readonly AcceptedMessage[], limits: Limits): boolean {
  if (waiting.some(({ isConfig }) => isConfig)) return true;
  return waiting.length >= limits.maxMessageCount || batchLength(waiting, limits) < waiting.length;
}
