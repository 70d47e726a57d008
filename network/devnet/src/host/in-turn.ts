import { DevnetError } from '../devnet-error';

/** Runs pieces of work one after another, in the order they were asked for. */
export class InTurn {
  #last: Promise<unknown> = Promise.resolve();
  #ended = false;

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#ended) throw new DevnetError('DEVNET_CLOSED', 'the devnet is closed');
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /** Nothing more is taken; resolves when the rest is done. */
  async end(): Promise<void> {
    this.#ended = true;
    await this.#last;
  }
}
