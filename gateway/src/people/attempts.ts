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
const keep = { seconds: 24 * 3600 };
const kind = 'Attempts';

interface Count {
  readonly failures: number;
  readonly at: number;
}

interface Key {
  readonly key: string;
  readonly most: number;
}

/** Growing pauses after wrong attempts, per account and per address, counted by all gateways that share the table. */
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
  async begin(attempt: Attempt): Promise<void> {
    const keys = keysOf(attempt);
    // While one pauses, the other is not counted.
    for (const one of keys) this.#assertFree(one, readCount(await this.#table.find(kind, one.key)));
    for (const one of keys)
      await this.#change(one.key, (count) => {
        this.#assertFree(one, count);
        return { failures: count.failures + 1, at: this.#now() };
      });
  }

  /** The attempt was right: the account starts anew; of the address only this attempt is taken back. */
  async succeed(attempt: Attempt): Promise<void> {
    const [account, address] = keysOf(attempt);
    await this.#table.remove(kind, account.key);
    await this.#change(address.key, ({ failures, at }) => ({ failures: Math.max(0, failures - 1), at }));
  }

  #assertFree({ most }: Key, { failures, at }: Count): void {
    const pause = pauseMs(failures - most);
    const waitMs = at + pause - this.#now();
    // Without a pause nobody waits, also where another gateway's clock is ahead.
    if (pause === 0 || waitMs <= 0) return;
    const retryAfterSeconds = Math.ceil(waitMs / 1000);
    throw newError('SIGN_IN_PAUSED', 'Too many attempts; wait as long as Retry-After says', { details: { retryAfterSeconds } });
  }

  #change(key: string, next: (count: Count) => Count): Promise<void> {
    return this.#table.change(kind, key, (before) => ({ ...next(readCount(before)) }), keep);
  }
}

function readCount(value: Partial<Count> | undefined): Count {
  return { failures: value?.failures ?? 0, at: value?.at ?? 0 };
}

function keysOf({ userName, address }: Attempt): readonly [Key, Key] {
  return [
    { key: `account ${userName}`, most: free.account },
    { key: `address ${address}`, most: free.address },
  ];
}

function pauseMs(tooMany: number): number {
  return tooMany < 0 ? 0 : Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(tooMany, 20));
}
