import type { NodeHeight } from '../ledger';
import type { ProcessStatus } from '../process';

/** A node and its process, as they were seen; another `readySince` is another life of the process. */
export type ObservedNode = NodeHeight & Pick<ProcessStatus, 'state' | 'readySince'>;

/** All nodes of this machine, seen together. */
export interface Observation {
  /** Milliseconds of a clock that is never set. */
  readonly at: number;
  readonly nodes: readonly ObservedNode[];
}

/** That a node was restarted for standing still, and when, by the same clock. */
export interface Restart {
  readonly name: string;
  readonly at: number;
}

/** A node that stands still while others go on. */
export interface Stalled {
  readonly name: string;
  /** Blocks that it has; undefined: it does not answer. */
  readonly height: number | undefined;
  /** Blocks that another one has. */
  readonly highest: number;
  readonly forMs: number;
}

export interface StallJudgement {
  /** Never more than one: of four orderers three are needed. */
  readonly restart: Stalled | undefined;
  /** Those that restarts do not help. */
  readonly givenUp: readonly Stalled[];
}

/** Of one node within a day. */
export const MOST_RESTARTS = 3;
const DAY_MS = 86_400_000;
/** As many times longer than standing still: who is asked by nobody else may be slow to answer. */
const SILENT_TIMES = 3;
/** One look, or two around a pause of the whole machine, tell of no span. */
const ENOUGH_LOOKS = 3;
/** So many spans back what was seen may count. */
export const SPANS_THAT_COUNT = SILENT_TIMES * 2 ** MOST_RESTARTS + 1;

/**
 * Which node is to be restarted, after a series of observations (the newest last). A node that decides blocks stands still when, within one life
 * of its process, it has been behind another for `afterMs` without getting a block, or has not answered for three times as long while others
 * went on; after each restart of the day it is given twice the time. Nobody is touched while another one is coming.
 */
export function findStalled(observations: readonly Observation[], restarts: readonly Restart[], afterMs: number): StallJudgement {
  const now = observations.at(-1);
  if (now === undefined) return { restart: undefined, givenUp: [] };
  const countRestarts = (name: string): number => restarts.filter((each) => each.name === name && now.at - each.at < DAY_MS).length;
  const deciding = now.nodes.filter(({ decides }) => decides);
  const stalled = deciding.flatMap(({ name }) => judge(name, listSights(name, observations), afterMs * 2 ** countRestarts(name)));
  const isComing = deciding.some((node) => isUnderWay(node, listSights(node.name, observations), afterMs));
  const mayHelp = stalled.filter(({ name }) => countRestarts(name) < MOST_RESTARTS);
  return { restart: isComing ? undefined : mayHelp[0], givenUp: stalled.filter((each) => !mayHelp.includes(each)) };
}

/** One node in one observation. */
interface Sight {
  readonly at: number;
  readonly height: number | undefined;
  /** Of all others; 0: none of them answered. */
  readonly highest: number;
}

/** The newest first, as far back as the process lives. */
function listSights(name: string, observations: readonly Observation[]): Sight[] {
  const find = ({ nodes }: Observation): ObservedNode | undefined => nodes.find((each) => each.name === name);
  const newest = observations.toReversed();
  const life = newest[0] && find(newest[0])?.readySince;
  const end = newest.findIndex((each) => find(each)?.state !== 'ready' || find(each)?.readySince !== life);
  return newest.slice(0, end === -1 ? undefined : end).map((each) => ({
    at: each.at,
    height: find(each)?.height,
    highest: Math.max(0, ...each.nodes.map((other) => (other.name === name ? 0 : (other.height ?? 0)))),
  }));
}

function judge(name: string, sights: readonly Sight[], patienceMs: number): Stalled[] {
  const [latest] = sights;
  if (latest === undefined) return [];
  const { height } = latest;
  const evidence = height === undefined ? listSilent(sights) : listStanding(sights, height);
  const forMs = spanOf(evidence);
  const isLong = forMs >= patienceMs * (height === undefined ? SILENT_TIMES : 1);
  return isLong && evidence.length >= ENOUGH_LOOKS ? [{ name, height, highest: evidence[0]?.highest ?? 0, forMs }] : [];
}

/** When it was seen behind others with no more than it has now; looks in which somebody did not answer say nothing. */
function listStanding(sights: readonly Sight[], height: number): readonly Sight[] {
  return untilFirst(
    sights.filter((each) => each.height !== undefined && each.highest > 0),
    (each) => each.height !== height || each.highest <= height,
  );
}

/** When it did not answer and others had more than it was known to have, or than they had when it fell silent. */
function listSilent(sights: readonly Sight[]): readonly Sight[] {
  const silent = untilFirst(sights, ({ height }) => height !== undefined);
  const before = sights[silent.length]?.height ?? silent.findLast(({ highest }) => highest > 0)?.highest ?? 0;
  return silent.filter(({ highest }) => highest > before);
}

function untilFirst(sights: readonly Sight[], isOther: (sight: Sight) => boolean): readonly Sight[] {
  const end = sights.findIndex(isOther);
  return end === -1 ? sights : sights.slice(0, end);
}

function spanOf(sights: readonly Sight[]): number {
  return (sights[0]?.at ?? 0) - (sights.at(-1)?.at ?? 0);
}

/** Whether it is being started or stopped, or was started lately and is not where the others are; one that was given up is not. */
function isUnderWay({ state }: ObservedNode, sights: readonly Sight[], afterMs: number): boolean {
  if (state === 'failed') return false;
  const [latest] = sights;
  if (latest === undefined) return true;
  return spanOf(sights) < afterMs && (latest.height ?? 0) < latest.highest;
}
