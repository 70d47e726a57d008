import type { SQLInputValue, StatementSync } from 'node:sqlite';
import { recordKey, type MspId, type RecordAnchor, type RecordId } from '@medaccord/chaincode/model';
import { inTransaction, type Database, type Row } from './database';
import type { Facts } from './facts';
import { writePage, writeWhere, type ListPage, type ListQuery, type Place } from './list-query';
import { findWithdrawal } from './withdrawal';

/** A row per record that counts and is not withdrawn, at its newest version. Ranks are given in the order of creation and never change. */
export const listedTable = `
CREATE TABLE listed (
  rank INTEGER PRIMARY KEY AUTOINCREMENT,
  record_id TEXT NOT NULL UNIQUE,
  version INTEGER NOT NULL,
  type TEXT NOT NULL,
  subject_ref TEXT,
  updated TEXT NOT NULL
) STRICT;
CREATE INDEX listed_type ON listed (type);
CREATE INDEX listed_type_updated ON listed (type, updated);
CREATE INDEX listed_subject ON listed (subject_ref, type);
CREATE INDEX listed_subject_updated ON listed (subject_ref, type, updated);`;

/** A record in a list, and where it stands there. */
export interface Listed {
  readonly recordId: string;
  readonly version: number;
  readonly type: string;
  readonly subjectRef: string | null;
  readonly place: Place;
}

/** The organisation's current records by type, patient and time: a page costs the same however many there are. */
export class ResourceList {
  readonly #database: Database;
  readonly #facts: Facts;
  readonly #mspId: MspId;
  readonly #statements = new Map<string, StatementSync>();

  constructor(database: Database, facts: Facts, mspId: string) {
    this.#database = database;
    this.#facts = facts;
    this.#mspId = mspId as MspId;
  }

  /** Lists the records of a group as far as they count by now. */
  addGroup(groupId: string): void {
    this.#add(this.#run('SELECT record_id, version, type, subject_ref FROM record WHERE group_id = ? ORDER BY rowid', [groupId]));
  }

  /** Lists what counts and was not listed, and drops what is withdrawn: after a crash or a new start of the read model. */
  addMissing(): void {
    this.#add(
      this.#run(
        `SELECT record_id, version, type, subject_ref FROM record WHERE NOT EXISTS
          (SELECT 1 FROM listed WHERE listed.record_id = record.record_id AND listed.version >= record.version) ORDER BY rowid`,
        [],
      ),
    );
    for (const { id } of this.#facts.list('record-status', this.#mspId)) if (this.#isWithdrawn(id)) this.remove(id);
  }

  remove(recordId: string): void {
    this.#prepare('DELETE FROM listed WHERE record_id = ?').run(recordId);
  }

  find(recordId: string): Listed | undefined {
    return this.#visible(this.#run('SELECT * FROM listed WHERE record_id = ?', [recordId]).map(parseListed))[0];
  }

  /** At most `most` records after a place, in order. What was withdrawn since it was listed is dropped on the way. */
  list(query: ListQuery, page: ListPage): readonly Listed[] {
    for (;;) {
      const { sql, values } = writePage(query, page);
      const found = this.#run(sql, values).map(parseListed);
      const visible = this.#visible(found);
      if (visible.length === found.length) return visible;
    }
  }

  count(query: ListQuery): number {
    const { sql, values } = writeWhere(query);
    return Number(this.#run(`SELECT count(*) AS number FROM listed WHERE ${sql}`, values)[0]?.number ?? 0);
  }

  #visible(listed: readonly Listed[]): Listed[] {
    return listed.filter(({ recordId }) => {
      const isWithdrawn = this.#isWithdrawn(recordId);
      if (isWithdrawn) this.remove(recordId);
      return !isWithdrawn;
    });
  }

  #isWithdrawn(recordId: string): boolean {
    return findWithdrawal(this.#facts, this.#mspId, recordId) !== undefined;
  }

  #add(rows: readonly Row[]): void {
    const put = this.#prepare(
      `INSERT INTO listed (record_id, version, type, subject_ref, updated) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (record_id) DO UPDATE SET version = excluded.version, updated = excluded.updated WHERE excluded.version > version`,
    );
    inTransaction(this.#database, () => {
      for (const { record_id: id, version, type = '', subject_ref: subject = null } of rows) {
        const recordId = String(id);
        const updated = this.#findTime(recordId, Number(version));
        if (updated !== undefined && !this.#isWithdrawn(recordId)) put.run(recordId, Number(version), type, subject, updated);
      }
    });
  }

  /** When a version was anchored, if it counts. */
  #findTime(recordId: string, version: number): string | undefined {
    if (!this.#facts.counts(this.#mspId, recordId, version)) return undefined;
    return this.#facts.findKey<RecordAnchor>(recordKey(this.#mspId, recordId as RecordId, version))?.value.anchoredAt;
  }

  #run(sql: string, values: readonly SQLInputValue[]): Row[] {
    return this.#prepare(sql).all(...values);
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql) ?? this.#database.prepare(sql);
    this.#statements.set(sql, known);
    return known;
  }
}

function parseListed(row: Row): Listed {
  return {
    recordId: String(row.record_id),
    version: Number(row.version),
    type: String(row.type),
    subjectRef: row.subject_ref === null ? null : String(row.subject_ref),
    place: { rank: Number(row.rank), updated: String(row.updated) },
  };
}
