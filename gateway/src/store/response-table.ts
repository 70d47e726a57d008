import { newError } from '../problem';
import type { KeptDatabase } from './kept-database';
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
   * The answer given before, or nothing when the request is new or was cut off (it may then run again: its steps are idempotent).
   * @throws CodedError IDEMPOTENCY_KEY_REUSED
   */
  begin(request: KeptRequest): Promise<string | undefined>;
  /** Resolves when it survives a power failure, and with it all that was kept before. */
  finish(operation: string, response: string): Promise<void>;
}

/** How long an idempotency key is remembered, in milliseconds. */
const keptMs = 90 * 24 * 3_600_000;

export async function newResponseStore(kept: KeptDatabase, key: LocalKey): Promise<ResponseStore> {
  await kept.run('DELETE FROM response WHERE at < ?', [Date.now() - keptMs]);
  return {
    begin: async ({ operation, request }) => {
      const values = [operation, request, Date.now()];
      const isNew = await kept.run('INSERT INTO response (operation, request, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING', values);
      if (isNew === 1) return undefined;
      const [row] = await kept.all('SELECT request, sealed FROM response WHERE operation = ?', [operation]);
      if (row?.request !== request) throw newError('IDEMPOTENCY_KEY_REUSED', 'Use a new Idempotency-Key for a different request');
      return row.sealed instanceof Uint8Array ? Buffer.from(key.open(`response/${operation}`, row.sealed)).toString('utf8') : undefined;
    },
    finish: async (operation, response) => {
      const sealed = key.seal(`response/${operation}`, Buffer.from(response));
      await kept.run('UPDATE response SET sealed = ? WHERE operation = ?', [sealed, operation]);
      await kept.sync();
    },
  };
}
