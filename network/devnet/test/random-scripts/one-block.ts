/** Lets ordering pause and go on. */
export interface Ordering {
  pause(): void | Promise<void>;
  resume(): void | Promise<void>;
}

/** Has everything that a work submits ordered in one block. Works that come at the same time share the pause, so that nobody waits long. */
export class OneBlock {
  #waiting: Waiting[] = [];
  #running = false;

  constructor(readonly ordering: Ordering) {}

  run<T>(work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ work: () => work().then(resolve, reject), fail: reject });
      void this.#serve();
    });
  }

  async #serve(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    while (this.#waiting.length > 0) await this.#order(this.#waiting.splice(0, MOST));
    this.#running = false;
  }

  async #order(works: readonly Waiting[]): Promise<void> {
    try {
      await this.ordering.pause();
      await Promise.all(works.map(({ work }) => work()));
      await this.ordering.resume();
      // Whatever is due is cut before the next pause.
      await new Promise((resolve) => setTimeout(resolve, 25));
    } catch (error) {
      for (const { fail } of works) fail(error);
    }
  }
}

interface Waiting {
  readonly work: () => Promise<void>;
  /** For whoever waits for the work, where ordering itself failed. */
  readonly fail: (error: unknown) => void;
}

/** Few enough for one block, beside what others submit meanwhile. */
const MOST = 8;
