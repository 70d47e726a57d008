import type { Intent, IntentState, IntentStore } from '../ledger/intent';
import type { Row } from './database';
import type { KeptDatabase } from './kept-database';
import { isOrphan, sharedNow } from './leases';

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

const intoIntent = 'INSERT INTO intent (operation, request_hash, transaction_id, envelope, result, state, sent_at, holder)';
const unlessOpen = `
  ON CONFLICT (operation) DO UPDATE SET request_hash = excluded.request_hash, transaction_id = excluded.transaction_id,
    envelope = excluded.envelope, result = excluded.result, state = 'open', code = NULL, block = NULL, sent_at = excluded.sent_at,
    holder = excluded.holder
  WHERE intent.state = 'failed'`;
const openAlone = `${intoIntent} VALUES (?, ?, ?, ?, ?, 'open', ?, ?) ${unlessOpen}`;
/** Not of a process whose lease is over: the others settle what it left and may have begun the same. */
const openFenced = `${intoIntent}
  SELECT CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS BYTEA), CAST(? AS TEXT), 'open', CAST(? AS BIGINT), CAST(? AS TEXT)
  WHERE EXISTS (SELECT 1 FROM lease WHERE name = 'gateway/' || CAST(? AS TEXT) AND until > ${sharedNow}) ${unlessOpen}`;
const listOpen = "SELECT * FROM intent WHERE state = 'open' ORDER BY sent_at";
const findOpen = "SELECT operation FROM intent WHERE state = 'open' AND substr(operation, 1, CAST(? AS INTEGER)) = ? LIMIT 1";
const listOrphaned = `SELECT * FROM intent WHERE state = 'open' AND ${isOrphan('intent')} ORDER BY sent_at`;

/** Intents in the gateway's kept tables; a settled one keeps its outcome and drops its envelope. `instance`: this process, by its lease. */
export function newIntentStore(kept: KeptDatabase, instance: string): IntentStore {
  return {
    find: async (operation) => {
      const [row] = await kept.all('SELECT * FROM intent WHERE operation = ?', [operation]);
      return row === undefined ? undefined : parseIntent(row);
    },
    hasOpen: async (prefix) => (await kept.all(findOpen, [prefix.length, prefix])).length > 0,
    listOpen: async () => (await (kept.isShared ? kept.all(listOrphaned, [instance]) : kept.all(listOpen))).map(parseIntent),
    open: async ({ operation, requestHash, transactionId, envelope, result, sentAt }) => {
      const values = [operation, requestHash, transactionId, envelope, result, sentAt, instance];
      const opened = await (kept.isShared ? kept.run(openFenced, [...values, instance]) : kept.run(openAlone, values));
      await kept.sync();
      return opened === 1;
    },
    sentAgain: async ({ operation, transactionId }, sentAt) => {
      const sql = "UPDATE intent SET sent_at = ? WHERE operation = ? AND transaction_id = ? AND state = 'open'";
      await kept.run(sql, [sentAt, operation, transactionId]);
    },
    settle: async ({ operation, transactionId }, { state, code, block }) => {
      const sql = 'UPDATE intent SET state = ?, code = ?, block = ?, envelope = NULL WHERE operation = ? AND transaction_id = ?';
      await kept.run(sql, [state, code ?? null, block ?? null, operation, transactionId]);
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
