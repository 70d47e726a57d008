export interface BatchTimes {
  /** Longest time the first waiting message waits. */
  readonly timeoutMs: number;
  /** A batch is cut earlier once nothing arrived for this long; 0: never earlier. */
  readonly idleMs: number;
}

/** Says when a batch has waited long enough: the timeout since its first message, or a pause between arrivals. One timer, however many arrive. */
export class BatchClock {
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;
  #firstAt = 0;
  #lastAt = 0;

  constructor(
    readonly times: BatchTimes,
    readonly onDue: () => void,
  ) {}

  /** A message arrived. */
  tick(): void {
    this.#lastAt = performance.now();
    if (this.#timer !== undefined) return;
    this.#firstAt = this.#lastAt;
    this.#arm();
  }

  /** Nothing more to wait for: due with the next turn of the event loop. */
  due(): void {
    this.#immediate ??= setImmediate(() => this.#fire());
  }

  stop(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
    this.#timer = undefined;
    this.#immediate = undefined;
  }

  #arm(): void {
    const { timeoutMs, idleMs } = this.times;
    const due = idleMs === 0 ? this.#firstAt + timeoutMs : Math.min(this.#firstAt + timeoutMs, this.#lastAt + idleMs);
    this.#timer = setTimeout(() => this.#look(due), Math.max(0, due - performance.now()));
  }

  #look(due: number): void {
    const { timeoutMs, idleMs } = this.times;
    const arrivedMeanwhile = idleMs > 0 && this.#lastAt + idleMs > due;
    if (arrivedMeanwhile && this.#firstAt + timeoutMs > performance.now()) this.#arm();
    else this.#fire();
  }

  #fire(): void {
    this.stop();
    this.onDue();
  }
}
