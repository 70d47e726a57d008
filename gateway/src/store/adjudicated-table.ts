import type { StatementSync } from 'node:sqlite';
import { newPreparer, type Database, type Row } from './database';
import type { LocalKey } from './local-key';

/** A row per adjudication that this organisation, as the hospital, was told. The document is sealed. */
export const adjudicatedTable = `
CREATE TABLE adjudicated (
  relation_ref TEXT NOT NULL,
  claim_id TEXT NOT NULL,
  n INTEGER NOT NULL,
  coverage_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  verdict TEXT NOT NULL,
  problems TEXT NOT NULL,
  sealed BLOB NOT NULL,
  PRIMARY KEY (relation_ref, claim_id, n)
) STRICT;
CREATE INDEX adjudicated_position ON adjudicated (relation_ref, coverage_id, position);`;

export interface AdjudicatedName {
  readonly relationRef: string;
  readonly claimId: string;
  readonly n: number;
}

export interface AdjudicatedRow extends AdjudicatedName {
  readonly coverageId: string;
  readonly position: number;
  readonly verdict: string;
  readonly problems: readonly string[];
  /** Canonical text. */
  readonly document: string;
}

/** Documents of adjudications, with what came of working them out again; made of the organisation's own collection, and may be deleted. */
export class AdjudicatedTable {
  readonly #prepare: (sql: string) => StatementSync;
  readonly #key: LocalKey;

  constructor(database: Database, key: LocalKey) {
    this.#prepare = newPreparer(database);
    this.#key = key;
  }

  /** Again with another verdict, where it is known. */
  put({ relationRef, claimId, n, coverageId, position, verdict, problems, document }: AdjudicatedRow): void {
    const sealed = this.#key.seal(placeOf({ relationRef, claimId, n }), Buffer.from(document));
    this.#prepare('INSERT OR REPLACE INTO adjudicated VALUES (?, ?, ?, ?, ?, ?, ?, ?)').run(
      ...[relationRef, claimId, n, coverageId, position, verdict, problems.join(' '), sealed],
    );
  }

  find({ relationRef, claimId, n }: AdjudicatedName): AdjudicatedRow | undefined {
    const row = this.#prepare('SELECT * FROM adjudicated WHERE relation_ref = ? AND claim_id = ? AND n = ?').get(relationRef, claimId, n);
    return row === undefined ? undefined : this.#parse(row);
  }

  /** Of one coverage, in the order of their places. */
  list(relationRef: string, coverageId: string): readonly AdjudicatedRow[] {
    const sql = 'SELECT * FROM adjudicated WHERE relation_ref = ? AND coverage_id = ? ORDER BY position, claim_id, n';
    return this.#prepare(sql)
      .all(relationRef, coverageId)
      .map((row) => this.#parse(row));
  }

  /** At one place of a coverage, or the newest. */
  listAt(relationRef: string, coverageId: string, position?: number): readonly AdjudicatedRow[] {
    const newest = '(SELECT max(position) FROM adjudicated WHERE relation_ref = ?1 AND coverage_id = ?2)';
    const sql = `SELECT * FROM adjudicated WHERE relation_ref = ?1 AND coverage_id = ?2 AND position = coalesce(?3, ${newest})`;
    return this.#prepare(sql)
      .all(relationRef, coverageId, position ?? null)
      .map((row) => this.#parse(row));
  }

  #parse(row: Row): AdjudicatedRow {
    const name = { relationRef: String(row.relation_ref), claimId: String(row.claim_id), n: Number(row.n) };
    return {
      ...name,
      coverageId: String(row.coverage_id),
      position: Number(row.position),
      verdict: String(row.verdict),
      problems: String(row.problems).split(' ').filter(Boolean),
      document: Buffer.from(this.#key.open(placeOf(name), row.sealed as Uint8Array)).toString('utf8'),
    };
  }
}

function placeOf({ relationRef, claimId, n }: AdjudicatedName): string {
  return `adjudicated/${relationRef}/${claimId}/${String(n)}`;
}
