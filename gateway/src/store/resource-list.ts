import type { SQLInputValue, StatementSync } from 'node:sqlite';
import type { MspId } from '@medaccord/chaincode/model';
import type { ExactValues } from '../search';
import { findAnchorTime } from './anchor-time';
import { inTransaction, newPreparer, type Database, type Row } from './database';
import type { Facts } from './facts';
import { writePage, writeWhere, type ListPage, type ListQuery, type Place } from './list-query';
import { mostSteps, newIndexedSet, newListedSet, Walk, type RankSet } from './rank-set';
import type { SearchIndex } from './search-index';
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

const ofType = 'SELECT rank FROM listed INDEXED BY listed_type WHERE type = ? AND rank >= ? ORDER BY rank LIMIT 1';
const ofSubject =
  'SELECT rank FROM listed INDEXED BY listed_subject WHERE subject_ref = ? AND type = ? AND rank >= ? ORDER BY rank LIMIT 1';

const scannedAtOnce = 200;

/** A record in a list, and where it stands there. */
export interface Listed {
  readonly recordId: string;
  readonly version: number;
  readonly type: string;
  readonly subjectRef: string | null;
  readonly place: Place;
}

/** A page of a list. It may hold less than asked for and yet have a next one: where much had to be looked at, it ends there. */
export interface ListedPage {
  readonly listed: readonly Listed[];
  /** After which place the next page begins. */
  readonly next: Place | undefined;
}

interface ResourceListOptions {
  readonly facts: Facts;
  readonly mspId: string;
  readonly search: SearchIndex;
}

/** The organisation's current records by type, patient and time: a page costs the same however many there are. */
export class ResourceList {
  readonly #database: Database;
  readonly #facts: Facts;
  readonly #mspId: MspId;
  readonly #search: SearchIndex;
  readonly #prepare: (sql: string) => StatementSync;

  constructor(database: Database, { facts, mspId, search }: ResourceListOptions) {
    this.#database = database;
    this.#prepare = newPreparer(database);
    this.#facts = facts;
    this.#mspId = mspId as MspId;
    this.#search = search;
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
    const removed = this.#prepare('DELETE FROM listed WHERE record_id = ? RETURNING rank, version').get(recordId);
    if (removed !== undefined) this.#search.unlist(Number(removed.rank), recordId, Number(removed.version));
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

  /** What fulfils a query with criteria, after a rank, in the order of creation. */
  search(query: ListQuery, { after, most }: Omit<ListPage, 'order'>): ListedPage {
    const walk = new Walk(this.#setsOf(query), (after?.rank ?? 0) + 1);
    const listed: Listed[] = [];
    for (let rank = walk.next(); rank !== undefined; rank = walk.next()) {
      const found = this.#findRank(rank);
      if (found === undefined || !this.#fits(found, query)) continue;
      if (listed.length === most) return { listed, next: listed.at(-1)?.place };
      listed.push(found);
    }
    return { listed, next: walk.isCutOff ? { rank: walk.rank - 1, updated: '' } : undefined };
  }

  /** What fulfils a query with criteria, after a place, in the order of time. */
  scan(query: ListQuery, { order, after, most }: ListPage): ListedPage {
    const listed: Listed[] = [];
    const { criteria: _criteria, ranks: _ranks, ...plain } = query;
    let last = after;
    for (let looked = 0; looked < mostSteps; looked += scannedAtOnce) {
      const seen = this.list(plain, { order, after: last, most: scannedAtOnce });
      for (const one of seen) {
        if (!this.#isFound(one, query) || !this.#fits(one, query)) continue;
        if (listed.length === most) return { listed, next: listed.at(-1)?.place };
        listed.push(one);
      }
      if (seen.length < scannedAtOnce) return { listed, next: undefined };
      last = seen.at(-1)?.place;
    }
    return { listed, next: last };
  }

  /** The exact values of what is listed. */
  readExact({ recordId, version }: Listed): ExactValues | undefined {
    return this.#search.readExact(recordId, version);
  }

  count(query: ListQuery): number {
    const { sql, values } = writeWhere(query);
    return Number(this.#run(`SELECT count(*) AS number FROM listed WHERE ${sql}`, values)[0]?.number ?? 0);
  }

  /** The sets of which what is found is in all. */
  #setsOf({ type, subjectRef, criteria = [], ranks = [] }: ListQuery): RankSet[] {
    const sets = [
      ...ranks.map(newListedSet),
      ...(subjectRef === undefined ? [] : [newIndexedSet(this.#prepare(ofSubject), [subjectRef, type])]),
      ...criteria.flatMap(({ any }) => (any === undefined ? [] : [this.#search.findAny(any)])),
    ];
    return sets.length > 0 ? sets : [newIndexedSet(this.#prepare(ofType), [type])];
  }

  #isFound({ place: { rank } }: Listed, { criteria = [], ranks = [] }: ListQuery): boolean {
    return ranks.every((some) => some.includes(rank)) && criteria.every(({ any }) => any === undefined || this.#search.hasAny(any, rank));
  }

  #fits({ recordId, version, subjectRef, place }: Listed, query: ListQuery): boolean {
    const { from, until, criteria = [] } = query;
    if (query.subjectRef !== undefined && query.subjectRef !== subjectRef) return false;
    if (query.reaches?.(subjectRef) === false) return false;
    if ((from !== undefined && place.updated < from) || (until !== undefined && place.updated >= until)) return false;
    return this.#search.accepts(place.rank, recordId, version, criteria);
  }

  #findRank(rank: number): Listed | undefined {
    return this.#visible(this.#run('SELECT * FROM listed WHERE rank = ?', [rank]).map(parseListed))[0];
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
        ON CONFLICT (record_id) DO UPDATE SET version = excluded.version, updated = excluded.updated WHERE excluded.version > version
        RETURNING rank`,
    );
    const find = this.#prepare('SELECT version FROM listed WHERE record_id = ?');
    inTransaction(this.#database, () => {
      for (const { record_id: id, version, type = '', subject_ref: subject = null } of rows) {
        const recordId = String(id);
        const updated = findAnchorTime(this.#facts, this.#mspId, recordId, Number(version));
        if (updated === undefined) continue;
        if (this.#isWithdrawn(recordId)) {
          this.#search.forget(recordId, Number(version));
          continue;
        }
        const instead = find.get(recordId)?.version;
        const rank = put.get(recordId, Number(version), type, subject, updated)?.rank;
        const place = { version: Number(version), instead: instead === undefined ? undefined : Number(instead) };
        if (rank !== undefined) this.#search.list(Number(rank), recordId, place);
      }
    });
  }

  #run(sql: string, values: readonly SQLInputValue[]): Row[] {
    return this.#prepare(sql).all(...values);
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
