import type { PeerLedger, Snapshot } from '../store/ledger';
import type { PeerStore } from '../store/peer-store';
import { newPrivateView, newStateView } from '../store/state-view';
import type { HeldView, VersionedStore } from '../store/versioned-store';

/** A peer's view of the chain, which can be made to lag behind. While it lags, its height is held in both stores. */
export class LaggingPeer implements PeerLedger {
  #behind = 0;
  #visible: number;
  #held: readonly HeldView[] = [];
  constructor(
    private readonly chain: VersionedStore,
    private readonly store: PeerStore,
  ) {
    this.#visible = chain.height;
  }

  get mspId(): string {
    return this.store.mspId;
  }

  get height(): number {
    return this.#visible;
  }

  snapshot(): Snapshot {
    const state = this.chain.hold(this.#visible);
    const privates = this.store.versions.hold(this.#visible);
    return {
      state: newStateView(state, this.#visible),
      privates: newPrivateView(privates),
      release: () => {
        state.release();
        privates.release();
      },
    };
  }

  stage(txId: string, pvt: Uint8Array): void {
    this.store.stage(txId, pvt);
  }

  privateDataOf(block: number): ReadonlyMap<number, Uint8Array> {
    return block < this.#visible ? this.store.privateDataOf(block) : new Map();
  }

  /** From now on the peer shows what was `blocks` blocks ago, without going back behind what it showed already. */
  holdBack(blocks: number): void {
    this.#behind = blocks;
    this.follow();
  }

  /** After each commit. */
  follow(): void {
    this.#visible = Math.max(this.#visible, this.chain.height - this.#behind);
    const before = this.#held;
    this.#held = this.#behind === 0 ? [] : [this.chain.hold(this.#visible), this.store.versions.hold(this.#visible)];
    for (const view of before) view.release();
  }
}
