import { setTimeout as pause } from 'node:timers/promises';
import { canSignal, isRunning } from '../process';
import type { Topology } from '../topology';
import { readNetworkState } from './network-state';

const WARDEN_WORKS_FOR_MS = 5000;
const BETWEEN_LOOKS_MS = 25;

/**
 * Waits for what an earlier supervisor left when it was killed: its warden is ending those processes. What is still there after that time
 * (somebody killed the warden too) is killed; a pid that another program has meanwhile is told apart by its start time.
 */
export async function endLeftovers(topology: Topology): Promise<void> {
  const left = (readNetworkState(topology)?.processes ?? []).flatMap(({ process }) => (process === undefined ? [] : [process]));
  const deadline = Date.now() + WARDEN_WORKS_FOR_MS;
  while (left.some(isRunning)) {
    if (Date.now() > deadline) {
      for (const { pid } of left.filter(isRunning)) canSignal(-pid, 'SIGKILL');
    }
    await pause(BETWEEN_LOOKS_MS);
  }
}
