import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

export interface BackoffOptions {
  readonly firstMs: number;
  readonly mostMs: number;
  /** Over all waits; for ever without. */
  readonly lastsMs?: number;
  readonly now?: () => number;
}

export interface Backoff {
  /** Waits a jittered, growing time. `false`, without waiting, when the whole time is used up. */
  wait(): Promise<boolean>;
}

export function newBackoff({ firstMs, mostMs, lastsMs, now = Date.now }: BackoffOptions): Backoff {
  const ends = lastsMs === undefined ? Number.POSITIVE_INFINITY : now() + lastsMs;
  let stepMs = firstMs;
  return {
    async wait() {
      if (now() + stepMs / 2 > ends) return false;
      await delay(randomInt(Math.ceil(stepMs / 2), stepMs + 1));
      stepMs = Math.min(mostMs, stepMs * 2);
      return true;
    },
  };
}
