import { setTimeout as pause } from 'node:timers/promises';
import { FabricError } from './fabric-error';

const BETWEEN_LOOKS_MS = 100;
const STANDS_STILL_MS = 60_000;

/** Looks until the condition holds; an error counts as not yet. @throws FabricError FABRIC_CHANNEL_NOT_READY with the last error */
export async function until(what: string, withinMs: number, holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + withinMs;
  let last: unknown;
  for (;;) {
    try {
      if (await holds()) return;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline) throw newNotReady(what, withinMs, last);
    await pause(BETWEEN_LOOKS_MS);
  }
}

/** How far something is that takes as long as there is to do. */
export interface Progress {
  readonly done: boolean;
  /** Grows while it goes on. */
  readonly reached: number;
}

/** Looks until it is done, however long that takes, as long as it goes on. @throws FabricError FABRIC_CHANNEL_NOT_READY when it stands still */
export async function untilProgressEnds(what: string, look: () => Promise<Progress>): Promise<void> {
  let last: Progress = { done: false, reached: -1 };
  while (!last.done) {
    const { reached } = last;
    await until(what, STANDS_STILL_MS, async () => {
      last = await look();
      return last.done || last.reached > reached;
    });
  }
}

function newNotReady(what: string, withinMs: number, last: unknown): FabricError {
  const because = last === undefined ? '' : ` The last answer: ${(last as Error).message}`;
  return new FabricError(
    'FABRIC_CHANNEL_NOT_READY',
    `Waited ${String(withinMs / 1000)} s in vain until ${what}.${because}`,
    'Look at `logs` of peers and orderers; the next start goes on from here.',
    last,
  );
}
