import type { Row } from './database';
import type { KeptDatabase } from './kept-database';
import { isOrphan } from './leases';
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
  find(operation: string): Promise<ImportEntry | undefined>;
  put(entry: ImportEntry): Promise<void>;
  /** Those that no living process ends by itself. */
  listRunning(): Promise<readonly ImportEntry[]>;
}

/** Imports in the gateway's kept tables; the outcome names FHIR resources and is sealed. */
export function newImportStore(kept: KeptDatabase, key: LocalKey, instance: string): ImportStore {
  const parse = (row: Row): ImportEntry => ({
    operation: String(row.operation),
    attempt: Number(row.attempt),
    groupId: String(row.group_id),
    state: String(row.state) as ImportState,
    outcome: Buffer.from(key.open(`import/${String(row.operation)}`, row.sealed as Uint8Array)).toString('utf8'),
  });
  return {
    find: async (operation) => {
      const [row] = await kept.all('SELECT * FROM import WHERE operation = ?', [operation]);
      return row === undefined ? undefined : parse(row);
    },
    put: async ({ operation, attempt, groupId, state, outcome }) => {
      const sealed = key.seal(`import/${operation}`, Buffer.from(outcome));
      await kept.run(putImport, [operation, attempt, groupId, state, sealed, instance]);
    },
    listRunning: async () => (await (kept.isShared ? kept.all(listOrphaned, [instance]) : kept.all(listRunning))).map(parse),
  };
}

const putImport = `
INSERT INTO import (operation, attempt, group_id, state, sealed, holder) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT (operation) DO UPDATE SET attempt = excluded.attempt, group_id = excluded.group_id, state = excluded.state, sealed = excluded.sealed,
    holder = excluded.holder`;
const listRunning = "SELECT * FROM import WHERE state = 'running'";
const listOrphaned = `${listRunning} AND ${isOrphan('import')}`;
