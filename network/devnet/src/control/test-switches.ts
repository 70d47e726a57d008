import { DevnetError } from '../devnet-error';

/** What the switches act on. */
export interface SwitchedParts {
  pauseOrdering(): void;
  resumeOrdering(): void;
  holdBackPeer(mspId: string, blocks: number): void;
  takeDownPeer(mspId: string): void;
  bringUpPeer(mspId: string): Promise<void>;
}

/** Makes a devnet misbehave in ways that a real network does; for tests. Off unless the devnet was started with them. */
export class TestSwitches {
  #lostAnswers = 0;

  constructor(
    readonly parts: SwitchedParts,
    readonly isOn: boolean,
  ) {}

  /** Transactions are accepted and kept; no block comes until `resumeOrdering`. */
  pauseOrdering(): void {
    this.#assertOn();
    this.parts.pauseOrdering();
  }

  resumeOrdering(): void {
    this.#assertOn();
    this.parts.resumeOrdering();
  }

  /** The next `count` submits are accepted, and their clients are told that they failed. */
  loseSubmitAnswer(count = 1): void {
    this.#assertOn();
    this.#lostAnswers = count;
  }

  /** The organisation's peer stays that many blocks behind the ledger; 0 lets it catch up. */
  holdBackPeer(mspId: string, blocks: number): void {
    this.#assertOn();
    this.parts.holdBackPeer(mspId, blocks);
  }

  /** The organisation's endpoint is gone, and its peer endorses nothing, until `bringUpPeer`. */
  takeDownPeer(mspId: string): void {
    this.#assertOn();
    this.parts.takeDownPeer(mspId);
  }

  async bringUpPeer(mspId: string): Promise<void> {
    this.#assertOn();
    await this.parts.bringUpPeer(mspId);
  }

  /** Asked by submit after it accepted a transaction. */
  takeLostAnswer(): boolean {
    if (this.#lostAnswers === 0) return false;
    this.#lostAnswers--;
    return true;
  }

  #assertOn(): void {
    if (!this.isOn)
      throw new DevnetError('DEVNET_SWITCHES_OFF', 'test switches are off; start the devnet with testSwitches: true, in tests only');
  }
}
