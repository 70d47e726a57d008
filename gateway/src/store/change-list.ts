import type { SQLInputValue, StatementSync } from 'node:sqlite';
import type { MspId } from '@medaccord/chaincode/model';
import { findAnchorTime } from './anchor-time';
import { inTransaction, newPreparer, type Database, type Row } from './database';
import type { Facts } from './facts';
import type { Place } from './list-query';
import { mostSteps } from './rank-set';
import { findWithdrawal } from './withdrawal';

/** A row per version that counts, and one (version 0) per deletion. */
export const changeTable = `
CREATE TABLE change (
  rank INTEGER PRIMARY KEY AUTOINCREMENT,
  record_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  type TEXT NOT NULL,
  updated TEXT NOT NULL,
  UNIQUE (record_id, version)
) STRICT;
CREATE INDEX change_updated ON change (updated, rank);
CREATE INDEX change_type_updated ON change (type, updated, rank);`;

/** A new version of a record, or its deletion. */
export interface Change {
  readonly recordId: string;
  /** 0 for a deletion. */
  readonly version: number;
  readonly subjectRef: string | null;
  readonly place: Place;
}

/** A page of them. It may hold less than asked for and yet have a next one: where much had to be looked at, it ends there. */
export interface ChangePage {
  readonly changes: readonly Change[];
  /** After which place the next page begins. */
  readonly next: Place | undefined;
}

export interface ChangeQuery {
  /** Of every type unless given. */
  readonly type?: string | undefined;
  /** At this instant or later. */
  readonly since?: string | undefined;
  /** The last one of the page before. */
  readonly after?: Place | undefined;
  readonly most: number;
  /** Whose records they may be, null standing for nobody's. */
  readonly reaches?: ((subjectRef: string | null) => boolean) | undefined;
}

const scannedAtOnce = 200;

/** What was written and deleted, newest first: a page costs the same however much there is. */
export class ChangeList {
  readonly #database: Database;
  readonly #facts: Facts;
  readonly #mspId: MspId;
  readonly #prepare: (sql: string) => StatementSync;

  constructor(database: Database, facts: Facts, mspId: string) {
    this.#database = database;
    this.#prepare = newPreparer(database);
    this.#facts = facts;
    this.#mspId = mspId as MspId;
  }

  /** Adds the versions of a group as far as they count by now. */
  addGroup(groupId: string): void {
    this.#addVersions(this.#run('SELECT record_id, version, type FROM record WHERE group_id = ? ORDER BY rowid', [groupId]));
  }

  /** Adds the deletion of a record that was withdrawn. */
  addDeletion(recordId: string): void {
    const updated = findWithdrawal(this.#facts, this.#mspId, recordId);
    const [row] = this.#run('SELECT type FROM record WHERE record_id = ? LIMIT 1', [recordId]);
    if (updated !== undefined && row !== undefined) this.#put(recordId, 0, { type: String(row.type), updated });
  }

  /** Adds what counts and is not there yet: after a crash or a new start of the read model. */
  addMissing(): void {
    this.#addVersions(
      this.#run(
        `SELECT record_id, version, type FROM record WHERE NOT EXISTS
          (SELECT 1 FROM change WHERE change.record_id = record.record_id AND change.version = record.version) ORDER BY rowid`,
        [],
      ),
    );
    for (const { id } of this.#facts.list('record-status', this.#mspId)) this.addDeletion(id);
  }

  clear(): void {
    this.#database.exec('DELETE FROM change');
  }

  /** Newest first. */
  list({ most, reaches, ...query }: ChangeQuery): ChangePage {
    const atOnce = reaches === undefined ? most + 1 : scannedAtOnce;
    const changes: Change[] = [];
    let last = query.after;
    for (let looked = 0; looked < mostSteps; looked += atOnce) {
      const seen = this.#read({ ...query, after: last, most: atOnce });
      for (const change of seen) {
        if (reaches?.(change.subjectRef) === false) continue;
        if (changes.length === most) return { changes, next: changes.at(-1)?.place };
        changes.push(change);
      }
      if (seen.length < atOnce) return { changes, next: undefined };
      last = seen.at(-1)?.place;
    }
    return { changes, next: last };
  }

  /** The index is named, so that no page is ever found by walking through the table. */
  #read({ type, since, after, most }: Omit<ChangeQuery, 'reaches'>): readonly Change[] {
    const parts: [string, readonly SQLInputValue[]][] = [
      ...(type === undefined ? [] : [['type = ?', [type]] as [string, SQLInputValue[]]]),
      ...(since === undefined ? [] : [['updated >= ?', [since]] as [string, SQLInputValue[]]]),
      ...(after === undefined ? [] : [['(updated, rank) < (?, ?)', [after.updated, after.rank]] as [string, SQLInputValue[]]]),
    ];
    const where = parts.length === 0 ? '' : `WHERE ${parts.map(([sql]) => sql).join(' AND ')}`;
    const index = type === undefined ? 'change_updated' : 'change_type_updated';
    const whose = '(SELECT subject_ref FROM record WHERE record.record_id = change.record_id LIMIT 1) AS subject_ref';
    const sql = `SELECT *, ${whose} FROM change INDEXED BY ${index} ${where} ORDER BY updated DESC, rank DESC LIMIT ?`;
    return this.#run(sql, [...parts.flatMap(([, values]) => values), most]).map(parseChange);
  }

  #addVersions(rows: readonly Row[]): void {
    inTransaction(this.#database, () => {
      for (const { record_id: id, version, type } of rows) {
        const recordId = String(id);
        const updated = findAnchorTime(this.#facts, this.#mspId, recordId, Number(version));
        if (updated !== undefined) this.#put(recordId, Number(version), { type: String(type), updated });
      }
    });
  }

  #put(recordId: string, version: number, { type, updated }: { readonly type: string; readonly updated: string }): void {
    const sql = 'INSERT INTO change (record_id, version, type, updated) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING';
    this.#prepare(sql).run(recordId, version, type, updated);
  }

  #run(sql: string, values: readonly SQLInputValue[]): Row[] {
    return this.#prepare(sql).all(...values);
  }
}

function parseChange(row: Row): Change {
  return {
    recordId: String(row.record_id),
    version: Number(row.version),
    subjectRef: row.subject_ref === null ? null : String(row.subject_ref),
    place: { rank: Number(row.rank), updated: String(row.updated) },
  };
}
