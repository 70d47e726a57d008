import { newError } from '../problem';
import type { Database, Row } from './database';
import type { LocalKey } from './local-key';
import type { Sync } from './syncer';

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
  begin(request: KeptRequest): string | undefined;
  /** Resolves when it survives a power failure, and with it all that was kept before. */
  finish(operation: string, response: string): Promise<void>;
}

/** How long an idempotency key is remembered, in milliseconds. */
const keptMs = 90 * 24 * 3_600_000;

export function newResponseStore(database: Database, key: LocalKey, sync: Sync): ResponseStore {
  const find = database.prepare('SELECT request, sealed FROM response WHERE operation = ?');
  const begin = database.prepare('INSERT INTO response (operation, request, at) VALUES (?, ?, ?)');
  const finish = database.prepare('UPDATE response SET sealed = ? WHERE operation = ?');
  database.prepare('DELETE FROM response WHERE at < ?').run(Date.now() - keptMs);
  return {
    begin: ({ operation, request }) => {
      const row = find.get(operation) as Row | undefined;
      if (row === undefined) {
        begin.run(operation, request, Date.now());
        return undefined;
      }
      if (row.request !== request) throw newError('IDEMPOTENCY_KEY_REUSED', 'Use a new Idempotency-Key for a different request');
      return row.sealed instanceof Uint8Array ? Buffer.from(key.open(`response/${operation}`, row.sealed)).toString('utf8') : undefined;
    },
    finish: async (operation, response) => {
      finish.run(key.seal(`response/${operation}`, Buffer.from(response)), operation);
      await sync();
    },
  };
}
