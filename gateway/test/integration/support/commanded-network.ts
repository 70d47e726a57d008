import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { findFreePorts } from '@medaccord/network';
import type { PrivateJwk } from '../../../src/crypto';
import { tokenKeyPath } from '../../../src/organisation/organisation-keys';
import type { ConnectionDocument } from '../../../src/config/connection-document';
import { Leash } from '../../../../network/test/support/leash';
import { NetworkRecorder } from '../../../../network/test/support/network-recorder';
import { LEDGER_OPTIONS } from '../../../../network/test/support/test-ledger';
import { Door, type Doors } from '../../support/door';

const ROOT = join(__dirname, '../../../..');
const CLI = join(ROOT, 'network/dist/cli/main.js');
/** As `npm start` gives them. */
const OPTIONS = ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=4'];

export type Line = Readonly<Record<string, unknown>> & { readonly step: string; readonly ok: boolean };

export interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly lines: readonly Line[];
}

/** A command of the network that runs. */
export interface RunningCommand {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** The JSON lines that it has printed so far. */
  lines(): readonly Line[];
}

interface Identity {
  readonly pid: number;
  readonly startTicks?: number;
}

export interface ProcessLine {
  readonly name: string;
  readonly state: string;
  readonly process?: Identity;
  readonly restarts: number;
  readonly readySince?: number;
}

interface Supervisor {
  readonly supervisor: Identity;
  readonly phase: string;
  readonly processes: readonly ProcessLine[];
}

/** A gateway of the network, known by its organisation's connection document. */
export class CommandedGateway extends Door {
  readonly mspId: string;
  readonly url: string;

  constructor(readonly connection: ConnectionDocument) {
    super();
    this.mspId = connection.organisation.mspId;
    this.url = `http://${connection.listen.host}:${String(connection.listen.port)}`;
  }

  readTokenKey(): PrivateJwk {
    return JSON.parse(readFileSync(tokenKeyPath(join(this.connection.data, 'keys')), 'utf8')) as PrivateJwk;
  }
}

/**
 * A whole consortium of one test, moved by the command line alone: real processes, free ports, a run folder and a folder for temporary
 * files that both go away with it.
 */
export class CommandedNetwork implements Doors {
  /** Every process of the network that was ever seen. */
  readonly seen = new Map<number, Identity>();
  readonly #watch: NodeJS.Timeout;
  readonly #leash: Leash;
  readonly #recorder: NetworkRecorder;

  private constructor(
    readonly folder: string,
    readonly topologyFile: string,
    readonly basePort: number,
    readonly releasePorts: () => void,
  ) {
    mkdirSync(this.temporary);
    this.#leash = new Leash(folder, [process.execPath, CLI, 'down', ...this.#place()]);
    this.#recorder = new NetworkRecorder(this.run, (verb, ...options) => this.start(verb, ...options).ended);
    this.#watch = setInterval(() => this.#look(), 20);
    this.#watch.unref();
  }

  static async create(topology = 'default.json'): Promise<CommandedNetwork> {
    const { base, release } = await findFreePorts();
    const folder = mkdtempSync(join(tmpdir(), 'medaccord-'));
    return new CommandedNetwork(folder, join(ROOT, 'network/topologies', topology), base, release);
  }

  get run(): string {
    return join(this.folder, 'run');
  }

  /** TMPDIR of all its processes. */
  get temporary(): string {
    return join(this.folder, 'tmp');
  }

  /** What the supervisor wrote last; undefined when it ended in order. */
  get state(): Supervisor | undefined {
    try {
      return JSON.parse(readFileSync(join(this.run, 'supervisor.json'), 'utf8')) as Supervisor;
    } catch {
      return undefined;
    }
  }

  start(verb: string, ...options: readonly string[]): RunningCommand {
    const argv = [...OPTIONS, CLI, verb, ...this.#place(), '--json', ...options];
    const child = spawn(process.execPath, argv, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, TMPDIR: this.temporary },
      // As in a terminal: Ctrl-C reaches the command and everything it shares its group with.
      detached: true,
    });
    this.watch(child);
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const lines = (): Line[] => parseLines(output);
    const ended = new Promise<Ended>((resolve) => {
      child.once('exit', (code) => {
        // Whoever still holds the pipe was not waited for: the command itself has ended.
        setImmediate(() => resolve({ code, output, lines: lines() }));
      });
    });
    return { child, ended, lines };
  }

  /** Ends a command of this network, should the test be interrupted. */
  watch(child: ChildProcess): void {
    this.#leash.watch(child);
  }

  /** Runs a verb to its end. */
  async ask(verb: string, ...options: readonly string[]): Promise<Ended> {
    if (verb === 'reset') await this.#recorder.record();
    return this.start(verb, ...options).ended;
  }

  /** In the background, ready. @throws Error with what it said instead */
  async up(): Promise<void> {
    const { code, output } = await this.ask('up');
    if (code !== 0) throw new Error(`The network did not come up (${String(code)}): ${output}`);
  }

  /** Its members, in the topology's order. */
  get gateways(): CommandedGateway[] {
    const folder = join(this.run, 'organisations');
    const documents = readdirSync(folder).map(
      (name) => JSON.parse(readFileSync(join(folder, name, 'connection.json'), 'utf8')) as ConnectionDocument,
    );
    const order = documents[0]?.members.map(({ mspId }) => mspId) ?? [];
    const placeOf = ({ organisation }: ConnectionDocument): number => order.indexOf(organisation.mspId);
    return documents.sort((one, other) => placeOf(one) - placeOf(other)).map((document) => new CommandedGateway(document));
  }

  gateway(mspId: string): CommandedGateway {
    const gateway = this.gateways.find((each) => each.mspId === mspId);
    if (gateway === undefined) throw new Error(`there is no gateway of ${mspId}`);
    return gateway;
  }

  processOf(name: string): ProcessLine | undefined {
    return this.state?.processes.find((each) => each.name === name);
  }

  /** Whether every process is there and answers. */
  get isWhole(): boolean {
    return this.state?.processes.every(({ state }) => state === 'ready') ?? false;
  }

  /** Ends a process the hard way. False when it is not there at the moment. */
  killHard(name: string): boolean {
    return this.signal(name, 'SIGKILL');
  }

  /** False when the process is not there at the moment. */
  signal(name: string, signal: NodeJS.Signals): boolean {
    const pid = this.processOf(name)?.process?.pid;
    if (pid === undefined) return false;
    try {
      process.kill(pid, signal);
      return true;
    } catch {
      return false;
    }
  }

  /** Processes of the network that are still there: of all that were ever seen, and of all that were started on its run folder. */
  listSurvivors(): number[] {
    this.#look();
    return [...new Set([...[...this.seen.values()].filter(isAlive).map(({ pid }) => pid), ...findProcessesOf(this.run)])];
  }

  /** Ports of the block that somebody listens on. */
  async listBusyPorts(): Promise<number[]> {
    const ports = Array.from({ length: 100 }, (_, offset) => this.basePort + offset);
    const busy = await Promise.all(ports.map(isListening));
    return ports.filter((_, at) => busy[at]);
  }

  /** The last lines of every log, for a test that failed. */
  readLog(name: string): string {
    return readFileSync(join(this.run, 'logs', `${name}.log`), 'utf8');
  }

  async remove(): Promise<void> {
    clearInterval(this.#watch);
    await this.#recorder.record().finally(() => this.ask('down'));
    rmSync(this.folder, { recursive: true, force: true });
    this.releasePorts();
    this.#leash.release();
  }

  #place(): string[] {
    return ['--topology', this.topologyFile, '--run-folder', this.run, '--base-port', String(this.basePort), ...LEDGER_OPTIONS];
  }

  #look(): void {
    const { state } = this;
    if (state === undefined) return;
    for (const identity of [state.supervisor, ...state.processes.flatMap((each) => each.process ?? [])])
      this.seen.set(identity.pid, identity);
  }
}

/** Waits for a condition, with a deadline. @throws Error that says what was waited for */
export async function until(what: string, condition: () => boolean | Promise<boolean>, withinMs = 60_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`This did not come true in time: ${what}`);
    await pause(20);
  }
}

function parseLines(output: string): Line[] {
  const whole = output.slice(0, output.lastIndexOf('\n') + 1).split('\n');
  return whole.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Line);
}

/** Processes that were given the path, as an argument or in their environment. */
export function findProcessesOf(path: string): number[] {
  const read = (file: string): string => {
    try {
      return readFileSync(file, 'utf8');
    } catch {
      return '';
    }
  };
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => read(`/proc/${pid}/cmdline`).includes(path) || read(`/proc/${pid}/environ`).includes(path))
    .map(Number);
}

/** A zombie is none; neither is a later process with the same number. */
function isAlive({ pid, startTicks }: Identity): boolean {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] !== 'Z' && (startTicks === undefined || Number(fields[19]) === startTicks);
  } catch {
    return false;
  }
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
