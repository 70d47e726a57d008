import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { callControl, controlFile, type ControlAddress } from '@medaccord/devnet';
import { findFreePorts, loadTopology, Network, type Organisation, type Topology } from '@medaccord/network';
import type { PrivateJwk } from '../../src/crypto';
import { Door } from './door';
import { waitFor } from './test-consortium';

const root = join(__dirname, '../../..');

/** A gateway that runs as a process of its own. */
export class RunningGateway extends Door {
  readonly mspId: string;
  readonly url: string;

  constructor(readonly organisation: Organisation) {
    super();
    this.mspId = organisation.mspId;
    this.url = organisation.endpoints.gateway;
  }

  get data(): string {
    return this.organisation.gatewayData;
  }

  readTokenKey(): PrivateJwk {
    return JSON.parse(readFileSync(join(this.data, 'keys', 'token.json'), 'utf8')) as PrivateJwk;
  }
}

/** The real consortium of the default topology, as processes, on free ports and in a folder of its own. */
export class RunningNetwork {
  readonly folder = mkdtempSync(join(tmpdir(), 'medaccord-int-'));
  readonly #ports: Awaited<ReturnType<typeof findFreePorts>>;
  readonly topology: Topology;
  #network: Network;
  readonly #own = new Map<string, ChildProcess>();

  private constructor(ports: Awaited<ReturnType<typeof findFreePorts>>) {
    this.#ports = ports;
    this.topology = loadTopology(join(root, 'network/topologies/default.json'), {
      root,
      runFolder: join(this.folder, 'run'),
      basePort: ports.base,
    });
    this.#network = this.#newNetwork();
  }

  static async start(): Promise<RunningNetwork> {
    const network = new RunningNetwork(await findFreePorts());
    await network.#network.start();
    return network;
  }

  gateway(mspId: string): RunningGateway {
    const organisation = this.topology.organisations.find((one) => one.mspId === mspId);
    if (organisation === undefined) throw new Error(`no organisation ${mspId}`);
    return new RunningGateway(organisation);
  }

  /** The MSP ids of the members with a role, in the topology's order. */
  membersOf(role: string): readonly string[] {
    return this.topology.organisations.filter((one) => one.role === role).map(({ mspId }) => mspId);
  }

  pidOf(name: string): number {
    const pid = this.#own.get(name)?.pid ?? this.#network.state.processes.find((one) => one.name === name)?.process?.pid;
    if (pid === undefined) throw new Error(`${name} does not run`);
    return pid;
  }

  /** Ends a process at once, as a crash would; its successor comes by itself. */
  kill(name: string, signal: NodeJS.Signals = 'SIGKILL'): void {
    process.kill(this.pidOf(name), signal);
  }

  /** Kills a gateway and waits until its successor answers. */
  async restartGateway(mspId: string, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const name = this.#gatewayName(mspId);
    const before = this.pidOf(name);
    this.kill(name, signal);
    await waitFor(() => this.#isRestarted(mspId, before), 20_000);
    await this.untilReady(mspId);
  }

  killGateway(mspId: string): void {
    this.kill(this.#gatewayName(mspId));
  }

  #isRestarted(mspId: string, before: number): boolean {
    this.#keepUp(mspId);
    const name = this.#gatewayName(mspId);
    const own = this.#own.get(name);
    const supervised = this.#network.state.processes.find((one) => one.name === name);
    const pid = own?.pid ?? supervised?.process?.pid;
    return pid !== undefined && pid !== before;
  }

  #spawn(mspId: string): ChildProcess {
    const { organisation } = this.gateway(mspId);
    const log = openSync(join(this.topology.paths.logs, `gateway-${organisation.name}.log`), 'a');
    const env = { PATH: process.env.PATH, MEDACCORD_CONNECTION: organisation.connection };
    return spawn(process.execPath, ['--disable-warning=ExperimentalWarning', join(root, 'gateway/dist/main.js')], {
      env,
      stdio: ['ignore', log, log],
    });
  }

  async untilReady(mspId: string): Promise<void> {
    const { url } = this.gateway(mspId);
    const isReady = (): Promise<boolean> =>
      fetch(`${url}/readyz`).then(
        ({ status }) => status === 200,
        () => false,
      );
    await waitFor(() => {
      this.#keepUp(mspId);
      return isReady();
    }, 40_000);
  }

  /** The supervisor gives a process up that dies too often in a short time; from then on the test starts it. */
  #keepUp(mspId: string): void {
    const name = this.#gatewayName(mspId);
    const own = this.#own.get(name);
    const isGivenUp = own === undefined && this.#network.state.processes.find((one) => one.name === name)?.state === 'failed';
    if (isGivenUp || (own !== undefined && (own.exitCode !== null || own.signalCode !== null))) this.#own.set(name, this.#spawn(mspId));
  }

  /** One of the devnet's verbs or test switches. */
  async control(verb: string, args: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    const address = JSON.parse(readFileSync(controlFile(this.topology.paths.ledger), 'utf8')) as ControlAddress;
    return callControl(address, verb, args);
  }

  /** Stops everything and starts it again on what is there. */
  async restart(between: () => void = () => undefined): Promise<void> {
    await this.#stopOwn();
    await this.#network.stop();
    between();
    this.#network = this.#newNetwork();
    await this.#network.start();
  }

  async stop(): Promise<void> {
    await this.#stopOwn();
    await this.#network.stop();
    this.#ports.release();
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #stopOwn(): Promise<void> {
    const children = [...this.#own.values()];
    this.#own.clear();
    await Promise.all(
      children.map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        child.kill('SIGTERM');
        await new Promise((resolve) => child.once('exit', resolve));
      }),
    );
  }

  #gatewayName(mspId: string): string {
    return `gateway-${this.gateway(mspId).organisation.name}`;
  }

  #newNetwork(): Network {
    const environment = Object.fromEntries(
      Object.entries({ PATH: process.env.PATH, HOME: this.folder, TMPDIR: this.folder }).map(([name, value]) => [name, value ?? '']),
    );
    return new Network(this.topology, { platform: { node: process.execPath, environment }, testSwitches: true });
  }
}
