import { newError } from '../problem';

/** What a request takes of the gateway: its time and its peer's, or, beyond that, the ledger's. */
export type Lane = 'reads' | 'writes';

export interface AdmissionLimits {
  /** Requests under way at once, by lane. */
  readonly reads: number;
  readonly writes: number;
  /** Requests that wait for their turn, in each lane. */
  readonly waiting: number;
  /** Longest wait for a turn, in milliseconds. */
  readonly waitMs: number;
  /** Requests of one caller that wait or are under way. */
  readonly perCaller: number;
}

/** A request's place among those that are under way. */
export interface Pass {
  /** Waits for something that others do, without keeping anybody from working meanwhile. */
  readonly aside: <T>(wait: () => Promise<T>) => Promise<T>;
  readonly leave: () => void;
}

interface Queued {
  readonly start: () => void;
  readonly refuse: () => void;
}

interface LaneState {
  readonly most: number;
  busy: number;
  readonly queue: Set<Queued>;
}

/**
 * Takes on as many requests as the gateway can serve in time, lets a few more wait for a moment, and refuses the others at once: under any
 * load those that are taken on are answered about as fast as without it.
 */
export class Admission {
  readonly #limits: AdmissionLimits;
  readonly #lanes: Readonly<Record<Lane, LaneState>>;
  readonly #callers = new Map<string, number>();
  readonly #idle = new Set<() => void>();
  #resting = 0;

  constructor(limits: AdmissionLimits) {
    this.#limits = limits;
    this.#lanes = {
      reads: { most: limits.reads, busy: 0, queue: new Set() },
      writes: { most: limits.writes, busy: 0, queue: new Set() },
    };
  }

  /** How many are under way and how many wait, by lane. */
  count(lane: Lane): { readonly busy: number; readonly waiting: number } {
    const { busy, queue } = this.#lanes[lane];
    return { busy, waiting: queue.size };
  }

  /** Cheap enough to be asked before anything else is done for a request. @throws CodedError OVERLOADED */
  assertRoom(lane: Lane): void {
    const { busy, most, queue } = this.#lanes[lane];
    if (busy >= most && queue.size >= this.#limits.waiting) throw overloaded();
  }

  /**
   * Resolves when it is the request's turn; `gone` is aborted when nobody waits for its answer any more.
   * @throws CodedError OVERLOADED, REQUESTS_TOO_MANY
   */
  async enter(lane: Lane, caller: string, gone: AbortSignal): Promise<Pass> {
    const asked = this.#callers.get(caller) ?? 0;
    if (asked >= this.#limits.perCaller)
      throw newError('REQUESTS_TOO_MANY', `At most ${String(this.#limits.perCaller)} requests of one caller are answered at once`);
    this.assertRoom(lane);
    this.#callers.set(caller, asked + 1);
    try {
      await this.#takePlace(this.#lanes[lane], gone);
    } catch (error) {
      this.#forget(caller);
      throw error;
    }
    return this.#newPass(this.#lanes[lane], caller);
  }

  /** Resolves when nothing is under way any more, or after `withinMs`. */
  async drain(withinMs: number): Promise<void> {
    if (this.#callers.size === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, withinMs);
      this.#idle.add(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  async #takePlace(state: LaneState, gone: AbortSignal): Promise<void> {
    if (state.busy < state.most) {
      state.busy += 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const end = (settle: () => void): void => {
        clearTimeout(timer);
        gone.removeEventListener('abort', queued.refuse);
        state.queue.delete(queued);
        settle();
      };
      const queued: Queued = {
        start: () => {
          end(resolve);
        },
        refuse: () => {
          end(() => {
            reject(overloaded());
          });
        },
      };
      const timer = setTimeout(queued.refuse, this.#limits.waitMs);
      gone.addEventListener('abort', queued.refuse);
      state.queue.add(queued);
    });
  }

  #newPass(state: LaneState, caller: string): Pass {
    let isWorking = true;
    let isResting = false;
    const stopWork = (): void => {
      if (isWorking) this.#freePlace(state);
      isWorking = false;
    };
    return {
      aside: (wait) => {
        // Who finds no place aside keeps the one there is: those who only wait are bounded, too.
        if (isWorking && this.#resting < this.#limits.waiting) {
          this.#resting += 1;
          isResting = true;
          stopWork();
        }
        return wait();
      },
      leave: () => {
        stopWork();
        if (isResting) this.#resting -= 1;
        isResting = false;
        this.#forget(caller);
      },
    };
  }

  /** The place goes to whoever has waited longest. */
  #freePlace(state: LaneState): void {
    const [next] = state.queue;
    if (next === undefined) state.busy -= 1;
    else next.start();
  }

  #forget(caller: string): void {
    const left = (this.#callers.get(caller) ?? 1) - 1;
    if (left > 0) this.#callers.set(caller, left);
    else this.#callers.delete(caller);
    if (this.#callers.size > 0) return;
    for (const resolve of this.#idle) resolve();
    this.#idle.clear();
  }
}

function overloaded(): Error {
  return newError('OVERLOADED', 'The gateway has more to do than it can in time; ask again as Retry-After says');
}
