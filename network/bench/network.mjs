// A consortium of its own for a bench: real processes on free ports, started and stopped by the network's command line, as a user does it.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePorts } from '@medaccord/network';

const ROOT = join(import.meta.dirname, '../..');
const CLI = join(ROOT, 'network/dist/cli/main.js');
const DEFAULT = join(ROOT, 'network/topologies/default.json');

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

/** Begins with nothing, in a folder that goes away. `change`: what differs from the default topology. */
export async function newBenchNetwork({ ledger = 'devnet', change = (topology) => topology } = {}) {
  const ports = await findFreePorts();
  const folder = mkdtempSync(join(tmpdir(), 'medaccord-bench-'));
  const run = join(folder, 'run');
  const file = join(folder, 'topology.json');
  writeFileSync(file, JSON.stringify(change(JSON.parse(readFileSync(DEFAULT, 'utf8')))));
  const place = ['--topology', file, '--ledger', ledger, '--run-folder', run, '--base-port', String(ports.base)];
  const command = (verb) => runForLines(CLI, [verb, '--json', ...place]);
  const readStatus = async () => (await command('status'))[0];
  return {
    run,
    /** Answers the seconds until it was ready. */
    up: async () => {
      const started = performance.now();
      await command('up');
      return (performance.now() - started) / 1000;
    },
    down: () => command('down'),
    /** The topology as its programs know it. */
    readTopology: () => JSON.parse(readFileSync(join(run, 'topology.json'), 'utf8')),
    readStatus,
    /** Pids by kind of process. */
    readProcesses: async () => {
      const { processes, supervisor } = await readStatus();
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
