import type { ClaimEvent, EventPlace, Facts } from '../store';

/** Events that are read at once. */
const atOnce = 100;

interface Wait {
  readonly most: number;
  readonly waitMs: number;
  /** Aborted when nobody waits any more. */
  readonly gone?: AbortSignal | undefined;
}

/** Tells of the steps of claims as the read model takes them in. */
export class ClaimFeed {
  readonly #facts: Pick<Facts, 'claimEvents'>;
  readonly #waiting = new Set<() => void>();
  #isEnding = false;

  constructor(facts: Pick<Facts, 'claimEvents'>) {
    this.#facts = facts;
  }

  onBlock(): void {
    for (const wake of [...this.#waiting]) wake();
  }

  /** Ends all that follow or wait. */
  stop(): void {
    this.#isEnding = true;
    this.onBlock();
  }

  /** Those after a place as they come, until the gateway stops or `gone` is aborted; after each pause without any an empty list. */
  async *follow(
    place: EventPlace,
    { pauseMs, gone }: { readonly pauseMs: number; readonly gone: AbortSignal },
  ): AsyncGenerator<readonly ClaimEvent[], void> {
    let after = place;
    while (!this.#isEnding && !gone.aborted) {
      const events = await this.read(after, { most: atOnce, waitMs: pauseMs, gone });
      after = events.at(-1) ?? after;
      yield events;
    }
  }

  /** Those after a place, waited for if there are none yet. */
  async read(after: EventPlace, { most, waitMs, gone }: Wait): Promise<readonly ClaimEvent[]> {
    const ends = Date.now() + waitMs;
    for (;;) {
      const events = this.#facts.claimEvents.list(after, most);
      const leftMs = ends - Date.now();
      if (events.length > 0 || leftMs <= 0 || this.#isEnding || gone?.aborted === true) return events;
      await this.#nextBlock(leftMs, gone);
    }
  }

  #nextBlock(withinMs: number, gone: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        gone?.removeEventListener('abort', done);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, withinMs);
      gone?.addEventListener('abort', done);
      this.#waiting.add(done);
    });
  }
}
