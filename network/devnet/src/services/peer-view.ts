import type { Ledger, TransactionPlace } from '../store/ledger';

/** The chain as one organisation's peer has it: as high as the ledger, or some blocks behind when it is held back. */
export class PeerView {
  readonly #listeners = new Set<() => void>();
  readonly #awaited = new Map<string, Set<(place: TransactionPlace) => void>>();
  #told: number;

  constructor(
    readonly ledger: Ledger,
    readonly mspId: string,
  ) {
    this.#told = this.height;
  }

  /** Number of blocks this peer has. */
  get height(): number {
    return this.ledger.peer(this.mspId)?.height ?? 0;
  }

  /** Serialized common.Block; undefined for a block this peer does not have yet. */
  block(number: number): Uint8Array | undefined {
    return number < this.height ? this.ledger.block(number) : undefined;
  }

  /** Called whenever the peer has got further. Returns the function that ends it. */
  onGrowth(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Called once, when the peer has a transaction of that id. Returns the function that ends the waiting. */
  onTransaction(txId: string, listener: (place: TransactionPlace) => void): () => void {
    const listeners = this.#awaited.get(txId) ?? new Set();
    this.#awaited.set(txId, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#awaited.delete(txId);
    };
  }

  /** Tells everybody who waits if the peer has got further since the last time. txIds: of the newest block, where it is the only new one. */
  refresh(txIds?: readonly string[]): void {
    const { height } = this;
    if (height <= this.#told) return;
    const candidates = txIds !== undefined && height === this.#told + 1 && height === this.ledger.height ? txIds : this.#awaited.keys();
    this.#told = height;
    for (const txId of [...candidates]) this.#tell(txId);
    for (const listener of [...this.#listeners]) listener();
  }

  #tell(txId: string): void {
    const listeners = this.#awaited.get(txId);
    const place = listeners && this.ledger.transaction(txId);
    if (listeners === undefined || place === undefined || place.block >= this.height) return;
    this.#awaited.delete(txId);
    for (const listener of listeners) listener(place);
  }

  /** Resolves when the peer has the block, or when the signal ends the waiting. */
  async reach(number: number, signal: AbortSignal): Promise<void> {
    if (number < this.height || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        stop();
        signal.removeEventListener('abort', done);
        resolve();
      };
      const stop = this.onGrowth(() => {
        if (number < this.height) done();
      });
      signal.addEventListener('abort', done, { once: true });
    });
  }
}
