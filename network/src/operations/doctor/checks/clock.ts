import { formatAge } from '../format-age';
import type { Finding, Judgement } from '../finding';

/** The time that somebody has, against the time here. */
export interface ClockReading {
  readonly member: string;
  /** Who said it. */
  readonly name: string;
  /** Milliseconds that its clock is ahead of ours; negative: behind. */
  readonly aheadMs: number;
  /** By how much the reading itself may be wrong, either way. */
  readonly doubtMs: number;
}

export interface ClockFacts {
  readonly now: number;
  readonly readings: readonly ClockReading[];
  /** When this network last wrote a file here. */
  readonly lastWritten: number | undefined;
  /** When the newest transaction says that it was made, and by whose clock. */
  readonly newest: { readonly time: number; readonly member: string } | undefined;
  /** Who did not tell the time. */
  readonly silent: readonly string[];
}

/** From here on a person should know. */
const NOTABLE_MS = 2000;
/** From here on deadlines are missed and requests refused (fabric: peer.authentication.timewindow is minutes). */
const HARMFUL_MS = 60_000;
const SET_CLOCK = '`timedatectl set-ntp true` (or chrony) on that machine; `timedatectl` shows whether it is synchronised.';

/** Whether the machines of all members have the same time. */
export function judgeClock(facts: ClockFacts): Judgement {
  const { now, readings, lastWritten, newest, silent } = facts;
  const ours = judgeOurs(readings) ?? judgePast(now, lastWritten, 'this network wrote a file here');
  const findings = ours === undefined ? [...readings.flatMap(judgeOther), ...judgeNewest(now, newest)] : [ours];
  const asked =
    readings.length === 0 ? 'not behind anything that was written here' : `${String(readings.length)} processes have the same time`;
  return { summary: asked, findings, unseen: silent.map((what) => ({ what, why: 'it does not answer' })) };
}

/** When most others differ from us by about the same, it is our clock. */
function judgeOurs(readings: readonly ClockReading[]): Finding | undefined {
  const sorted = readings.map(({ aheadMs }) => aheadMs).sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)];
  if (median === undefined || sorted.length < 2) return undefined;
  const doubt = Math.max(...readings.map(({ doubtMs }) => doubtMs));
  if (Math.abs(median) <= NOTABLE_MS + doubt) return undefined;
  const way = median > 0 ? 'behind' : 'ahead of';
  const problem = `The clock of this machine is ${formatAge(median)} ${way} what most of the ${String(readings.length)} processes say that were asked.`;
  return { severity: severityOf(median), member: undefined, problem, remedy: SET_CLOCK.replace('that', 'this') };
}

function judgePast(now: number, time: number | undefined, what: string): Finding | undefined {
  if (time === undefined || time - now <= HARMFUL_MS) return undefined;
  const problem = `The clock of this machine says ${toIso(now)}, but ${what} at ${toIso(time)} already.`;
  return { severity: 'error', member: undefined, problem, remedy: SET_CLOCK.replace('that', 'this') };
}

function judgeOther({ member, name, aheadMs, doubtMs }: ClockReading): Finding[] {
  if (Math.abs(aheadMs) <= NOTABLE_MS + doubtMs) return [];
  const problem = `The clock of ${name} is ${formatAge(aheadMs)} ${aheadMs > 0 ? 'ahead' : 'behind'}.`;
  return [{ severity: severityOf(aheadMs), member, problem, remedy: SET_CLOCK }];
}

/** A transaction bears the time of the client that made it. */
function judgeNewest(now: number, newest: ClockFacts['newest']): Finding[] {
  if (newest === undefined || newest.time - now <= NOTABLE_MS) return [];
  const ahead = newest.time - now;
  const problem = `The newest transaction says that it was made ${formatAge(ahead)} from now: the clock of its client at ${newest.member} is ahead.`;
  return [{ severity: severityOf(ahead), member: newest.member, problem, remedy: SET_CLOCK }];
}

function severityOf(ms: number): Finding['severity'] {
  return Math.abs(ms) >= HARMFUL_MS ? 'error' : 'warning';
}

function toIso(time: number): string {
  return new Date(time).toISOString();
}
