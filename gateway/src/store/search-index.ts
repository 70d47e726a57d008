import type { StatementSync } from 'node:sqlite';
import type { Criterion, ExactValues, Searchable } from '../search';
import type { Database } from './database';
import type { LocalKey } from './local-key';
import { newIndexedSet, unite, type RankSet } from './rank-set';

/**
 * `search_version`: what each version is found by, kept until it is listed or replaced. `search_term`: the terms of what is listed, in the order of
 * the list. A term is a keyed hash.
 */
export const searchTables = `
CREATE TABLE search_version (
  record_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  terms BLOB NOT NULL,
  sealed BLOB NOT NULL,
  PRIMARY KEY (record_id, version),
  FOREIGN KEY (record_id, version) REFERENCES record (record_id, version) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE TABLE search_term (
  term BLOB NOT NULL,
  rank INTEGER NOT NULL,
  PRIMARY KEY (term, rank)
) STRICT, WITHOUT ROWID;`;

const purpose = 'fhir-search';

type Statements = Readonly<Record<'put' | 'find' | 'forget' | 'list' | 'unlist' | 'seek' | 'has', StatementSync>>;

/** By which values the organisation's current records are found: keyed hashes, with the exact values sealed beside them. */
export class SearchIndex {
  readonly #key: LocalKey;
  readonly #statements: Statements;

  constructor(database: Database, key: LocalKey) {
    this.#key = key;
    this.#statements = prepareStatements(database);
  }

  /** Keeps what a version is found by; it is found once it is listed. */
  put(recordId: string, version: number, { terms, exact }: Searchable): void {
    const sealed = this.#key.seal(formatPlace(recordId, version), Buffer.from(JSON.stringify(exact)));
    this.#statements.put.run(recordId, version, Buffer.concat(terms.map((term) => this.#key.mark(purpose, term))), sealed);
  }

  /** Lists a version under a rank, instead of an older one. Terms that both have stay as they are. */
  list(rank: number, recordId: string, { version, instead }: { readonly version: number; readonly instead: number | undefined }): void {
    const before = instead === undefined ? new Map<string, Buffer>() : this.#readTerms(recordId, instead);
    const now = this.#readTerms(recordId, version);
    for (const [name, term] of before) if (!now.has(name)) this.#statements.unlist.run(term, rank);
    for (const [name, term] of now) if (!before.has(name)) this.#statements.list.run(term, rank);
    if (instead !== undefined) this.#statements.forget.run(recordId, instead);
  }

  unlist(rank: number, recordId: string, version: number): void {
    for (const term of this.#readTerms(recordId, version).values()) this.#statements.unlist.run(term, rank);
    this.#statements.forget.run(recordId, version);
  }

  /** What has one of these terms. */
  findAny(terms: readonly string[]): RankSet {
    return unite(terms.map((term) => newIndexedSet(this.#statements.seek, [this.#key.mark(purpose, term)])));
  }

  hasAny(terms: readonly string[], rank: number): boolean {
    return terms.some((term) => this.#statements.has.get(this.#key.mark(purpose, term), rank) !== undefined);
  }

  /** Whether a listed version fulfils what no set of ranks tells. */
  accepts(rank: number, recordId: string, version: number, criteria: readonly Criterion[]): boolean {
    const tests = criteria.flatMap(({ accepts }) => accepts ?? []);
    if (criteria.some(({ none }) => none !== undefined && this.hasAny(none, rank))) return false;
    if (tests.length === 0) return true;
    const exact = this.readExact(recordId, version);
    return exact !== undefined && tests.every((accepts) => accepts(exact));
  }

  readExact(recordId: string, version: number): ExactValues | undefined {
    const row = this.#statements.find.get(recordId, version);
    if (row === undefined) return undefined;
    const exact = this.#key.open(formatPlace(recordId, version), row.sealed as Uint8Array);
    return JSON.parse(Buffer.from(exact).toString('utf8')) as ExactValues;
  }

  #readTerms(recordId: string, version: number): Map<string, Buffer> {
    const bytes = Buffer.from((this.#statements.find.get(recordId, version)?.terms ?? []) as Uint8Array);
    const length = this.#key.markLength;
    const terms = Array.from({ length: bytes.length / length }, (_, at) => bytes.subarray(at * length, (at + 1) * length));
    return new Map(terms.map((term) => [term.toString('latin1'), term]));
  }
}

function formatPlace(recordId: string, version: number): string {
  return `search/${recordId}/${String(version)}`;
}

function prepareStatements(database: Database): Statements {
  return {
    put: database.prepare('INSERT INTO search_version VALUES (?, ?, ?, ?)'),
    find: database.prepare('SELECT terms, sealed FROM search_version WHERE record_id = ? AND version = ?'),
    forget: database.prepare('DELETE FROM search_version WHERE record_id = ? AND version = ?'),
    list: database.prepare('INSERT OR IGNORE INTO search_term VALUES (?, ?)'),
    unlist: database.prepare('DELETE FROM search_term WHERE term = ? AND rank = ?'),
    seek: database.prepare('SELECT rank FROM search_term WHERE term = ? AND rank >= ? ORDER BY rank LIMIT 1'),
    has: database.prepare('SELECT 1 FROM search_term WHERE term = ? AND rank = ?'),
  };
}
