import { newError } from '../problem';
import type { SignInTable } from '../store';

/** Whose attempts are counted: a name, whether or not it has an account, and the address that they come from. */
export interface Attempt {
  readonly userName: string;
  readonly address: string;
}

/** Wrong attempts without a pause; after that the pause doubles with each. */
const free = { account: 5, address: 20 } as const;
const firstPauseMs = 1000;
const longestPauseMs = 15 * 60_000;
/** When all is forgotten. */
const keptSeconds = 24 * 3600;
const kind = 'Attempts';

interface Count {
  readonly failures: number;
  readonly at: number;
}

/** Growing pauses after wrong attempts, per account and per address. */
export class Attempts {
  readonly #table: SignInTable;
  readonly #now: () => number;

  constructor(table: SignInTable, now: () => number) {
    this.#table = table;
    this.#now = now;
  }

  /**
   * Counts an attempt before it is looked at, as a wrong one: many at once are as many.
   * @throws CodedError SIGN_IN_PAUSED with `retryAfterSeconds`
   */
  begin(attempt: Attempt): void {
    const counts = keysOf(attempt).map(({ key, most }) => ({ key, most, count: this.#find(key) }));
    const waitMs = Math.max(...counts.map(({ most, count }) => count.at + pauseMs(count.failures - most) - this.#now()));
    if (waitMs > 0) {
      const retryAfterSeconds = Math.ceil(waitMs / 1000);
      throw newError('SIGN_IN_PAUSED', 'Too many attempts; wait as long as Retry-After says', { details: { retryAfterSeconds } });
    }
    for (const { key, count } of counts) this.#save(key, { failures: count.failures + 1, at: this.#now() });
  }

  /** The attempt was right: the account starts anew; of the address only this attempt is taken back. */
  succeed(attempt: Attempt): void {
    const [account, address] = keysOf(attempt);
    this.#table.remove(kind, account.key);
    const { failures, at } = this.#find(address.key);
    this.#save(address.key, { failures: Math.max(0, failures - 1), at });
  }

  #find(key: string): Count {
    const { failures = 0, at = 0 } = (this.#table.find(kind, key) ?? {}) as Partial<Count>;
    return { failures, at };
  }

  #save(key: string, count: Count): void {
    this.#table.save(kind, key, { ...count }, { seconds: keptSeconds });
  }
}

function keysOf({ userName, address }: Attempt): [{ key: string; most: number }, { key: string; most: number }] {
  return [
    { key: `account ${userName}`, most: free.account },
    { key: `address ${address}`, most: free.address },
  ];
}

function pauseMs(tooMany: number): number {
  return tooMany < 0 ? 0 : Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(tooMany, 20));
}
