import type { Intent, IntentState, IntentStore } from '../ledger/intent';
import type { Row } from './database';
import type { KeptDatabase } from './kept-database';

export const intentTable = `
CREATE TABLE intent (
  operation TEXT PRIMARY KEY,
  request_hash TEXT NOT NULL,
  transaction_id TEXT NOT NULL,
  envelope BLOB,
  result TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'committed', 'failed')),
  code INTEGER,
  block INTEGER,
  sent_at INTEGER NOT NULL
) STRICT;
CREATE INDEX open_intent ON intent (operation) WHERE state = 'open';`;

const openIntent = `
INSERT INTO intent (operation, request_hash, transaction_id, envelope, result, state, sent_at) VALUES (?, ?, ?, ?, ?, 'open', ?)
  ON CONFLICT (operation) DO UPDATE SET request_hash = excluded.request_hash, transaction_id = excluded.transaction_id,
    envelope = excluded.envelope, result = excluded.result, state = 'open', code = NULL, block = NULL, sent_at = excluded.sent_at
  WHERE intent.state = 'failed'`;

/** Intents in the gateway's kept tables; a settled one keeps its outcome and drops its envelope. */
export function newIntentStore(kept: KeptDatabase): IntentStore {
  return {
    find: async (operation) => {
      const [row] = await kept.all('SELECT * FROM intent WHERE operation = ?', [operation]);
      return row === undefined ? undefined : parseIntent(row);
    },
    listOpen: async () => (await kept.all("SELECT * FROM intent WHERE state = 'open' ORDER BY sent_at")).map(parseIntent),
    open: async ({ operation, requestHash, transactionId, envelope, result, sentAt }) => {
      const opened = await kept.run(openIntent, [operation, requestHash, transactionId, envelope, result, sentAt]);
      if (opened !== 1) throw new Error('An intent of this operation is still open or was committed');
      await kept.sync();
    },
    sentAgain: async (operation, sentAt) => {
      await kept.run("UPDATE intent SET sent_at = ? WHERE operation = ? AND state = 'open'", [sentAt, operation]);
    },
    settle: async (operation, { state, code, block }) => {
      const values = [state, code ?? null, block ?? null, operation];
      await kept.run('UPDATE intent SET state = ?, code = ?, block = ?, envelope = NULL WHERE operation = ?', values);
    },
  };
}

function parseIntent(row: Row): Intent {
  return {
    operation: String(row.operation),
    requestHash: String(row.request_hash),
    transactionId: String(row.transaction_id),
    envelope: row.envelope instanceof Uint8Array ? row.envelope : new Uint8Array(),
    result: String(row.result),
    state: String(row.state) as IntentState,
    code: row.code === null ? undefined : Number(row.code),
    block: row.block === null ? undefined : Number(row.block),
    sentAt: Number(row.sent_at),
  };
}
