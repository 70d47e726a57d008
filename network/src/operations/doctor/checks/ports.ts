import type { Finding, Judgement } from '../finding';

/** One port of an organisation's block, and what is there. */
export interface PortFacts {
  readonly member: string;
  readonly address: string;
  /** The process that it is for. */
  readonly process: string;
  /** Whether that process is ready, so that somebody must listen here. */
  readonly isNeeded: boolean;
  /** `ours`: a process of this network; a text: somebody else, as the system describes them. */
  readonly holder: 'nobody' | 'ours' | { readonly other: string };
}

/** Whether processes listen where they must, and nobody else does. */
export function judgePorts(ports: readonly PortFacts[]): Judgement {
  const free = ports.filter(({ holder }) => holder === 'nobody').length;
  const ours = ports.filter(({ holder }) => holder === 'ours').length;
  return {
    summary: [ours > 0 ? `${String(ours)} in use` : '', free > 0 ? `${String(free)} free` : ''].filter(Boolean).join(', '),
    findings: ports.flatMap(judgePort),
    unseen: [],
  };
}

function judgePort({ member, address, process, isNeeded, holder }: PortFacts): Finding[] {
  if (typeof holder === 'object') {
    const problem = `Port ${address}, which ${process} needs, is held by ${holder.other}.`;
    const remedy = 'Stop that program, or choose another `ports.base` in the topology file (or `--base-port`).';
    return [{ severity: 'error', member, problem, remedy }];
  }
  if (!isNeeded || holder === 'ours') return [];
  const problem = `${process} runs, but nobody listens on its port ${address}.`;
  return [{ severity: 'error', member, problem, remedy: `See \`logs ${process}\`, then \`restart ${process}\`.` }];
}
