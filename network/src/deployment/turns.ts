/** Work that must not overlap is done one after another, in the order of asking. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();
  #open = 0;

  /** Whether something is being done, or waits for its turn. */
  get isTaken(): boolean {
    return this.#open > 0;
  }

  take<T>(work: () => Promise<T>): Promise<T> {
    this.#open += 1;
    const turn = this.#last.then(work).finally(() => (this.#open -= 1));
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
