import type { Finding, Judgement } from '../finding';

export interface OpenFilesFacts {
  /** What a process started here may have open; undefined where the system does not tell. */
  readonly limit: number | undefined;
  /** What a node of this ledger needs. */
  readonly needed: number;
  readonly processes: readonly ProcessFiles[];
}

export interface ProcessFiles {
  readonly name: string;
  readonly member: string | undefined;
  readonly open: number;
  readonly atMost: number;
}

const NEARLY_ALL = 0.95;
const MANY = 0.8;

/** Whether processes may open the files that they need. A peer that may not stops in the middle of a block. */
export function judgeOpenFiles({ limit, needed, processes }: OpenFilesFacts): Judgement {
  const fullest = processes.toSorted((a, b) => b.open / b.atMost - a.open / a.atMost)[0];
  const used = fullest === undefined ? '' : `; ${fullest.name} has most of them open: ${String(fullest.open)} of ${String(fullest.atMost)}`;
  const unseen = limit === undefined ? [{ what: 'the limit of open files', why: 'this system does not tell it' }] : [];
  return {
    summary: limit === undefined ? used.slice(2) : `${String(limit)} may be open in a process${used}`,
    findings: [...judgeLimit(limit, needed), ...processes.flatMap(judgeProcess)],
    unseen,
  };
}

function judgeLimit(limit: number | undefined, needed: number): Finding[] {
  if (limit === undefined || limit >= needed) return [];
  const problem = `A process may have ${String(limit)} files open here, but a node of this ledger needs up to ${String(needed)}.`;
  return [
    {
      severity: 'error',
      member: undefined,
      problem,
      remedy: `\`ulimit -n ${String(needed)}\` before \`up\`, or LimitNOFILE= of the systemd unit.`,
    },
  ];
}

function judgeProcess({ name, member, open, atMost }: ProcessFiles): Finding[] {
  const share = open / atMost;
  if (share < MANY) return [];
  const problem = `${name} has ${String(open)} of ${String(atMost)} files open.`;
  const remedy = `Raise the limit (\`ulimit -n\`, LimitNOFILE=), then \`down\` and \`up\`: a running process keeps the limit that it was started with.`;
  return [{ severity: share >= NEARLY_ALL ? 'error' : 'warning', member, problem, remedy }];
}
