import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import type { Duplex } from 'node:stream';
import type { ProcessSpec } from './process-spec';
import { ProcessError } from './process-error';
import { identifyProcess, canSignal, type ProcessIdentity } from './process-table';
import { readLines } from './read-lines';
import { behindGate, type Warden } from './warden';

const OUTPUT_RESTS_MS = 500;

/** How a process ended: one of the two is set. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** One life of a process, from spawn to exit. */
export interface RunningProcess {
  readonly identity: ProcessIdentity;
  readonly child: ChildProcess;
  /** Settles once the process is gone and its whole group with it; never rejects. */
  readonly exited: Promise<Exit>;
  /** Asks the process group to stop, or ends it. */
  signalGroup(signal: 'SIGTERM' | 'SIGKILL'): void;
}

/**
 * Starts a process as the leader of a group of its own, known to the warden before the program runs.
 * @throws ProcessError PROCESS_NOT_STARTED when the system cannot start it at all.
 */
export function runProcess(spec: ProcessSpec, warden: Warden, onLine: (line: string, stream: 'out' | 'err') => void): RunningProcess {
  const child = spawnBehindGate(spec);
  child.on('error', () => undefined);
  const pid = child.pid;
  if (pid === undefined) {
    throw new ProcessError('PROCESS_NOT_STARTED', `${spec.title} (${spec.name}) could not be started in ${spec.cwd}.`, {
      hint: `Check that ${spec.cwd} exists and may be entered.`,
    });
  }
  if (child.stdout)
    readLines(child.stdout, (line) => {
      onLine(line, 'out');
    });
  if (child.stderr)
    readLines(child.stderr, (line) => {
      onLine(line, 'err');
    });
  warden.hold(-pid);
  openGate(child);
  return {
    identity: identifyProcess(pid),
    child,
    exited: exitOf(child, pid).then((exit) => {
      warden.release(-pid);
      return exit;
    }),
    signalGroup: (signal) => void canSignal(-pid, signal),
  };
}

function spawnBehindGate(spec: ProcessSpec): ChildProcess {
  const [shell, args] = behindGate(spec.argv);
  const stdio: StdioOptions = ['ignore', 'pipe', 'pipe', 'pipe', ...(spec.talks ? (['ipc'] as const) : [])];
  return spawn(shell, args, { cwd: spec.cwd, env: { ...spec.env }, stdio, detached: true });
}

function openGate(child: ChildProcess): void {
  const gate = child.stdio[3] as Duplex;
  gate.on('error', () => undefined);
  // Nothing comes back through the gate, but without reading its end would go unnoticed.
  gate.resume();
  gate.end('go\n');
}

/** Waits for the rest of the output too, so that the last lines are there to be told; not for long, as anybody may hold the pipe. */
async function exitOf(child: ChildProcess, pid: number): Promise<Exit> {
  const closed = new Promise((resolve) => child.once('close', resolve));
  const exit = await new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => {
      resolve({ code, signal });
    });
  });
  // Whatever the program itself had started goes with it.
  canSignal(-pid, 'SIGKILL');
  const patience = new AbortController();
  await Promise.race([closed, pause(OUTPUT_RESTS_MS, undefined, { signal: patience.signal }).catch(() => undefined)]);
  patience.abort();
  return exit;
}

/** `exit code 3` or `signal SIGKILL`. */
export function formatExit(exit: Exit): string {
  return exit.signal === null ? `exit code ${exit.code ?? 'unknown'}` : `signal ${exit.signal}`;
}
