import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { CommandedNetwork } from './commanded-network';

/** The supervisor gives a process up that dies a sixth time without thirty steady seconds in between; this stays below. */
const MOST_IN_A_ROW = 4;
const STEADY_MS = 31_000;
const SHORTEST_MS = 200;
const LONGEST_MS = 1_600;

/** Ends processes the hard way at random moments, starting ones too. Returns how often each was ended. */
export async function killAtRandom(
  network: CommandedNetwork,
  targets: readonly string[],
  count: number,
): Promise<ReadonlyMap<string, number>> {
  const kills = new Map<string, number>();
  const inARow = new Map<string, number>();
  for (let done = 0; done < count;) {
    await pause(randomInt(SHORTEST_MS, LONGEST_MS));
    const target = targets[randomInt(targets.length)] ?? '';
    const row = isSteady(network, target) ? 0 : (inARow.get(target) ?? 0);
    if (row >= MOST_IN_A_ROW || !network.killHard(target)) continue;
    inARow.set(target, row + 1);
    kills.set(target, (kills.get(target) ?? 0) + 1);
    done += 1;
  }
  return kills;
}

function isSteady(network: CommandedNetwork, target: string): boolean {
  const since = network.processOf(target)?.readySince;
  return since !== undefined && Date.now() - since > STEADY_MS;
}
