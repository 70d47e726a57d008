import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
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

  private constructor(ports: Awaited<ReturnType<typeof findFreePorts>>) {
    this.#ports = ports;
    this.topology = loadTopology(join(root, 'network/topologies/default.json'), { root, runFolder: join(this.folder, 'run'), basePort: ports.base });
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
    const pid = this.#network.state.processes.find((one) => one.name === name)?.process?.pid;
    if (pid === undefined) throw new Error(`${name} does not run`);
    return pid;
  }

  /** Ends a process at once, as a crash would; the supervisor starts it again. */
  kill(name: string): void {
    process.kill(this.pidOf(name), 'SIGKILL');
  }

  /** Kills a gateway and waits until its successor answers. */
  async restartGateway(mspId: string, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const name = this.#gatewayName(mspId);
    const before = this.pidOf(name);
    process.kill(before, signal);
    await waitFor(() => this.#network.state.processes.some((one) => one.name === name && one.process !== undefined && one.process.pid !== before), 20_000);
    await this.untilReady(mspId);
  }

  killGateway(mspId: string): void {
    this.kill(this.#gatewayName(mspId));
  }

  async untilReady(mspId: string): Promise<void> {
    const { url } = this.gateway(mspId);
    await waitFor(
      () =>
        fetch(`${url}/readyz`).then(
          ({ status }) => status === 200,
          () => false,
        ),
      40_000,
    );
  }

  /** One of the devnet's verbs or test switches. */
  async control(verb: string, args: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    const address = JSON.parse(readFileSync(controlFile(this.topology.paths.ledger), 'utf8')) as ControlAddress;
    return callControl(address, verb, args);
  }

  /** Stops everything and starts it again on what is there. */
  async restart(between: () => void = () => undefined): Promise<void> {
    await this.#network.stop();
    between();
    this.#network = this.#newNetwork();
    await this.#network.start();
  }

  async stop(): Promise<void> {
    await this.#network.stop();
    this.#ports.release();
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #gatewayName(mspId: string): string {
    return `gateway-${this.gateway(mspId).organisation.name}`;
  }

  #newNetwork(): Network {
    const environment = Object.fromEntries(Object.entries({ PATH: process.env.PATH, HOME: this.folder, TMPDIR: this.folder }).map(([name, value]) => [name, value ?? '']));
    return new Network(this.topology, { platform: { node: process.execPath, environment }, testSwitches: true });
  }
}
