import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

export interface BackoffOptions {
  readonly firstMs: number;
  readonly mostMs: number;
  /** Over all waits; for ever without. */
  readonly lastsMs?: number;
  readonly now?: () => number;
  /** Ends a wait early. */
  readonly signal?: AbortSignal;
}

export interface Backoff {
  /** Waits a jittered, growing time. `false`, without waiting, when the whole time is used up. */
  wait(): Promise<boolean>;
}

export function newBackoff({ firstMs, mostMs, lastsMs, now = Date.now, signal }: BackoffOptions): Backoff {
  const ends = lastsMs === undefined ? Number.POSITIVE_INFINITY : now() + lastsMs;
  let stepMs = firstMs;
  return {
    async wait() {
      if (now() + stepMs / 2 > ends) return false;
      const pauseMs = randomInt(Math.ceil(stepMs / 2), stepMs + 1);
      await delay(pauseMs, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
      stepMs = Math.min(mostMs, stepMs * 2);
      return true;
    },
  };
}
