import { setTimeout as delay } from 'node:timers/promises';
import { newError, readCode } from '../problem';
import type { BlockStream, Ledger, LedgerBlock } from '../ledger/ledger';
import { newBackoff } from '../ledger/backoff';
import type { Facts } from './facts';

export interface ProjectorOptions {
  readonly ledger: Pick<Ledger, 'followBlocks' | 'readHeight'>;
  readonly facts: Facts;
  /** Called after a block has been applied; what it throws is reported and stops nothing. */
  readonly onBlock: (block: LedgerBlock) => void;
  readonly onTrouble: (error: unknown) => void;
  /** Takes a block into the read model by calling `apply`, and may measure that. */
  readonly onApply?: (block: LedgerBlock, apply: () => boolean) => boolean;
  /** Without a proof of the height younger than this, nothing is answered. */
  readonly staleAfterMs: number;
  readonly now?: () => number;
}

/** Between two questions for the height, in milliseconds. */
const longestPauseMs = 2_000;

/** Follows the chain into the read model, from its checkpoint on, across every loss of the connection, and knows how fresh it is. */
export class Projector {
  readonly #options: ProjectorOptions;
  readonly #now: () => number;
  readonly #ending = new AbortController();
  #provenAt = Number.NEGATIVE_INFINITY;
  #peerHeight = 0;
  #stream: BlockStream | undefined;
  #waiting = new Set<() => void>();
  #running: Promise<unknown> | undefined;

  constructor(options: ProjectorOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  start(): void {
    this.#running ??= Promise.all([this.#follow(), this.#proveHeight()]);
  }

  async stop(): Promise<void> {
    this.#ending.abort();
    this.#stream?.close();
    this.#wake();
    await this.#running;
  }

  /** Blocks that the own peer had and the read model had not, when the peer last told. */
  get lag(): number {
    return Math.max(0, this.#peerHeight - this.#options.facts.height);
  }

  /** Milliseconds since it was last proven that no block is missing; infinite before the first time. */
  get proofAge(): number {
    return this.#now() - this.#provenAt;
  }

  /** Whether the read model held, not longer ago than the bound, every block that the organisation's peer had. */
  get isFresh(): boolean {
    return this.#now() - this.#provenAt <= this.#options.staleAfterMs;
  }

  /** @throws CodedError READ_MODEL_STALE */
  assertFresh(): void {
    if (!this.isFresh) throw newError('READ_MODEL_STALE', 'The newest state of the ledger is not known here; try again');
  }

  /**
   * Resolves when `block` is in the read model.
   * @throws CodedError READ_MODEL_STALE after `withinMs`
   */
  async waitForBlock(block: number, withinMs = 10_000): Promise<void> {
    const reached = await this.waitFor(() => (this.#options.facts.height > block ? true : undefined), withinMs);
    if (reached === undefined) throw newError('READ_MODEL_STALE', 'The transaction is committed, but not visible here yet');
  }

  /** The first value that `look` finds, looked for after every block and every proof of the height; nothing when the time is over. */
  async waitFor<T>(look: () => T | undefined, withinMs: number): Promise<T | undefined> {
    const ends = this.#now() + withinMs;
    for (;;) {
      const found = look();
      const leftMs = ends - this.#now();
      if (found !== undefined || leftMs <= 0 || this.#ending.signal.aborted) return found;
      await this.#nextBlock(leftMs);
    }
  }

  async #nextBlock(withinMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, withinMs);
      this.#waiting.add(done);
    });
  }

  #wake(): void {
    for (const resolve of [...this.#waiting]) resolve();
  }

  async #follow(): Promise<void> {
    const { ledger, facts, onTrouble } = this.#options;
    let backoff = newBackoff({ firstMs: 50, mostMs: 1_000 });
    while (!this.#ending.signal.aborted) {
      try {
        this.#stream = await ledger.followBlocks(facts.height);
        for await (const block of this.#stream) {
          this.#apply(block);
          backoff = newBackoff({ firstMs: 50, mostMs: 1_000 });
        }
      } catch (error) {
        if (!this.#isEnding()) onTrouble(error);
      }
      this.#stream?.close();
      if (!this.#isEnding()) await backoff.wait();
    }
  }

  #apply(block: LedgerBlock): void {
    const { facts, onBlock, onTrouble } = this.#options;
    const apply = (): boolean => facts.apply(block);
    if (!(this.#options.onApply?.(block, apply) ?? apply())) return;
    try {
      onBlock(block);
    } catch (error) {
      onTrouble(error);
    }
    this.#wake();
  }

  /** Asks the peer for its height again and again; the read model is as fresh as the last answer that it has caught up with. */
  async #proveHeight(): Promise<void> {
    const { ledger, facts, onTrouble, staleAfterMs } = this.#options;
    const heartbeatMs = Math.min(longestPauseMs, staleAfterMs / 4);
    while (!this.#isEnding()) {
      const askedAt = this.#now();
      try {
        const height = await ledger.readHeight();
        this.#peerHeight = height;
        const reached = await this.waitFor(() => (facts.height >= height ? true : undefined), this.#options.staleAfterMs);
        if (reached === true) this.#prove(askedAt);
      } catch (error) {
        if (readCode(error) !== 'LEDGER_UNAVAILABLE') onTrouble(error);
      }
      const pauseMs = this.isFresh ? heartbeatMs : 100;
      await delay(pauseMs, undefined, { signal: this.#ending.signal }).catch(() => undefined);
    }
  }

  #prove(at: number): void {
    this.#provenAt = at;
    this.#wake();
  }

  #isEnding(): boolean {
    return this.#ending.signal.aborted;
  }
}
