import { join } from 'node:path';
import { assertPortsFree } from './assert-ports-free';
import { ProcessError } from './process-error';
import type { ProcessSpec, RestartPolicy } from './process-spec';
import { DEFAULT_LOG_LIMITS, RotatingLog, type LogLimits } from './rotating-log';
import { SupervisedProcess, type ProcessEvent, type ProcessStatus } from './supervised-process';
import { Warden } from './warden';

export interface SupervisorOptions {
  /** Folder of the log files, one per process: `<name>.log`. */
  readonly logs: string;
  readonly logLimits?: LogLimits;
  readonly restarts?: RestartPolicy;
  /** Called after each change of any process' state. */
  readonly onChange?: (statuses: readonly ProcessStatus[]) => void;
  readonly onEvent?: (event: ProcessEvent) => void;
}

/** Hears of a process that became ready, and how long that took. */
export type OnReady = (spec: ProcessSpec, ms: number) => void;

/**
 * Starts processes in stages and stops them in the opposite order. A stage is what may start at the same time; the order of stages is
 * the order of need. Nothing it started outlives it, also when it is killed itself.
 */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #warden = new Warden();
  readonly #stages: SupervisedProcess[][] = [];
  /** Names of those that are stopped while somebody works on what they keep. */
  readonly #held = new Set<string>();
  #stopping: Promise<void> | undefined;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  get statuses(): readonly ProcessStatus[] {
    return this.#stages.flat().map((supervised) => supervised.status);
  }

  /** What each process was started as, by name. */
  get specs(): ReadonlyMap<string, ProcessSpec> {
    return new Map(this.#stages.flat().map(({ spec }) => [spec.name, spec]));
  }

  /** Whether `stop` was called. */
  get isStopping(): boolean {
    return this.#stopping !== undefined;
  }

  /**
   * Starts one more stage and resolves when all of it is ready; `onReady` hears of each as it happens.
   * @throws ProcessError of the first that failed, after which the caller stops the supervisor.
   */
  async startStage(specs: readonly ProcessSpec[], onReady?: OnReady): Promise<void> {
    this.#assertWanted();
    await assertPortsFree(specs);
    this.#assertWanted();
    const stage = specs.map((spec) => this.#supervise(spec));
    this.#stages.push(stage);
    await startAll(stage, onReady);
  }

  /**
   * Starts more processes in the stage of one that runs. All of them or none: when one fails, the others are stopped and forgotten.
   * @throws ProcessError PROCESS_UNKNOWN, or of the first that failed.
   */
  async startBeside(name: string, specs: readonly ProcessSpec[], onReady?: OnReady): Promise<void> {
    this.#assertWanted();
    await assertPortsFree(specs);
    this.#assertWanted();
    const more = specs.map((spec) => this.#supervise(spec));
    this.#stageOf(this.#find(name)).push(...more);
    try {
      await startAll(more, onReady);
    } catch (error) {
      await this.#retire(more);
      throw error;
    }
  }

  /** Stops processes for good: they belong to the network no longer. */
  async retire(names: readonly string[]): Promise<void> {
    await this.#retire(names.map((name) => this.#find(name)));
  }

  /** Stops the named processes and starts them as the new specifications say, in their old place of the order. */
  async replace(specs: readonly ProcessSpec[]): Promise<void> {
    await Promise.all(
      specs.map(async (spec) => {
        this.#assertWanted();
        const supervised = this.#find(spec.name);
        this.#assertNotHeld(spec.name);
        await supervised.stop();
        this.#assertWanted();
        await supervised.start(spec);
      }),
    );
  }

  /**
   * Starts processes beside those of the same names, and stops the old ones when `meanwhile` has resolved; if it fails, the new ones.
   * @throws ProcessError of the first that did not become ready, or what `meanwhile` throws: the old ones run on then.
   */
  async exchange<T>(specs: readonly ProcessSpec[], meanwhile: () => Promise<T>): Promise<T> {
    this.#assertWanted();
    await assertPortsFree(specs);
    this.#assertWanted();
    const pairs = specs.map((spec) => ({ old: this.#find(spec.name), young: this.#supervise(spec) }));
    for (const { old, young } of pairs) this.#stageOf(old).push(young);
    try {
      await Promise.all(pairs.map(({ young }) => young.start()));
      const result = await meanwhile();
      await this.#retire(pairs.map(({ old }) => old));
      return result;
    } catch (error) {
      await this.#retire(pairs.map(({ young }) => young));
      throw error;
    }
  }

  /**
   * Stops a process and starts it again as it was; resolves when it is ready.
   * @throws ProcessError PROCESS_UNKNOWN, or why it did not become ready again.
   */
  async restart(name: string): Promise<void> {
    await this.replace([this.#find(name).spec]);
  }

  /**
   * Stops a process, works, and starts it again as it was, also when the work fails. Meanwhile nobody else can start it.
   * @throws ProcessError PROCESS_UNKNOWN, PROCESS_HELD, or why it did not become ready again; what the work throws.
   */
  async whileStopped<T>(name: string, work: () => Promise<T>): Promise<T> {
    this.#assertWanted();
    const supervised = this.#find(name);
    this.#assertNotHeld(name);
    this.#held.add(name);
    try {
      await supervised.stop();
      return await work();
    } finally {
      this.#held.delete(name);
      if (!this.isStopping) await supervised.start();
    }
  }

  /** Asks a process that talks. @throws ProcessError PROCESS_UNKNOWN or PROCESS_UNREACHABLE; AnsweredError. */
  async ask(name: string, body: unknown): Promise<unknown> {
    return this.#find(name).ask(body);
  }

  /** Holds a process that somebody else started, so that it does not outlive the supervisor either. Returns the function that ends that. */
  guard(pid: number): () => void {
    this.#warden.hold(pid);
    return () => {
      this.#warden.release(pid);
    };
  }

  /** Stops everything, last stage first. Calling it again waits for the same stop. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopInOrder();
    return this.#stopping;
  }

  /** Ends everything now; `stop` still has to be awaited. */
  kill(): void {
    for (const supervised of this.#stages.flat()) supervised.kill();
  }

  async #stopInOrder(): Promise<void> {
    for (const stage of this.#stages.toReversed()) {
      await Promise.all(stage.map((supervised) => supervised.stop()));
    }
    await this.#warden.close();
  }

  async #retire(leaving: readonly SupervisedProcess[]): Promise<void> {
    await Promise.all(leaving.map((supervised) => supervised.stop()));
    for (const supervised of leaving) {
      const stage = this.#stageOf(supervised);
      stage.splice(stage.indexOf(supervised), 1);
    }
    this.#options.onChange?.(this.statuses);
  }

  #stageOf(supervised: SupervisedProcess): SupervisedProcess[] {
    const stage = this.#stages.find((each) => each.includes(supervised));
    if (stage === undefined) throw new Error('A supervised process belongs to a stage');
    return stage;
  }

  #supervise(spec: ProcessSpec): SupervisedProcess {
    const { logs, logLimits = DEFAULT_LOG_LIMITS, restarts, onChange, onEvent } = this.#options;
    return new SupervisedProcess(spec, {
      warden: this.#warden,
      log: new RotatingLog(join(logs, `${spec.name}.log`), logLimits),
      ...(restarts === undefined ? {} : { restarts }),
      onChange: () => onChange?.(this.statuses),
      onEvent: (event) => onEvent?.(event),
    });
  }

  #find(name: string): SupervisedProcess {
    const supervised = this.#stages.flat().find((each) => each.spec.name === name);
    if (supervised !== undefined) return supervised;
    const known = this.statuses.map((status) => status.name).join(', ');
    throw new ProcessError('PROCESS_UNKNOWN', `No process is called ${name}.`, { hint: `Known: ${known}` });
  }

  #assertNotHeld(name: string): void {
    if (!this.#held.has(name)) return;
    const hint = 'It is started again as soon as that is done.';
    throw new ProcessError('PROCESS_HELD', `${name} is stopped while its data is copied.`, { hint });
  }

  #assertWanted(): void {
    if (this.isStopping) throw new ProcessError('PROCESS_INTERRUPTED', 'The network is being stopped.');
  }
}

async function startAll(stage: readonly SupervisedProcess[], onReady?: OnReady): Promise<void> {
  const since = Date.now();
  await Promise.all(stage.map((one) => one.start().then(() => onReady?.(one.spec, Date.now() - since))));
}
