import { setTimeout as pause } from 'node:timers/promises';
import { askNetwork } from '../../deployment';
import type { Topology } from '../../topology';
import { OperationsError } from '../operations-error';
import { readNodes, type NodeReport } from './node-facts';

const BACK_WITHIN_MS = 120_000;
const BETWEEN_LOOKS_MS = 200;

/**
 * Restarts processes of a running network one after another. The next one is touched only when the one before has all that the others had
 * and is known to them, so that never more than one is missing.
 *
 * @param onBack hears of each that is back.
 * @throws OperationsError NODE_NOT_BACK; ProcessError, AnsweredError of the restart itself. Those after it are left alone.
 */
export async function restartInTurn(topology: Topology, names: readonly string[], onBack: (name: string) => void): Promise<void> {
  for (const name of names) {
    const before = await readNodes(topology);
    await askNetwork(topology, 'restart', name);
    await untilBack(topology, name, before);
    onBack(name);
  }
}

function newNotBack(name: string): OperationsError {
  const hint = `See \`logs ${name}\` and \`doctor\`; the processes after it were not restarted.`;
  const seconds = String(BACK_WITHIN_MS / 1000);
  return new OperationsError('NODE_NOT_BACK', `${name} runs again, but has not caught up with the others within ${seconds} s.`, hint);
}

/** Waits until a restarted process is where the others were. @throws OperationsError NODE_NOT_BACK */
export async function untilBack(topology: Topology, name: string, before: readonly NodeReport[]): Promise<void> {
  const deadline = Date.now() + BACK_WITHIN_MS;
  while (!isBack(name, before, await readNodes(topology))) {
    if (Date.now() > deadline) throw newNotBack(name);
    await pause(BETWEEN_LOOKS_MS);
  }
}

/**
 * Whether a restarted node is where the others were: as many blocks as any had, an orderer in office, a peer that knows as many others as
 * before. A process that is no node is back when it is ready.
 */
export function isBack(name: string, before: readonly NodeReport[], now: readonly NodeReport[]): boolean {
  const node = now.find((each) => each.name === name);
  if (node === undefined) return true;
  if (heightOf(node) < Math.max(0, ...before.map(heightOf))) return false;
  if (node.kind === 'orderer') return node.isActive && (!node.isConsenter || node.leaderId !== undefined);
  return knownTo(node) >= knownTo(before.find((each) => each.name === name));
}

function heightOf(node: NodeReport): number {
  return node.kind === 'silent' ? -1 : (node.height ?? 0);
}

function knownTo(node: NodeReport | undefined): number {
  return node?.kind === 'peer' ? (node.knownPeers ?? 0) : 0;
}
