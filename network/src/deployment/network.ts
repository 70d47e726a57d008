import { setTimeout as pause } from 'node:timers/promises';
import {
  LEDGER_ENGINES,
  submitFirstTransactions,
  type BuiltChaincode,
  type ChaincodePort,
  type Deployment,
  type FabricSurroundings,
  type LedgerEngine,
  type NodeHeight,
} from '../ledger';
import { Supervisor, assertPortsFree, type Platform, type ProcessEvent, type ProcessSpec } from '../process';
import { listHere, type Organisation, type Topology } from '../topology';
import { readBuiltChaincode } from './built-chaincode';
import { readDeploymentRecord, writeDeploymentRecord } from './deployment-record';
import { DeploymentError } from './deployment-error';
import { endLeftovers } from './end-leftovers';
import { assertWhole, findJoining, withoutOrderers } from './find-joining';
import { handOutDocuments } from './hand-out-documents';
import { joinOrderers, joinOrganisations, type Growth, type RunningNetwork } from './join-organisations';
import { assertMachineSuffices } from './machine-needs';
import { newCaProcess, newChaincodeProcess, newGatewayProcesses } from './network-processes';
import {
  listAddresses,
  newNetworkState,
  removeNetworkState,
  writeNetworkState,
  type NetworkPhase,
  type NetworkState,
} from './network-state';
import { assertAsWished, type ReleaseWish } from './release-wish';
import { openRunFolder } from './run-folder';
import { Turns } from './turns';
import { watchForStalls, type WatchedNetwork } from './watch-for-stalls';

/** Something done on the way up, for whoever watches. */
export interface Step {
  readonly title: string;
  readonly detail?: string;
  readonly ms: number;
}

export interface NetworkOptions {
  readonly platform: Platform;
  /** Where Fabric's binaries may be; nowhere without. */
  readonly fabric?: FabricSurroundings;
  /** Lets tests make the ledger misbehave; default false. */
  readonly testSwitches?: boolean;
  readonly onStep?: (step: Step) => void;
  readonly onEvent?: (event: ProcessEvent) => void;
  /** What takes long, in words. */
  readonly onNote?: (text: string) => void;
}

const NOWHERE: FabricSurroundings = { folder: undefined, path: [], cache: '', archive: undefined, sha256: undefined };

/** What was called under the old definition is answered by then. */
const FINISHES_WITHIN_MS = 2000;

/** What a start found and did. */
export interface StartFacts {
  /** Whether the ledger was there already. */
  readonly resumed: boolean;
  readonly sequence: number;
  /** Lifecycle transactions and first transactions of this start. */
  readonly transactions: readonly string[];
  readonly ms: number;
}

export interface RedeployFacts extends Deployment {
  readonly packageId: string;
}

/** What a join found and did. */
export interface JoinFacts {
  /** Names of the organisations that joined now, and of those whose orderer did. */
  readonly organisations: readonly string[];
  readonly orderers: readonly string[];
  /** Lifecycle transactions. */
  readonly transactions: readonly string[];
  readonly steps: readonly Step[];
  /** Processes that are to be restarted, one after another, to know of all that joined since they started; peers first. */
  readonly outdated: readonly string[];
}

/**
 * One network on this machine, from nothing (or from what an earlier start left, however it ended) to ready, and down again in order.
 * Every step finds out what is there already, so that a start after an interruption goes on where the last one was.
 */
export class Network {
  #topology: Topology;
  readonly #options: NetworkOptions;
  readonly #supervisor: Supervisor;
  #engine: LedgerEngine;
  #state: NetworkState;
  #release: (() => void) | undefined;
  #stopping: Promise<void> | undefined;
  readonly #wanted = new AbortController();
  /** What changes the network: releases, members. */
  readonly #changes = new Turns();
  readonly #restarts = new Turns();
  /** Processes that read of the members when they started, and do not know of the newest. */
  readonly #outdated = new Set<string>();
  /** Where the chaincode runs now. */
  #port: ChaincodePort = 'chaincode';

  constructor(topology: Topology, options: NetworkOptions) {
    this.#topology = topology;
    this.#options = options;
    this.#state = newNetworkState(topology, new Date().toISOString());
    this.#supervisor = new Supervisor({
      logs: topology.paths.logs,
      onChange: (processes) => {
        this.#record({ processes });
      },
      onEvent: (event) => options.onEvent?.(event),
    });
    this.#engine = this.#newEngine(topology);
  }

  /** What it is now: it may have grown since it was started. */
  get topology(): Topology {
    return this.#topology;
  }

  get state(): NetworkState {
    return this.#state;
  }

  /**
   * Brings everything up. On any error everything is stopped again before it is thrown.
   * @throws DeploymentError, ProcessError, LedgerRefusal, AnsweredError, each with `code`, and `hint` where there is one.
   */
  async start(): Promise<StartFacts> {
    const since = Date.now();
    this.#release = openRunFolder(this.#topology);
    try {
      return { ...(await this.#bringUp()), ms: Date.now() - since };
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Puts the chaincode as it is in its folder now in the place of the one that runs, as the next sequence; nothing if it is the same. @throws DeploymentError NOT_BUILT, RELEASE_OTHER */
  redeploy(wish: ReleaseWish = {}): Promise<RedeployFacts> {
    return this.#changes.take(() => this.#redeploy(wish));
  }

  /**
   * Takes in what a topology has in addition to the running network's: organisations at its end, and orderers of members. Nothing where it has
   * nothing more. Calling it again completes what was interrupted, as does a start with that topology.
   * @throws DeploymentError JOIN_IMPOSSIBLE, RELEASE_NOT_DEPLOYED before anything is touched, and whatever keeps the members from joining
   */
  join(next: Topology): Promise<JoinFacts> {
    return this.#changes.take(() => this.#join(next));
  }

  /** Stops one process and starts it again; it reads anew what it reads when it starts. @throws ProcessError PROCESS_UNKNOWN, ... */
  restart(name: string): Promise<void> {
    return this.#restarts.take(async () => {
      await this.#supervisor.restart(name);
      this.#outdated.delete(name);
    });
  }

  /** Stops one process for as long as the work takes, and starts it again. @throws ProcessError PROCESS_UNKNOWN, PROCESS_HELD, ... */
  whileStopped<T>(name: string, work: () => Promise<T>): Promise<T> {
    return this.#supervisor.whileStopped(name, work);
  }

  /** Keeps a process that somebody else started from outliving the network. Returns the function that ends that. */
  guard(pid: number): () => void {
    return this.#supervisor.guard(pid);
  }

  /** Stops everything in order; also in the middle of a start, which then fails with PROCESS_INTERRUPTED. */
  stop(): Promise<void> {
    this.#wanted.abort();
    this.#stopping ??= this.#stopInOrder();
    return this.#stopping;
  }

  /** Ends every process now. */
  kill(): void {
    this.#supervisor.kill();
  }

  async #bringUp(): Promise<Omit<StartFacts, 'ms'>> {
    const { name, folder } = this.#topology.chaincode;
    const chaincode = readBuiltChaincode(folder, name);
    const packageId = this.#engine.packageId(chaincode);
    const gateways = newGatewayProcesses(this.#topology, this.#options.platform);
    assertMachineSuffices(this.#topology, this.#engine.needs);
    await this.#time('what the ledger needs', () => this.#engine.provide());
    await endLeftovers(this.#topology);
    this.#record({ phase: 'starting' });
    const [ca, chaincodes] = [newCaProcess(this.#topology, this.#options.platform), this.#newChaincodeProcesses(packageId, this.#port)];
    const stages = this.#engine.stages();
    const [ground = [], ...floors] = stages;
    await assertPortsFree([ca, ...chaincodes, ...stages.flat(), ...gateways]);
    handOutDocuments(this.#topology);
    // The certificate authorities issue what all others need, so they come first.
    await this.#startStage([ca]);
    await this.#engine.prepare();
    await this.#startStage([...ground, ...chaincodes]);
    for (const floor of floors) await this.#startStage(floor);
    await this.#time('the channel', () => this.#engine.openChannel());
    const facts = await this.#deploy(chaincode);
    await this.#startStage(gateways);
    this.#record({ phase: 'up' });
    void this.#watchForStalls();
    return facts;
  }

  async #watchForStalls(): Promise<void> {
    const { standstill } = this.#engine;
    if (standstill === undefined) return;
    const network: WatchedNetwork = {
      readHeights: () => this.#readHeights(),
      listProcesses: () => this.#supervisor.statuses,
      restart: (name) => this.#changes.take(() => this.restart(name)),
      onEvent: (event) => this.#options.onEvent?.(event),
    };
    await watchForStalls(network, standstill.afterMs, this.#wanted.signal);
  }

  async #readHeights(): Promise<readonly NodeHeight[] | undefined> {
    const isChanging = (): boolean => this.#changes.isTaken || this.#restarts.isTaken;
    const heights = isChanging() ? undefined : await this.#engine.standstill?.readHeights();
    return isChanging() ? undefined : heights;
  }

  async #redeploy(wish: ReleaseWish): Promise<RedeployFacts> {
    const { name, folder } = this.#topology.chaincode;
    const chaincode = readBuiltChaincode(wish.folder ?? folder, name);
    const packageId = this.#engine.packageId(chaincode);
    const record = readDeploymentRecord(this.#topology);
    const isSame = record?.packageId === packageId;
    assertAsWished(wish, { version: chaincode.version, folder: chaincode.folder, sequence: (record?.sequence ?? 0) + (isSame ? 0 : 1) });
    // The processes of the release run from its folder, also when they are started again.
    this.#topology = { ...this.#topology, chaincode: { ...this.#topology.chaincode, folder: chaincode.folder } };
    const deployment = await (isSame ? this.#engine.deploy(chaincode, this.#port) : this.#changeOver(chaincode));
    writeDeploymentRecord(this.#topology, { packageId, sequence: deployment.sequence, first: record?.first ?? [] });
    return { ...deployment, packageId };
  }

  async #join(next: Topology): Promise<JoinFacts> {
    assertWhole(this.#topology);
    const { organisations, orderers } = findJoining(this.#topology, next);
    const present = this.#topology.organisations;
    const steps: Step[] = [];
    const transactions: string[] = [];
    if (organisations.length > 0) {
      const growth = this.#newGrowth(withoutOrderers(next, orderers));
      const deployment = await joinOrganisations(this.#asRunning(steps), growth, organisations);
      transactions.push(...deployment.transactions);
      this.#grow(growth, deployment.sequence);
      if (next.gateway !== undefined) for (const { name } of present) this.#outdated.add(`gateway-${name}`);
    }
    if (orderers.length > 0) {
      const growth = this.#newGrowth(next);
      await joinOrderers(this.#asRunning(steps), growth, { present: this.#topology.organisations, orderers });
      this.#grow(growth);
      for (const { name } of present) if (this.#supervisor.specs.has(`peer-${name}`)) this.#outdated.add(`peer-${name}`);
    }
    const names = (list: readonly Organisation[]): string[] => list.map(({ name }) => name);
    const outdated = [...this.#outdated].sort().reverse();
    return { organisations: names(organisations), orderers: names(orderers), transactions, steps, outdated };
  }

  #asRunning(steps: Step[]): RunningNetwork {
    const { name, folder } = this.#topology.chaincode;
    const chaincode = readBuiltChaincode(folder, name);
    if (readDeploymentRecord(this.#topology)?.packageId !== this.#engine.packageId(chaincode))
      throw new DeploymentError(
        'RELEASE_NOT_DEPLOYED',
        `The chaincode in ${folder} is another than the one that the members run.`,
        'Deploy it first (`deploy`), then repeat the command.',
      );
    const told = steps.push.bind(steps);
    return {
      topology: this.#topology,
      supervisor: this.#supervisor,
      platform: this.#options.platform,
      chaincode,
      port: this.#port,
      onReady: (spec, ms) => told(this.#tell(describeReady(spec, ms))),
      time: async (title, run) => {
        const step = await this.#time(title, run);
        if (step !== undefined) told(step);
      },
    };
  }

  #newGrowth(topology: Topology): Growth {
    return { topology, engine: this.#newEngine(topology) };
  }

  /** From now on the network is this one, also for whoever looks from outside and for the next start. */
  #grow({ topology, engine }: Growth, sequence?: number): void {
    this.#topology = topology;
    this.#engine = engine;
    handOutDocuments(topology);
    const record = readDeploymentRecord(topology);
    if (record !== undefined && sequence !== undefined) writeDeploymentRecord(topology, { ...record, sequence });
    this.#record({ organisations: listAddresses(topology) });
  }

  #newEngine(topology: Topology): LedgerEngine {
    const { platform, fabric = NOWHERE, testSwitches = false, onNote } = this.#options;
    return LEDGER_ENGINES[topology.ledger]({
      topology,
      platform,
      fabric,
      testSwitches,
      ask: (name, question) => this.#supervisor.ask(name, question),
      tell: (text) => onNote?.(text),
      signal: this.#wanted.signal,
    });
  }

  /** Other bytes take the place of those that run; where the ledger can, without a moment in which nobody answers. */
  async #changeOver(chaincode: BuiltChaincode): Promise<Deployment> {
    const packageId = this.#engine.packageId(chaincode);
    if (!this.#engine.upgradesBeside) {
      await this.#supervisor.replace(this.#newChaincodeProcesses(packageId, this.#port));
      return this.#engine.deploy(chaincode, this.#port);
    }
    const port = this.#port === 'chaincode' ? 'chaincodeBeside' : 'chaincode';
    const deployment = await this.#supervisor.exchange(this.#newChaincodeProcesses(packageId, port), async () => {
      const done = await this.#engine.deploy(chaincode, port);
      await pause(FINISHES_WITHIN_MS);
      return done;
    });
    this.#port = port;
    return deployment;
  }

  async #deploy(chaincode: BuiltChaincode): Promise<Omit<StartFacts, 'ms'>> {
    const record = readDeploymentRecord(this.#topology);
    const since = Date.now();
    const { sequence, transactions } = await this.#engine.deploy(chaincode, this.#port);
    const done = transactions.length === 0 ? 'as committed before' : `${String(transactions.length)} lifecycle transactions`;
    this.#tell({ title: 'the chaincode definition', detail: `sequence ${String(sequence)}, ${done}`, ms: Date.now() - since });
    const first = record?.first ?? (await this.#runFirst());
    writeDeploymentRecord(this.#topology, { packageId: this.#engine.packageId(chaincode), sequence, first });
    const submitted = record === undefined ? first.map(({ transactionId }) => transactionId) : [];
    return { resumed: record !== undefined, sequence, transactions: [...transactions, ...submitted] };
  }

  async #runFirst(): ReturnType<typeof submitFirstTransactions> {
    const since = Date.now();
    const first = await submitFirstTransactions(this.#topology);
    const detail = first.map(({ transaction, organisation }) => `${transaction} by ${organisation}`).join(', ');
    if (first.length > 0) this.#tell({ title: 'the first transactions', detail, ms: Date.now() - since });
    return first;
  }

  async #startStage(specs: readonly ProcessSpec[]): Promise<void> {
    await this.#supervisor.startStage(specs, (spec, ms) => this.#tell(describeReady(spec, ms)));
  }

  /** A step is told when it has something to say. */
  async #time(title: string, run: () => Promise<string | undefined>): Promise<Step | undefined> {
    const since = Date.now();
    const detail = await run();
    return detail === undefined ? undefined : this.#tell({ title, detail, ms: Date.now() - since });
  }

  #newChaincodeProcesses(packageId: string, port: ChaincodePort): ProcessSpec[] {
    return listHere(this.#topology).map((each) => newChaincodeProcess(this.#topology, each, { packageId, port }, this.#options.platform));
  }

  #tell(step: Step): Step {
    this.#options.onStep?.(step);
    return step;
  }

  #record(change: Partial<Pick<NetworkState, 'processes' | 'organisations'>> & { phase?: NetworkPhase }): void {
    this.#state = { ...this.#state, ...change };
    if (this.#release !== undefined) writeNetworkState(this.#topology, this.#state);
  }

  async #stopInOrder(): Promise<void> {
    if (this.#release !== undefined) this.#record({ phase: 'stopping' });
    await this.#supervisor.stop();
    if (this.#release === undefined) return;
    removeNetworkState(this.#topology);
    this.#release();
    this.#release = undefined;
  }
}

function describeReady({ title, listens }: ProcessSpec, ms: number): Step {
  return { title, detail: listens.map(({ host, port }) => `${host}:${String(port)}`).join(' '), ms };
}
