import type { Database, Row } from './database';
import type { LocalKey } from './local-key';

export const importTable = `
CREATE TABLE import (
  operation TEXT PRIMARY KEY,
  attempt INTEGER NOT NULL,
  group_id TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('running', 'closed', 'abandoned')),
  sealed BLOB NOT NULL
) STRICT;
CREATE INDEX running_import ON import (operation) WHERE state = 'running';`;

export type ImportState = 'running' | 'closed' | 'abandoned';

/** An import as far as a later run must know it. Each attempt has a group of its own: what a cut-off one left counts for nothing. */
export interface ImportEntry {
  readonly operation: string;
  readonly attempt: number;
  readonly groupId: string;
  readonly state: ImportState;
  /** What the caller is told when the group is closed, JSON. */
  readonly outcome: string;
}

export interface ImportStore {
  find(operation: string): ImportEntry | undefined;
  put(entry: ImportEntry): void;
  listRunning(): readonly ImportEntry[];
}

/** Imports in the gateway's database; the outcome names FHIR resources and is sealed. */
export function newImportStore(database: Database, key: LocalKey): ImportStore {
  const find = database.prepare('SELECT * FROM import WHERE operation = ?');
  const put = database.prepare('INSERT OR REPLACE INTO import VALUES (?, ?, ?, ?, ?)');
  const running = database.prepare("SELECT * FROM import WHERE state = 'running'");
  const parse = (row: Row): ImportEntry => ({
    operation: String(row.operation),
    attempt: Number(row.attempt),
    groupId: String(row.group_id),
    state: String(row.state) as ImportState,
    outcome: Buffer.from(key.open(`import/${String(row.operation)}`, row.sealed as Uint8Array)).toString('utf8'),
  });
  return {
    find: (operation) => {
      const row = find.get(operation) as Row | undefined;
      return row === undefined ? undefined : parse(row);
    },
    put: ({ operation, attempt, groupId, state, outcome }) => {
      put.run(operation, attempt, groupId, state, key.seal(`import/${operation}`, Buffer.from(outcome)));
    },
    listRunning: () => (running.all() as Row[]).map(parse),
  };
}
