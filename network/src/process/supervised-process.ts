import { Conversation } from './conversation';
import { findStatedReason, ProcessError } from './process-error';
import { DEFAULT_RESTARTS, type ProcessSpec, type RestartPolicy } from './process-spec';
import type { ProcessIdentity } from './process-table';
import { observe } from './readiness';
import type { RotatingLog } from './rotating-log';
import { formatExit, runProcess, type Exit, type RunningProcess } from './running-process';
import type { Warden } from './warden';

/** `failed`: it died more often in a row than the restart policy allows. */
export type ProcessState = 'stopped' | 'starting' | 'ready' | 'waiting' | 'failed' | 'stopping';

export interface ProcessStatus {
  readonly name: string;
  readonly title: string;
  readonly state: ProcessState;
  readonly process: ProcessIdentity | undefined;
  readonly restarts: number;
  /** When it became ready, milliseconds since the epoch. */
  readonly readySince: number | undefined;
  readonly log: string;
}

/** What happens to processes without anybody having asked for it. */
export type ProcessEvent =
  /** It was found to stand still; `again`: it is started again for that. */
  | { readonly kind: 'stalled'; readonly title: string; readonly how: string; readonly again: boolean }
  | { readonly kind: 'died'; readonly title: string; readonly how: string; readonly again: boolean }
  | { readonly kind: 'restarted'; readonly title: string; readonly ms: number };

export interface ProcessSurroundings {
  readonly warden: Warden;
  readonly log: RotatingLog;
  readonly restarts?: RestartPolicy;
  onChange(): void;
  onEvent(event: ProcessEvent): void;
}

/** One process through all its lives: started, observed until ready, started again when it dies, stopped. */
export class SupervisedProcess {
  readonly #surroundings: ProcessSurroundings;
  readonly #policy: RestartPolicy;
  #spec: ProcessSpec;
  #state: ProcessState = 'stopped';
  #running: RunningProcess | undefined;
  #conversation: Conversation | undefined;
  #restarts = 0;
  #readySince: number | undefined;
  #wanted = new AbortController();

  constructor(spec: ProcessSpec, surroundings: ProcessSurroundings) {
    this.#spec = spec;
    this.#surroundings = surroundings;
    this.#policy = surroundings.restarts ?? DEFAULT_RESTARTS;
  }

  get spec(): ProcessSpec {
    return this.#spec;
  }

  get status(): ProcessStatus {
    return {
      name: this.#spec.name,
      title: this.#spec.title,
      state: this.#state,
      process: this.#running?.identity,
      restarts: this.#restarts,
      readySince: this.#readySince,
      log: this.#surroundings.log.path,
    };
  }

  /** @throws ProcessError PROCESS_EXITED, PROCESS_NOT_READY, PROCESS_NOT_STARTED, or PROCESS_INTERRUPTED when stopped meanwhile. */
  async start(spec: ProcessSpec = this.#spec): Promise<void> {
    this.#spec = spec;
    this.#wanted = new AbortController();
    const running = await this.#live();
    void this.#watch(running, this.#wanted.signal);
  }

  /** TERM to the group, KILL when the time is over; resolves when nothing of it is left. */
  async stop(): Promise<void> {
    this.#wanted.abort();
    const running = this.#running;
    if (running !== undefined) {
      this.#become('stopping');
      running.signalGroup('SIGTERM');
      const impatience = setTimeout(() => {
        running.signalGroup('SIGKILL');
      }, this.#spec.stopsWithinMs);
      await running.exited;
      clearTimeout(impatience);
    }
    this.#running = undefined;
    this.#become('stopped');
    this.#surroundings.log.close();
  }

  /** Ends it now. */
  kill(): void {
    this.#wanted.abort();
    this.#running?.signalGroup('SIGKILL');
  }

  /** @throws ProcessError PROCESS_UNREACHABLE; AnsweredError when the process answered with an error. */
  ask(body: unknown): Promise<unknown> {
    if (this.#state === 'ready' && this.#conversation !== undefined) return this.#conversation.ask(body);
    const hint = `Look at its state with \`status\` and at ${this.#surroundings.log.path}.`;
    return Promise.reject(new ProcessError('PROCESS_UNREACHABLE', `${this.#spec.title} is not ready.`, { hint }));
  }

  /** One life up to readiness. */
  async #live(): Promise<RunningProcess> {
    const spec = this.#spec;
    const { log, warden } = this.#surroundings;
    log.forgetLines();
    const announced = new AbortController();
    const running = runProcess(spec, warden, (line) => {
      log.write(line);
      if (spec.readiness.kind === 'line' && line.startsWith(spec.readiness.startsWith)) announced.abort();
    });
    this.#running = running;
    this.#conversation = spec.talks ? new Conversation(running.child, spec.title) : undefined;
    this.#become('starting');
    await this.#untilReady(running, announced.signal);
    this.#readySince = Date.now();
    this.#become('ready');
    return running;
  }

  async #untilReady(running: RunningProcess, announced: AbortSignal): Promise<void> {
    const { readiness, readyWithinMs } = this.#spec;
    const over = new AbortController();
    const late = setTimeout(() => {
      over.abort('late');
    }, readyWithinMs);
    const evidence = readiness.kind === 'line' ? aborted(announced) : observe(readiness, over.signal);
    const outcome = await Promise.race([
      evidence.then(() => (over.signal.aborted ? 'late' : 'ready')),
      running.exited,
      aborted(over.signal).then(() => 'late'),
      aborted(this.#wanted.signal).then(() => 'interrupted'),
    ]);
    clearTimeout(late);
    over.abort('done');
    if (outcome === 'ready') return;
    throw await this.#unready(running, outcome as Exit | 'late' | 'interrupted');
  }

  async #unready(running: RunningProcess, outcome: Exit | 'late' | 'interrupted'): Promise<ProcessError> {
    const { title, name, readyWithinMs, readiness } = this.#spec;
    if (outcome === 'interrupted') return new ProcessError('PROCESS_INTERRUPTED', `${title} was stopped while it was starting.`);
    const { log } = this.#surroundings;
    const lastLines = log.lastLines.filter((line) => line.trim() !== '');
    const story = { lastLines, hint: `The whole log: ${log.path}`, reason: findStatedReason(lastLines) };
    if (outcome !== 'late') {
      this.#running = undefined;
      this.#become('failed');
      const why = story.reason === undefined ? '.' : `: ${story.reason.message}`;
      return new ProcessError('PROCESS_EXITED', `${title} (${name}) ended with ${formatExit(outcome)} before it was ready${why}`, story);
    }
    running.signalGroup('SIGKILL');
    await running.exited;
    this.#running = undefined;
    this.#become('failed');
    const awaited = { port: 'its port accepted nothing', http: 'it did not answer 200', line: 'it did not announce itself' }[
      readiness.kind
    ];
    return new ProcessError('PROCESS_NOT_READY', `${title} (${name}) was not ready after ${readyWithinMs} ms: ${awaited}.`, story);
  }

  /** From readiness on: each unasked death is followed by the next life, a bounded number of times in a row. */
  async #watch(first: RunningProcess, wanted: AbortSignal): Promise<void> {
    let running: RunningProcess | undefined = first;
    let triesInARow = 0;
    let how = '';
    const isWanted = (): boolean => !wanted.aborted;
    while (isWanted()) {
      if (running !== undefined) {
        how = formatExit(await running.exited);
        if (!isWanted()) return;
        if (Date.now() - (this.#readySince ?? 0) >= this.#policy.steadyAfterMs) triesInARow = 0;
      }
      this.#running = undefined;
      this.#readySince = undefined;
      const delayMs = this.#policy.delaysMs[triesInARow];
      this.#surroundings.onEvent({ kind: 'died', title: this.#spec.title, how, again: delayMs !== undefined });
      if (delayMs === undefined) {
        this.#become('failed');
        return;
      }
      triesInARow += 1;
      running = await this.#revive(delayMs, wanted, (story) => (how = story));
    }
  }

  async #revive(delayMs: number, wanted: AbortSignal, onFailure: (story: string) => void): Promise<RunningProcess | undefined> {
    const since = Date.now();
    this.#restarts += 1;
    this.#become('waiting');
    await Promise.race([new Promise((resolve) => setTimeout(resolve, delayMs)), aborted(wanted)]);
    if (wanted.aborted) return undefined;
    try {
      const running = await this.#live();
      this.#surroundings.onEvent({ kind: 'restarted', title: this.#spec.title, ms: Date.now() - since });
      return running;
    } catch (error) {
      onFailure((error as Error).message);
      return undefined;
    }
  }

  #become(state: ProcessState): void {
    this.#state = state;
    this.#surroundings.onChange();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else
      signal.addEventListener(
        'abort',
        () => {
          resolve();
        },
        { once: true },
      );
  });
}
