import { setTimeout as pause } from 'node:timers/promises';
import { askNetwork } from '../../deployment';
import type { Topology } from '../../topology';
import { OperationsError } from '../operations-error';
import { readNodes, type NodeReport } from './node-facts';

const BACK_WITHIN_MS = 120_000;
const BETWEEN_LOOKS_MS = 200;
/** From here on a leader that lacks blocks is taken for one that gets none: others have theirs within a second or two. */
const GETS_NONE_AFTER_MS = 10_000;
const ANOTHER_LEADS_WITHIN_MS = 120_000;

/** What the network's own process does on request: `restartAway`. */
export const AWAY_VERB = 'restart-away';

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
    if (await staysBehind(topology, name, before)) await askNetwork(topology, AWAY_VERB, name);
    await untilBack(topology, name, before);
    onBack(name);
  }
}

/** A network's way to stop a process for as long as some work takes. */
type WhileStopped = (name: string, work: () => Promise<void>) => Promise<void>;

/**
 * Restarts an orderer and keeps it away until the others have chosen another leader. One that comes back as the leader and lacks blocks hears
 * of them only when something is to be ordered, while one that follows learns it of the leader's first sign of life.
 * @throws OperationsError NODE_NOT_BACK when the others choose nobody; ProcessError of the restart itself
 */
export async function restartAway(topology: Topology, name: string, whileStopped: WhileStopped): Promise<void> {
  const former = leaderOf(name, await readNodes(topology));
  const deadline = Date.now() + ANOTHER_LEADS_WITHIN_MS;
  await whileStopped(name, async () => {
    while (!isLedByAnother(former, await readNodes(topology))) {
      if (Date.now() > deadline) throw newNotBack(name, ANOTHER_LEADS_WITHIN_MS);
      await pause(BETWEEN_LOOKS_MS);
    }
  });
}

async function staysBehind(topology: Topology, name: string, before: readonly NodeReport[]): Promise<boolean> {
  const deadline = Date.now() + GETS_NONE_AFTER_MS;
  let now = await readNodes(topology);
  while (!isBack(name, before, now) && Date.now() < deadline) {
    await pause(BETWEEN_LOOKS_MS);
    now = await readNodes(topology);
  }
  return leadsBehind(name, before, now);
}

/**
 * Whether an orderer lacks blocks that any node had, and leads. It says that it leads with its next block only, so it is the one that all
 * follow while nobody else says so.
 */
export function leadsBehind(name: string, before: readonly NodeReport[], now: readonly NodeReport[]): boolean {
  const orderers = now.flatMap((each) => (each.kind === 'orderer' && each.isConsenter ? [each] : []));
  const node = orderers.find((each) => each.name === name);
  if (node?.leaderId === undefined || heightOf(node) >= Math.max(0, ...before.map(heightOf))) return false;
  return orderers.every((each) => each.leaderId === node.leaderId && (each === node || !each.isLeader));
}

/** Whether those orderers that answer follow another one than the former leader, all the same. */
export function isLedByAnother(former: number | undefined, now: readonly NodeReport[]): boolean {
  const leaders = new Set(now.flatMap((node) => (node.kind === 'orderer' && node.isConsenter ? [node.leaderId] : [])));
  return leaders.size === 1 && !leaders.has(undefined) && !leaders.has(former);
}

function leaderOf(name: string, nodes: readonly NodeReport[]): number | undefined {
  const node = nodes.find((each) => each.name === name);
  return node?.kind === 'orderer' ? node.leaderId : undefined;
}

function newNotBack(name: string, withinMs: number): OperationsError {
  const hint = `See \`logs ${name}\` and \`doctor\`; the processes after it were not restarted.`;
  const seconds = String(withinMs / 1000);
  return new OperationsError('NODE_NOT_BACK', `${name} runs again, but has not caught up with the others within ${seconds} s.`, hint);
}

/** Waits until a restarted process is where the others were. @throws OperationsError NODE_NOT_BACK */
export async function untilBack(topology: Topology, name: string, before: readonly NodeReport[]): Promise<void> {
  const deadline = Date.now() + BACK_WITHIN_MS;
  while (!isBack(name, before, await readNodes(topology))) {
    if (Date.now() > deadline) throw newNotBack(name, BACK_WITHIN_MS);
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
