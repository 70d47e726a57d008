import type { LedgerBlock } from '../ledger/ledger';
import { listStoredRefs } from '../ledger/read-stored';
import { Turns } from '../ledger/turns';
import { indexClaims, type IndexClaimsOptions } from './index-claims';

export interface ClaimFollowerOptions extends IndexClaimsOptions {
  readonly onTrouble: (error: unknown) => void;
}

const name = 'bodies';
/** Longest pauses: while a body has not arrived, and after a trouble. */
const longestPauses = { missing: 60_000, trouble: 15_000 };

/** Indexes the claims of this insurer when their bodies arrive, in each of its gateways. */
export class ClaimFollower {
  readonly #options: ClaimFollowerOptions;
  readonly #turns = new Turns({ perLane: 1, firstPauseMs: 50 });

  constructor(options: ClaimFollowerOptions) {
    this.#options = options;
  }

  onBlock({ transactions }: LedgerBlock): void {
    if (!this.#options.facts.claims.hasUnopened) return;
    this.#turns.add(name, name, () => this.#take());
    if (listStoredRefs(transactions).size > 0) this.#turns.wake(name, name);
  }

  /** Ends after the claims that are being opened; the rest is taken up after the next start. */
  async stop(): Promise<void> {
    await this.#turns.stop();
  }

  /** One try; gives the longest pause before the next, or nothing when every claim is opened. */
  async #take(): Promise<number | undefined> {
    try {
      await indexClaims(this.#options);
      return this.#options.facts.claims.hasUnopened ? longestPauses.missing : undefined;
    } catch (error) {
      this.#options.onTrouble(error);
      return longestPauses.trouble;
    }
  }
}
