import type { Intent, IntentState, IntentStore } from '../ledger/intent';
import type { Database, Row } from './database';
import type { Sync } from './syncer';

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

/** Intents in the gateway's database; a settled one keeps its outcome and drops its envelope. */
export function newIntentStore(database: Database, sync: Sync): IntentStore {
  const find = database.prepare('SELECT * FROM intent WHERE operation = ?');
  const listOpen = database.prepare("SELECT * FROM intent WHERE state = 'open' ORDER BY sent_at");
  const open = database.prepare(
    `INSERT INTO intent (operation, request_hash, transaction_id, envelope, result, state, sent_at) VALUES (?, ?, ?, ?, ?, 'open', ?)
     ON CONFLICT (operation) DO UPDATE SET request_hash = excluded.request_hash, transaction_id = excluded.transaction_id,
       envelope = excluded.envelope, result = excluded.result, state = 'open', code = NULL, block = NULL, sent_at = excluded.sent_at
     WHERE intent.state = 'failed'`,
  );
  const settle = database.prepare('UPDATE intent SET state = ?, code = ?, block = ?, envelope = NULL WHERE operation = ?');
  const sentAgain = database.prepare("UPDATE intent SET sent_at = ? WHERE operation = ? AND state = 'open'");
  return {
    find: (operation) => {
      const row = find.get(operation) as Row | undefined;
      return row === undefined ? undefined : parseIntent(row);
    },
    listOpen: () => (listOpen.all() as Row[]).map(parseIntent),
    open: async ({ operation, requestHash, transactionId, envelope, result, sentAt }) => {
      const { changes } = open.run(operation, requestHash, transactionId, envelope, result, sentAt);
      if (changes !== 1) throw new Error('An intent of this operation is still open or was committed');
      await sync();
    },
    sentAgain: (operation, sentAt) => {
      sentAgain.run(sentAt, operation);
    },
    settle: (operation, { state, code, block }) => {
      settle.run(state, code ?? null, block ?? null, operation);
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
