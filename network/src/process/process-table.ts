import { readdirSync, readFileSync } from 'node:fs';

/** A process that cannot be mistaken for a later one that got the same pid. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Start time in clock ticks since boot, from /proc/PID/stat; absent where the system has no /proc. */
  readonly startTicks?: number;
}

/** State letter and start time of a process, or undefined when there is none (or no /proc). */
function readStat(pid: number): { state: string; startTicks: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // proc(5): the command in parentheses may hold anything, so count the fields from behind it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', startTicks: Number(fields[19]) };
  } catch {
    return undefined;
  }
}

export function identifyProcess(pid: number): ProcessIdentity {
  const stat = readStat(pid);
  return stat === undefined ? { pid } : { pid, startTicks: stat.startTicks };
}

/** Whether exactly this process still runs; a zombie does not, unless it has threads that still hold its files. Without a start time nothing can be said for sure, so: the pid exists. */
export function isRunning(identity: ProcessIdentity): boolean {
  const stat = readStat(identity.pid);
  if (stat !== undefined) {
    return (
      (stat.state !== 'Z' || hasThreads(identity.pid)) && (identity.startTicks === undefined || stat.startTicks === identity.startTicks)
    );
  }
  return identity.startTicks === undefined && canSignal(identity.pid, 0);
}

/** Whether exactly this process is stopped by a signal (SIGSTOP), so that it neither works nor ends. */
export function isFrozen(identity: ProcessIdentity): boolean {
  return isRunning(identity) && readStat(identity.pid)?.state === 'T';
}

/** A program of several threads shows a dead first thread while the others still write. */
function hasThreads(pid: number): boolean {
  try {
    return readdirSync(`/proc/${pid}/task`).length > 1;
  } catch {
    return false;
  }
}

/** Sends a signal to a process, or with a negative number to a process group. False when nothing is there to receive it. */
export function canSignal(target: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(target, signal);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Proportional set size in bytes: shared pages are divided among their users, so a sum over processes is honest. */
export function readMemory(pid: number): number | undefined {
  try {
    const kilobytes = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}

/** Files that a process has open, and how many it may have; undefined where the system or its owner does not tell. */
export function readOpenFiles(pid: number): { readonly open: number; readonly atMost: number } | undefined {
  try {
    const soft = /^Max open files\s+(\S+)/m.exec(readFileSync(`/proc/${pid}/limits`, 'utf8'))?.[1] ?? '';
    const atMost = soft === 'unlimited' ? Number.MAX_SAFE_INTEGER : Number(soft);
    return { open: readdirSync(`/proc/${pid}/fd`).length, atMost };
  } catch {
    return undefined;
  }
}
