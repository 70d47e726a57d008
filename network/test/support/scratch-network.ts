import { spawn, type ChildProcess } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { readLiveNetwork, type NetworkState } from '../../src/deployment';
import { findFreePorts, isRunning, type FreePorts, type ProcessIdentity } from '../../src/process';
import { Leash } from './leash';
import { NetworkRecorder } from './network-recorder';
import { LEDGER_OPTIONS, TEST_LEDGER, listLedgerProcesses } from './test-ledger';
import { resolveTopology, parseTopologySpec, type Topology } from '../../src/topology';

const NETWORK = join(__dirname, '../..');
export const CLI = join(NETWORK, 'dist/cli/main.js');
const FIXTURES = join(__dirname, '../fixtures');

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
}

/** A command of the network that runs. */
export interface RunningCommand {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** What it has said so far. */
  said(): string;
}

/** A network of its own for one test: tiny chaincode, tiny gateway, free ports, a folder that is removed afterwards. */
export class ScratchNetwork {
  readonly folder: string;
  readonly topologyFile: string;
  readonly #ports: FreePorts;
  readonly #leash: Leash;
  readonly #recorder: NetworkRecorder;

  private constructor(ports: FreePorts, topology: string) {
    this.#ports = ports;
    this.folder = mkdtempSync(join(tmpdir(), 'network-'));
    this.topologyFile = join(this.folder, 'topology.json');
    this.#leash = new Leash(this.folder, [process.execPath, CLI, 'down', ...this.#place()]);
    this.#recorder = new NetworkRecorder(join(this.folder, 'run'), (verb, ...options) => this.start(verb, ...options).ended);
    cpSync(join(FIXTURES, 'chaincode'), join(this.folder, 'chaincode'), { recursive: true });
    cpSync(join(FIXTURES, 'gateway'), join(this.folder, 'gateway/dist'), { recursive: true });
    symlinkSync(join(NETWORK, '../node_modules'), join(this.folder, 'node_modules'));
    this.editTopology(() => ({
      ...(JSON.parse(readFileSync(join(NETWORK, 'topologies', topology), 'utf8')) as object),
      chaincode: {
        name: 'notes',
        folder: join(this.folder, 'chaincode'),
        policy: 'Witnessed',
        first: [{ organisation: 'authority', transaction: 'Found', arguments: [{ version: 1 }] }],
      },
      gateway: { folder: join(this.folder, 'gateway') },
    }));
  }

  static async create(topology = 'default.json'): Promise<ScratchNetwork> {
    return new ScratchNetwork(await findFreePorts(), topology);
  }

  get basePort(): number {
    return this.#ports.base;
  }

  get topology(): Topology {
    return this.topologyIn(join(this.folder, 'run'));
  }

  /** As whoever has that run folder sees it. */
  topologyIn(runFolder: string): Topology {
    const spec = parseTopologySpec(readFileSync(this.topologyFile, 'utf8'), this.topologyFile);
    return resolveTopology(spec, { root: this.folder, runFolder, basePort: this.basePort, ledger: TEST_LEDGER });
  }

  /** Names of the processes that carry its ledger. */
  get ledgerProcesses(): string[] {
    return listLedgerProcesses(this.topology);
  }

  /** What the supervisor says of itself, while it lives. */
  get state(): NetworkState | undefined {
    return readLiveNetwork(this.topology);
  }

  editTopology(edit: (topology: Record<string, unknown>) => object): void {
    const before = existsSync(this.topologyFile) ? (JSON.parse(readFileSync(this.topologyFile, 'utf8')) as Record<string, unknown>) : {};
    writeFileSync(this.topologyFile, JSON.stringify(edit(before)));
  }

  start(verb: string, ...options: readonly string[]): RunningCommand {
    const argv = ['--disable-warning=ExperimentalWarning', CLI, verb, ...this.#place(), ...options];
    // Not Node's own: a test may have set something in what it has of it.
    const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'pipe'], env: process.env });
    this.#leash.watch(child);
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const ended = new Promise<Ended>((resolve) => {
      child.once('exit', (code, signal) => {
        child.stdout.destroy();
        resolve({ code, signal, output });
      });
    });
    return { child, ended, said: () => output };
  }

  async run(verb: string, ...options: readonly string[]): Promise<Ended> {
    if (verb === 'reset') await this.#recorder.record();
    return this.start(verb, ...options).ended;
  }

  /** Runs a verb and returns its JSON lines. */
  async ask(verb: string, ...options: readonly string[]): Promise<{ code: number | null; lines: Record<string, unknown>[] }> {
    const { code, output } = await this.run(verb, '--json', ...options);
    const lines = output.split('\n').filter((line) => line.startsWith('{'));
    return { code, lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
  }

  processOf(name: string): ProcessIdentity {
    const process = this.state?.processes.find((each) => each.name === name)?.process;
    if (process === undefined) throw new Error(`there is no process ${name}`);
    return process;
  }

  /** Every process it runs now, the supervisor among them. */
  listProcesses(): ProcessIdentity[] {
    const { state } = this;
    return state === undefined
      ? []
      : [state.supervisor, ...state.processes.flatMap(({ process }) => (process === undefined ? [] : [process]))];
  }

  /** Ports of the block that somebody listens on. */
  async listBusyPorts(): Promise<number[]> {
    const ports = this.topology.organisations.flatMap((organisation) => Object.values(organisation.ports));
    const busy = await Promise.all(ports.map(isListening));
    return ports.filter((_, index) => busy[index]);
  }

  async remove(): Promise<void> {
    await this.#recorder.record().finally(() => this.run('down'));
    rmSync(this.folder, { recursive: true, force: true });
    this.#ports.release();
    this.#leash.release();
  }

  #place(): string[] {
    return [
      '--topology',
      this.topologyFile,
      '--run-folder',
      join(this.folder, 'run'),
      '--base-port',
      String(this.basePort),
      ...LEDGER_OPTIONS,
    ];
  }
}

export async function until(condition: () => boolean | Promise<boolean>, withinMs = 20_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('the condition did not come true in time');
    await pause(20);
  }
}

export function areGone(processes: readonly ProcessIdentity[]): boolean {
  return !processes.some(isRunning);
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}
