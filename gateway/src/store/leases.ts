import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { newError } from '../problem';
import type { KeptDatabase, KeptValue } from './kept-database';

export const leaseTable = `
CREATE TABLE lease (
  name TEXT PRIMARY KEY,
  holder TEXT NOT NULL,
  token INTEGER NOT NULL,
  until INTEGER NOT NULL
) STRICT;`;

/** Milliseconds since the epoch by the clock of the database, which all gateways share. */
export const sharedNow = 'CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)';
/** A condition on the holder of a table's row: another process that is not known to live any more. `?` is the one that asks. */
export const isOrphan = (table: string): string =>
  `(${table}.holder IS NULL OR (${table}.holder <> ? AND
    NOT EXISTS (SELECT 1 FROM lease WHERE name = 'gateway/' || ${table}.holder AND until > ${sharedNow})))`;

/**
 * Takes or renews; nothing when it is another's. The token grows whenever the lease changes hands, or comes back after it was over.
 */
const take = `
INSERT INTO lease VALUES (?, ?, 1, ${sharedNow} + ?)
  ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until,
    token = lease.token + CASE WHEN lease.holder = excluded.holder AND lease.until > ${sharedNow} THEN 0 ELSE 1 END
  WHERE lease.holder = excluded.holder OR lease.until <= ${sharedNow}
  RETURNING token`;

/** Who of an organisation's gateways does what must be done once. */
export interface Leases {
  /** This process, by a random name. */
  readonly instance: string;
  /** Whether this gateway does the agents' work. */
  readonly isLeading: boolean;
  /** Holds what can be held from now on, and calls back after every renewal. */
  start(onRenewed: () => void, onTrouble: (error: unknown) => void): Promise<void>;
  /** Gives back what is held. */
  stop(): Promise<void>;
  /** Runs a task while no gateway of the organisation runs another of the same name. @throws CodedError RECORD_BUSY after `waitMs` */
  alone<T>(name: string, task: () => Promise<T>): Promise<T>;
}

export interface LeaseTimes {
  /** How long a lease lasts after its renewal. */
  readonly lastsMs: number;
  /** How long a task waits for its turn. */
  readonly waitMs: number;
}

const usualTimes: LeaseTimes = { lastsMs: 6_000, waitMs: 30_000 };

/** Of a gateway that shares nothing: everything is its own. */
export function newSoleLeases(): Leases {
  return {
    instance: newInstance(),
    isLeading: true,
    start: () => Promise.resolve(),
    stop: () => Promise.resolve(),
    alone: (_name, task) => task(),
  };
}

/** Leases in the database that an organisation's gateways share. A gateway believes in one only as long as the others must, by its own clock. */
export class SharedLeases implements Leases {
  readonly instance = newInstance();
  readonly #kept: KeptDatabase;
  readonly #times: LeaseTimes;
  #onTrouble: (error: unknown) => void = () => undefined;
  /** By name: until when it is held, on this process's clock. */
  readonly #held = new Map<string, number>();
  readonly #wanted: Set<string>;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(kept: KeptDatabase, times: Partial<LeaseTimes> = {}) {
    this.#kept = kept;
    this.#times = { ...usualTimes, ...times };
    this.#wanted = new Set([`gateway/${this.instance}`, 'agents']);
  }

  get isLeading(): boolean {
    return this.#holds('agents');
  }

  async start(onRenewed: () => void, onTrouble: (error: unknown) => void): Promise<void> {
    this.#onTrouble = onTrouble;
    await this.#renewAll();
    onRenewed();
    clearTimeout(this.#timer);
    this.#schedule(onRenewed);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#run('DELETE FROM lease WHERE holder = ?', [this.instance]);
    this.#held.clear();
  }

  async alone<T>(name: string, task: () => Promise<T>): Promise<T> {
    const ends = performance.now() + this.#times.waitMs;
    while (!(await this.#take(name))) {
      if (performance.now() > ends) throw newError('RECORD_BUSY', 'Another gateway of this organisation changes the same; repeat this');
      await delay(25);
    }
    this.#wanted.add(name);
    try {
      return await task();
    } finally {
      this.#wanted.delete(name);
      this.#held.delete(name);
      await this.#run('DELETE FROM lease WHERE name = ? AND holder = ?', [name, this.instance]);
    }
  }

  #schedule(onRenewed: () => void): void {
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => {
      void this.#renewAll().then(() => {
        if (!this.#isStopped) onRenewed();
        this.#schedule(onRenewed);
      });
    }, this.#times.lastsMs / 4);
    this.#timer.unref();
  }

  async #renewAll(): Promise<void> {
    for (const name of this.#wanted) await this.#take(name).catch(this.#onTrouble);
  }

  async #take(name: string): Promise<boolean> {
    const askedAt = performance.now();
    const taken = await this.#kept.all(take, [name, this.instance, this.#times.lastsMs]);
    if (taken.length === 0) this.#held.delete(name);
    else this.#held.set(name, askedAt + this.#times.lastsMs);
    return taken.length > 0;
  }

  #holds(name: string): boolean {
    return performance.now() < (this.#held.get(name) ?? 0);
  }

  /** What is not given back ends by itself. */
  async #run(sql: string, values: readonly KeptValue[]): Promise<void> {
    await this.#kept.run(sql, values).catch(this.#onTrouble);
  }
}

function newInstance(): string {
  return randomBytes(9).toString('base64url');
}
