import { execFileSync } from 'node:child_process';
import type { Topology } from '@medaccord/network';
import { askNetwork } from '../../../../network/src/deployment';
import { readNodes, type NodeReport, type OrdererFacts } from '../../../../network/src/operations';
import { until, type CommandedNetwork } from './commanded-network';
import { topologyOf } from './prove-chains';

/** The supervisor gives up after five deaths in a row, within ten seconds. */
const GIVEN_UP_WITHIN_MS = 40_000;

/** What can happen to the processes of a network on Fabric, and the ways back. */
export class FabricFaults {
  readonly topology: Topology;
  readonly #network: CommandedNetwork;

  constructor(network: CommandedNetwork) {
    this.#network = network;
    this.topology = topologyOf(network);
  }

  /** kill -9; the supervisor starts it again. Resolves when it runs again, whatever that takes. */
  async kill(name: string): Promise<void> {
    const { restarts } = this.#processOf(name);
    if (!this.#network.killHard(name)) throw new Error(`${name} does not run`);
    await until(`${name} is started again`, () => this.#processOf(name).restarts > restarts && this.#processOf(name).state === 'ready');
  }

  /** kill -9 as often as it comes back, until the supervisor gives it up. */
  async keepDown(...names: readonly string[]): Promise<void> {
    await this.#untilGivenUp(names, (name) => this.#network.killHard(name));
  }

  /** Starts what was given up. */
  async restart(name: string): Promise<void> {
    await askNetwork(this.topology, 'restart', name);
  }

  /** What an operator does when the cause is gone: starts what was given up. Resolves when all nodes are in office again. */
  async revive(...names: readonly string[]): Promise<void> {
    await Promise.all(names.map((name) => this.restart(name)));
    await this.untilInOffice();
  }

  /** Starts whatever was given up, if anything was. */
  async reviveAll(): Promise<void> {
    const down = (this.#network.state?.processes ?? []).filter(({ state }) => state === 'failed');
    await this.revive(...down.map(({ name }) => name));
  }

  /** The whole machine loses power: nothing gets a chance to write or to say anything. */
  killAll(): void {
    const { state } = this.#network;
    if (state === undefined) throw new Error('the network does not run');
    const pids = [state.supervisor, ...state.processes.flatMap(({ process }) => process ?? [])].map(({ pid }) => pid);
    // The warden notices the end of the supervisor and may be faster with some of them.
    for (const pid of pids) signal(pid, 'SIGKILL');
  }

  /** Stops a process between two instructions, its sockets open. Returns what lets it go on. */
  freeze(name: string): () => void {
    const pid = this.#pidOf(name);
    process.kill(pid, 'SIGSTOP');
    return () => process.kill(pid, 'SIGCONT');
  }

  /**
   * No file of a process may grow from now on (RLIMIT_FSIZE of 0, which needs no privileges): as on a full disk every write of data fails, with
   * EFBIG in the place of ENOSPC. A successor of the process meets the same disk, until the supervisor gives it up.
   */
  async fillDisk(name: string): Promise<void> {
    const full = new Set<number>();
    await this.#untilGivenUp([name], () => {
      const pid = this.#processOf(name).process?.pid;
      if (pid === undefined || full.has(pid)) return;
      full.add(pid);
      limitFiles(pid);
    });
  }

  /** Every node answers; every peer knows all others; every orderer takes part under one leader. */
  async untilInOffice(): Promise<void> {
    const others = this.topology.organisations.length - 1;
    await until('every process is there', () => this.#network.isWhole);
    await until('every node is in office', async () => {
      const nodes = await this.readNodes();
      const leaders = new Set(nodes.flatMap((node) => (node.kind === 'orderer' ? [node.leaderId] : [])));
      return leaders.size === 1 && !leaders.has(undefined) && nodes.every((node) => isInOffice(node, others));
    });
  }

  readNodes(): Promise<NodeReport[]> {
    return readNodes(this.topology);
  }

  /** Number of blocks that a peer has. */
  async heightAt(member: string): Promise<number> {
    return heightOf((await this.readNodes()).find(({ name }) => name === `peer-${member}`)) ?? 0;
  }

  /** Number of blocks that all peers have which answer. */
  async readCommonHeight(): Promise<number> {
    let heights: (number | undefined)[] = [];
    await until('all peers that answer have the same blocks', async () => {
      heights = (await this.readNodes()).filter(({ kind }) => kind === 'peer').map(heightOf);
      return new Set(heights).size === 1;
    });
    return heights[0] ?? 0;
  }

  /** Processes of the orderers, the leader's first. */
  async listOrderers(): Promise<string[]> {
    const orderers = (await this.readNodes()).filter((node): node is OrdererFacts => node.kind === 'orderer');
    return orderers.toSorted((one, other) => Number(other.isLeader) - Number(one.isLeader)).map(({ name }) => name);
  }

  async #untilGivenUp(names: readonly string[], trouble: (name: string) => void): Promise<void> {
    const left = (): string[] => names.filter((name) => this.#processOf(name).state !== 'failed');
    await until(
      `given up: ${names.join(', ')}`,
      () => {
        left().forEach(trouble);
        return left().length === 0;
      },
      GIVEN_UP_WITHIN_MS,
    );
  }

  #pidOf(name: string): number {
    const { process } = this.#processOf(name);
    if (process === undefined) throw new Error(`${name} does not run`);
    return process.pid;
  }

  #processOf(name: string): NonNullable<ReturnType<CommandedNetwork['processOf']>> {
    const found = this.#network.processOf(name);
    if (found === undefined) throw new Error(`there is no process ${name}`);
    return found;
  }
}

/** util-linux: the soft limit only, as whoever runs the process may. */
function limitFiles(pid: number): void {
  try {
    execFileSync('prlimit', ['--pid', String(pid), '--fsize=0:'], { stdio: 'ignore' });
  } catch (error) {
    if (isThere(pid)) throw error;
  }
}

/** Does nothing where there is no such process any more. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (isThere(pid)) throw error;
  }
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function isInOffice(node: NodeReport, others: number): boolean {
  if (node.kind === 'silent') return false;
  return node.kind === 'peer' ? node.knownPeers === others : node.isActive && node.isConsenter;
}

function heightOf(node: NodeReport | undefined): number | undefined {
  return node === undefined || node.kind === 'silent' ? undefined : node.height;
}
