import { randomInt } from 'node:crypto';

/** One turn: the longest pause before the next one in milliseconds, or nothing when the work is done. Never rejects. */
export type TakeTurn = () => Promise<number | undefined>;

interface Work {
  readonly take: TakeTurn;
  nextAt: number;
  pauseMs: number;
  isRunning: boolean;
}

interface Lane {
  busy: number;
  readonly works: Map<string, Work>;
}

export interface TurnsOptions {
  /** Turns taken at once in one lane. */
  readonly perLane: number;
  /** First pause between two turns of the same work; each next one is twice as long. */
  readonly firstPauseMs: number;
  readonly now?: () => number;
}

/**
 * Gives each piece of work its turns until it is done. Lanes are independent of each other, and a pause occupies none, so work that
 * cannot get on delays no other lane and, beyond its turn, nothing in its own.
 */
export class Turns {
  readonly #options: TurnsOptions;
  readonly #now: () => number;
  readonly #lanes = new Map<string, Lane>();
  readonly #running = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #isEnded = false;

  constructor(options: TurnsOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** Adds work under a key that is its own within the lane; work that is there already stays as it is. */
  add(laneName: string, key: string, take: TakeTurn): void {
    const lane = this.#lanes.get(laneName) ?? { busy: 0, works: new Map<string, Work>() };
    this.#lanes.set(laneName, lane);
    if (this.#isEnded || lane.works.has(key)) return;
    lane.works.set(key, { take, nextAt: this.#now(), pauseMs: this.#options.firstPauseMs, isRunning: false });
    this.#fill(laneName, lane);
  }

  /** Ends the pause of a piece of work. */
  wake(laneName: string, key: string): void {
    const lane = this.#lanes.get(laneName);
    const work = lane?.works.get(key);
    if (lane === undefined || work === undefined) return;
    work.nextAt = this.#now();
    this.#fill(laneName, lane);
  }

  /** Resolves when the turns that are being taken are over; no other follows. */
  async stop(): Promise<void> {
    this.#isEnded = true;
    clearTimeout(this.#timer);
    await Promise.all(this.#running);
  }

  #fill(laneName: string, lane: Lane): void {
    while (!this.#isEnded && lane.busy < this.#options.perLane) {
      const next = findDue(lane, this.#now());
      if (next === undefined) break;
      const turn = this.#run(laneName, lane, next).finally(() => this.#running.delete(turn));
      this.#running.add(turn);
    }
    this.#setTimer();
  }

  async #run(laneName: string, lane: Lane, [key, work]: [string, Work]): Promise<void> {
    lane.busy += 1;
    work.isRunning = true;
    work.nextAt = Number.POSITIVE_INFINITY;
    const mostMs = await work.take();
    lane.busy -= 1;
    work.isRunning = false;
    if (mostMs === undefined) lane.works.delete(key);
    else if (work.nextAt === Number.POSITIVE_INFINITY) this.#pause(work, mostMs);
    if (lane.works.size === 0) this.#lanes.delete(laneName);
    this.#fill(laneName, lane);
  }

  #pause(work: Work, mostMs: number): void {
    const pauseMs = Math.min(work.pauseMs, mostMs);
    work.nextAt = this.#now() + randomInt(Math.ceil(pauseMs / 2), pauseMs + 1);
    work.pauseMs = Math.min(work.pauseMs * 2, 3_600_000);
  }

  #setTimer(): void {
    clearTimeout(this.#timer);
    const waiting = [...this.#lanes.values()].filter(({ busy }) => busy < this.#options.perLane);
    const times = waiting.flatMap(({ works }) => [...works.values()].filter(({ isRunning }) => !isRunning).map(({ nextAt }) => nextAt));
    if (this.#isEnded || times.length === 0) return;
    const nextAt = times.reduce((one, other) => Math.min(one, other));
    this.#timer = setTimeout(
      () => {
        for (const [laneName, lane] of this.#lanes) this.#fill(laneName, lane);
      },
      Math.max(1, nextAt - this.#now()),
    );
  }
}

/** The work whose turn came first, so that what fails again and again stands behind what is new. */
function findDue({ works }: Lane, now: number): [string, Work] | undefined {
  let first: [string, Work] | undefined;
  for (const [key, work] of works) {
    if (!work.isRunning && work.nextAt <= now && (first === undefined || work.nextAt < first[1].nextAt)) first = [key, work];
  }
  return first;
}
