import { setTimeout as delay } from 'node:timers/promises';
import { newError } from '../problem';
import type { KeptDatabase } from './kept-database';
import { isOrphan } from './leases';
import type { LocalKey } from './local-key';

export const responseTable = `
CREATE TABLE response (
  operation TEXT PRIMARY KEY,
  request TEXT NOT NULL,
  sealed BLOB,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX response_at ON response (at);`;

/** A request under an idempotency key: both only as HMAC, for they may hold anything. */
export interface KeptRequest {
  readonly operation: string;
  readonly request: string;
}

/** Answers that were given under an idempotency key. */
export interface ResponseStore {
  /**
   * The answer given before, or nothing when the request is new or was cut off (it may then run again: its steps are idempotent). What another
   * gateway is answering is waited for.
   * @throws CodedError IDEMPOTENCY_KEY_REUSED, IDEMPOTENCY_KEY_BUSY
   */
  begin(request: KeptRequest): Promise<string | undefined>;
  /** The request failed here; whoever is asked next may run it. */
  giveUp(operation: string): Promise<void>;
  /** Resolves when it survives a power failure, and with it all that was kept before. */
  finish(operation: string, response: string): Promise<void>;
}

/** How long an idempotency key is remembered, in milliseconds. */
const keptMs = 90 * 24 * 3_600_000;

/** How long a gateway waits for the answer that another one is making, in milliseconds. */
const patienceMs = 20_000;

export async function newResponseStore(kept: KeptDatabase, key: LocalKey, instance: string): Promise<ResponseStore> {
  await kept.run('DELETE FROM response WHERE at < ?', [Date.now() - keptMs]);
  const begin = async ({ operation, request }: KeptRequest): Promise<string | undefined> => {
    const values = [operation, request, Date.now(), instance];
    const isNew = await kept.run(
      'INSERT INTO response (operation, request, at, holder) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
      values,
    );
    if (isNew === 1) return undefined;
    const [row] = await kept.all('SELECT request, sealed FROM response WHERE operation = ?', [operation]);
    if (row?.request !== request) throw newError('IDEMPOTENCY_KEY_REUSED', 'Use a new Idempotency-Key for a different request');
    return row.sealed instanceof Uint8Array ? Buffer.from(key.open(`response/${operation}`, row.sealed)).toString('utf8') : undefined;
  };
  /** Whether this gateway may answer what was begun before: nobody else does. */
  const claim = async (operation: string): Promise<boolean> =>
    (await kept.run(`UPDATE response SET holder = ? WHERE operation = ? AND sealed IS NULL AND (holder = ? OR ${isOrphan('response')})`, [
      ...[instance, operation, instance, instance],
    ])) === 1;
  return {
    begin: async (asked) => {
      const ends = performance.now() + patienceMs;
      for (;;) {
        const answer = await begin(asked);
        if (answer !== undefined || !kept.isShared || (await claim(asked.operation))) return answer;
        if (performance.now() > ends) throw newError('IDEMPOTENCY_KEY_BUSY', 'Another gateway still answers this request; repeat it');
        await delay(50);
      }
    },
    giveUp: async (operation) => {
      if (kept.isShared) await kept.run('UPDATE response SET holder = NULL WHERE operation = ? AND holder = ?', [operation, instance]);
    },
    finish: async (operation, response) => {
      const sealed = key.seal(`response/${operation}`, Buffer.from(response));
      await kept.run('UPDATE response SET sealed = ? WHERE operation = ?', [sealed, operation]);
      await kept.sync();
    },
  };
}
