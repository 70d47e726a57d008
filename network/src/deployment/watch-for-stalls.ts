import { setTimeout as pause } from 'node:timers/promises';
import type { NodeHeight } from '../ledger';
import type { ProcessEvent, ProcessStatus } from '../process';
import { findStalled, MOST_RESTARTS, SPANS_THAT_COUNT, type Observation, type Restart, type Stalled } from './find-stalled';

/** So many looks in the span after which a node counts as standing still. */
const LOOKS = 5;

/** A network as whoever watches its nodes sees it. */
export interface WatchedNetwork {
  /** How far its nodes are now; undefined while it is being changed: what is seen then says nothing. */
  readHeights(): Promise<readonly NodeHeight[] | undefined>;
  listProcesses(): readonly ProcessStatus[];
  restart(name: string): Promise<void>;
  onEvent(event: ProcessEvent): void;
}

/** Restarts nodes that stand still for `afterMs` while others go on (see `findStalled`), one at a time, until the signal aborts. */
export async function watchForStalls(network: WatchedNetwork, afterMs: number, signal: AbortSignal): Promise<void> {
  const restarts: Restart[] = [];
  const givenUp = new Set<string>();
  let observations: Observation[] = [];
  for (;;) {
    await pause(afterMs / LOOKS, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    observations = await addLook(network, observations, afterMs);
    const judgement = findStalled(observations, restarts, afterMs);
    for (const stalled of judgement.givenUp.filter(({ name }) => !givenUp.has(name))) {
      givenUp.add(stalled.name);
      tell(network, stalled, false);
    }
    if (judgement.restart === undefined) continue;
    const { name } = judgement.restart;
    restarts.push({ name, at: performance.now() });
    givenUp.delete(name);
    tell(network, judgement.restart, true);
    await restart(network, name, signal);
  }
}

async function addLook(network: WatchedNetwork, before: readonly Observation[], afterMs: number): Promise<Observation[]> {
  const heights = await network.readHeights();
  if (heights === undefined) return [];
  const at = performance.now();
  const processes = network.listProcesses();
  const nodes = heights.flatMap((height) => {
    const found = processes.find(({ name }) => name === height.name);
    return found === undefined ? [] : [{ ...height, state: found.state, readySince: found.readySince }];
  });
  return [...before.filter((each) => at - each.at < SPANS_THAT_COUNT * afterMs), { at, nodes }];
}

async function restart(network: WatchedNetwork, name: string, signal: AbortSignal): Promise<void> {
  const since = performance.now();
  const title = titleOf(network, name);
  try {
    await network.restart(name);
    network.onEvent({ kind: 'restarted', title, ms: performance.now() - since });
  } catch (error) {
    if (!signal.aborted) network.onEvent({ kind: 'died', title, how: (error as Error).message, again: false });
  }
}

function tell(network: WatchedNetwork, { name, height, highest, forMs }: Stalled, again: boolean): void {
  const seconds = `${String(Math.round(forMs / 1000))} s`;
  const has = height === undefined ? 'it tells of no block' : `it has ${String(height)}`;
  const often = again ? '' : `, after ${String(MOST_RESTARTS)} restarts within a day`;
  const how = `for ${seconds} ${has}, others have ${String(highest)} blocks${often}`;
  network.onEvent({ kind: 'stalled', title: titleOf(network, name), how, again });
}

function titleOf(network: WatchedNetwork, name: string): string {
  return network.listProcesses().find((each) => each.name === name)?.title ?? name;
}
