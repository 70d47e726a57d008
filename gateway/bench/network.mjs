// A consortium of its own for a bench: real processes on free ports, started and stopped by the network's command line, as a user does it.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePorts } from '@medaccord/network';

const ROOT = join(import.meta.dirname, '../..');
const CLI = join(ROOT, 'network/dist/cli/main.js');

/** Answers the JSON lines that a program of the project prints. */
export async function runForLines(program, argv) {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, ...argv], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [output, code] = await Promise.all([child.stdout.toArray(), new Promise((resolve) => child.once('exit', resolve))]);
  const lines = Buffer.concat(output)
    .toString()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  if (code !== 0) throw new Error(`${program} ${argv[0]} ended with ${code}: ${JSON.stringify(lines.at(-1))}`);
  return lines;
}

/** Begins with nothing, in a folder that goes away. */
export async function newBenchNetwork() {
  const ports = await findFreePorts();
  const folder = mkdtempSync(join(tmpdir(), 'medaccord-bench-'));
  const run = join(folder, 'run');
  const command = (verb) => runForLines(CLI, [verb, '--json', '--run-folder', run, '--base-port', String(ports.base)]);
  return {
    run,
    /** Answers the seconds until it was ready. */
    up: async () => {
      const started = performance.now();
      await command('up');
      return (performance.now() - started) / 1000;
    },
    down: () => command('down'),
    /** Pids by kind of process. */
    readProcesses: async () => {
      const [{ processes, supervisor }] = await command('status');
      const kinds = Object.groupBy(processes, ({ name }) => name.split('-')[0]);
      const pids = Object.entries(kinds).map(([kind, found]) => [kind, found.map(({ process: { pid } }) => pid)]);
      return { ...Object.fromEntries(pids), supervisor: [supervisor.pid] };
    },
    remove: () => {
      ports.release();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
