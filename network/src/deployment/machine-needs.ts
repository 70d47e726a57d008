import { readFileSync, readdirSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { LEDGER_NEEDS, type MachineNeeds } from '../ledger';
import type { Topology } from '../topology';
import { DeploymentError } from './deployment-error';

/** What of this machine decides whether a network can run on it. */
export interface MachineFacts {
  /** Files that one process may have open; undefined where the system does not tell. */
  readonly openFiles: number | undefined;
  readonly freeBytes: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** When this network last wrote something; undefined: never. */
  readonly lastWritten: number | undefined;
}

const CLOCK_TOLERANCE_MS = 60_000;
const MEGABYTE = 1_000_000;

/** What a topology's ledger needs of this machine. */
export function machineNeedsOf({ ledger }: Pick<Topology, 'ledger'>): MachineNeeds {
  return LEDGER_NEEDS[ledger];
}

/** Checks, before anything starts, what would else fail in the middle. @throws DeploymentError TOO_FEW_FILES, DISK_FULL, CLOCK_BEHIND */
export function assertMachineSuffices(topology: Topology, needs: MachineNeeds): void {
  const [problem] = findMachineProblems(readMachineFacts(topology), needs, topology.paths.run);
  if (problem !== undefined) throw problem;
}

/** The problems, worst first. Pure. */
export function findMachineProblems(facts: MachineFacts, needs: MachineNeeds, folder: string): DeploymentError[] {
  return [findClockProblem(facts), findFilesProblem(facts, needs), findDiskProblem(facts, needs, folder)].filter(
    (problem) => problem !== undefined,
  );
}

function findClockProblem({ now, lastWritten }: MachineFacts): DeploymentError | undefined {
  if (lastWritten === undefined || lastWritten - now <= CLOCK_TOLERANCE_MS) return undefined;
  const [says, was] = [new Date(now).toISOString(), new Date(lastWritten).toISOString()];
  return new DeploymentError(
    'CLOCK_BEHIND',
    `The clock says ${says}, but this network ran at ${was} already: what it signs now would be refused.`,
    'Set the clock of this machine (such as with `timedatectl set-ntp true`).',
  );
}

function findFilesProblem({ openFiles }: MachineFacts, needs: MachineNeeds): DeploymentError | undefined {
  if (openFiles === undefined || openFiles >= needs.openFiles) return undefined;
  return new DeploymentError(
    'TOO_FEW_FILES',
    `A process may have ${String(openFiles)} files open here, but a node of this ledger needs up to ${String(needs.openFiles)}.`,
    `Raise the limit: \`ulimit -n ${String(needs.openFiles)}\`, or LimitNOFILE= of a systemd unit.`,
  );
}

function findDiskProblem({ freeBytes }: MachineFacts, needs: MachineNeeds, folder: string): DeploymentError | undefined {
  if (freeBytes >= needs.freeBytes) return undefined;
  const [free, needed] = [freeBytes, needs.freeBytes].map((bytes) => `${String(Math.floor(bytes / MEGABYTE))} MB`);
  return new DeploymentError(
    'DISK_FULL',
    `The disk of ${folder} has ${free} left; a start needs ${needed}.`,
    'Free some space, or name a folder on another disk with `--run-folder`.',
  );
}

/** What this machine has now. The run folder must be there. */
export function readMachineFacts({ paths }: Topology): MachineFacts {
  const { bavail, bsize } = statfsSync(paths.run);
  return { openFiles: readOpenFiles(), freeBytes: bavail * bsize, now: Date.now(), lastWritten: findLastWritten(paths.run) };
}

/** Node has raised its own limit to what it may have, and what it starts inherits that (proc(5), limits). */
function readOpenFiles(): number | undefined {
  try {
    const soft = /^Max open files\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return soft === undefined ? undefined : soft === 'unlimited' ? Number.MAX_SAFE_INTEGER : Number(soft);
  } catch {
    return undefined;
  }
}

/** Only the folder's own files: one of them is written at every change of a process. */
function findLastWritten(run: string): number | undefined {
  const times = readdirSync(run, { withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? [statSync(join(run, entry.name)).mtimeMs] : [],
  );
  return times.length === 0 ? undefined : Math.max(...times);
}
