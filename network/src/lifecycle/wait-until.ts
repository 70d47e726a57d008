import { setTimeout as pause } from 'node:timers/promises';

const BETWEEN_LOOKS_MS = 50;

/** Looks until the condition holds. Returns whether it did in time; an error ends the wait. */
export async function waitUntil(withinMs: number, holds: () => Promise<boolean>): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > deadline) return false;
    await pause(BETWEEN_LOOKS_MS);
  }
  return true;
}
