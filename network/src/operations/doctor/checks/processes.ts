import type { ProcessState } from '../../../process';
import { formatAge } from '../format-age';
import type { Finding, Judgement } from '../finding';

export interface ProcessFacts {
  readonly name: string;
  readonly member: string | undefined;
  readonly state: ProcessState;
  readonly pid: number | undefined;
  /** Stopped by a signal: it neither works nor ends. */
  readonly isFrozen: boolean;
  readonly restarts: number;
  /** Milliseconds since it became ready. */
  readonly readyForMs: number | undefined;
}

/** What of a network runs; undefined members: nothing does. */
export type ProcessesFacts =
  | { readonly kind: 'running'; readonly phase: 'starting' | 'up' | 'stopping'; readonly processes: readonly ProcessFacts[] }
  /** The supervisor ended without having been asked to; `left`: pids of its processes that run on. */
  | { readonly kind: 'broken off'; readonly left: readonly number[] }
  | { readonly kind: 'down' };

/** A death that is no older than this is worth a look into the log. */
const RECENTLY_MS = 10 * 60_000;

/** Whether everything runs that was started, and does so steadily. */
export function judgeProcesses(facts: ProcessesFacts): Judgement {
  if (facts.kind === 'down') return { summary: '', findings: [], unseen: [{ what: 'processes', why: 'the network does not run' }] };
  if (facts.kind === 'broken off') return { summary: '', findings: [judgeBrokenOff(facts.left)], unseen: [] };
  const { phase, processes } = facts;
  return {
    summary: `${String(processes.length)} run${phase === 'up' ? '' : `, the network is ${phase}`}`,
    findings: processes.flatMap((each) => judgeProcess(each, phase)),
    unseen: [],
  };
}

function judgeBrokenOff(left: readonly number[]): Finding {
  const stays = left.length === 0 ? '' : ` Of its processes these run on: pid ${left.join(', ')}.`;
  return {
    severity: 'error',
    member: undefined,
    problem: `The network ended without being stopped: its supervisor was killed.${stays}`,
    remedy: '`up` ends what is left and goes on where it was.',
  };
}

function judgeProcess(facts: ProcessFacts, phase: string): Finding[] {
  const { name, member, state, pid, isFrozen } = facts;
  if (state === 'failed') {
    const remedy = `\`logs ${name}\` says why it ends; mend that, then \`restart ${name}\`.`;
    return [{ severity: 'error', member, problem: `${name} kept ending and was given up.`, remedy }];
  }
  if (isFrozen) {
    const problem = `${name} (pid ${String(pid)}) is halted by a signal: it neither works nor ends.`;
    return [{ severity: 'error', member, problem, remedy: `\`kill -CONT ${String(pid)}\` lets it go on; else \`restart ${name}\`.` }];
  }
  if (state !== 'ready') {
    if (phase !== 'up') return [];
    const remedy = `Look again in a minute; if it is not ready then, see \`logs ${name}\`.`;
    return [{ severity: state === 'stopped' ? 'error' : 'warning', member, problem: `${name} is ${state}, not ready.`, remedy }];
  }
  return judgeRestarts(facts);
}

function judgeRestarts({ name, member, restarts, readyForMs }: ProcessFacts): Finding[] {
  if (restarts === 0 || readyForMs === undefined || readyForMs > RECENTLY_MS) return [];
  const times = restarts === 1 ? 'once' : `${String(restarts)} times`;
  const problem = `${name} died and was started again ${times}, the last time ${formatAge(readyForMs)} ago.`;
  return [{ severity: 'warning', member, problem, remedy: `\`logs ${name}\` says why.` }];
}
