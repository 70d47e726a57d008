import type { StatementSync } from 'node:sqlite';
import type { Category, Salt } from '@medaccord/chaincode/model';
import { newError } from '../problem';
import type { Searchable } from '../search';
import { inTransaction, type Database, type Row } from './database';
import type { LocalKey } from './local-key';
import type { SearchIndex } from './search-index';

export const recordTable = `
CREATE TABLE record (
  record_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  group_id TEXT NOT NULL,
  subject_ref TEXT,
  category TEXT NOT NULL,
  type TEXT NOT NULL,
  resource TEXT NOT NULL,
  sealed BLOB NOT NULL,
  PRIMARY KEY (record_id, version)
) STRICT;
CREATE INDEX record_group ON record (group_id);
CREATE INDEX record_subject ON record (subject_ref);
CREATE INDEX record_resource ON record (resource);
CREATE TABLE identifier (
  token TEXT NOT NULL,
  record_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  PRIMARY KEY (token, record_id, version),
  FOREIGN KEY (record_id, version) REFERENCES record (record_id, version) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;`;

/** Salts of the commitments in a record's anchor, base64url. */
export interface Salts {
  readonly subject: Salt | null;
  readonly payload: Salt;
  readonly details: Salt;
  readonly dataKey: Salt;
}

/** A version of a record as its custodian knows it, without its content. */
export interface IndexedRecord {
  readonly recordId: string;
  readonly version: number;
  readonly groupId: string;
  readonly subjectRef: string | null;
  readonly category: Category;
  /** FHIR resource type. */
  readonly type: string;
  /** FHIR id, which may be somebody's record number. */
  readonly id: string;
  /** Canonical text of the details that the anchor commits to. */
  readonly details: string;
  readonly salts: Salts;
}

type Counts = (record: IndexedRecord) => boolean;

export interface ClinicalIndexOptions {
  readonly key: LocalKey;
  readonly counts: Counts;
  readonly search: SearchIndex;
}

/** By what a version is found: tokens of its identifiers, for conditions of writes, too, and the rest. */
export interface Findable {
  readonly identifiers: readonly string[];
  readonly searchable: Searchable;
}

/** A version with what it is found by, which is its own: another version of the same record is found by other values. */
export interface FindableRecord {
  readonly record: IndexedRecord;
  readonly findable: Findable;
}

/** What is stored sealed of a record. */
type SealedPart = Pick<IndexedRecord, 'id' | 'details' | 'salts'>;

/** The organisation's own records by patient, resource and identifier; whatever could tell about a person is sealed or named by HMAC. */
export class ClinicalIndex {
  readonly #database: Database;
  readonly #key: LocalKey;
  readonly #counts: Counts;
  readonly #search: SearchIndex;
  readonly #statements: Statements;

  /** @param counts whether a record version counts: the ledger decides */
  constructor(database: Database, { key, counts, search }: ClinicalIndexOptions) {
    this.#database = database;
    this.#key = key;
    this.#counts = counts;
    this.#search = search;
    this.#statements = prepareStatements(database);
  }

  /**
   * Adds the records of a group, all or none; they are found once the group is closed.
   * @throws CodedError RECORD_BUSY when another import has the same version of one of them
   */
  add(records: readonly FindableRecord[]): void {
    inTransaction(this.#database, () => {
      for (const one of records) this.#add(one);
    });
  }

  removeGroup(groupId: string): void {
    this.#statements.removeGroup.run(groupId);
  }

  clear(): void {
    this.#database.exec('DELETE FROM identifier; DELETE FROM record; DELETE FROM listed; DELETE FROM search_term; DELETE FROM change');
  }

  has(recordId: string, version: number): boolean {
    return this.#statements.find.get(recordId, version) !== undefined;
  }

  /** The newest version of a record that counts. */
  find(recordId: string): IndexedRecord | undefined {
    return newestOf(this.#parse(this.#statements.findRecord.all(recordId)), this.#counts)[0];
  }

  findVersion(recordId: string, version: number): IndexedRecord | undefined {
    const row = this.#statements.find.get(recordId, version);
    return row === undefined ? undefined : this.#parse([row])[0];
  }

  /** Every version of a record that counts, oldest first. */
  listVersions(recordId: string): readonly IndexedRecord[] {
    const versions = this.#parse(this.#statements.findRecord.all(recordId)).filter(this.#counts);
    return versions.sort((one, other) => one.version - other.version);
  }

  /** The newest version that counts of every record of a patient. */
  listSubject(subjectRef: string): readonly IndexedRecord[] {
    return newestOf(this.#parse(this.#statements.listSubject.all(subjectRef)), this.#counts);
  }

  /** The record of a FHIR resource. */
  findResource(type: string, id: string): IndexedRecord | undefined {
    return newestOf(this.#parse(this.#statements.findResource.all(this.#nameResource(type, id))), this.#counts)[0];
  }

  /** The patient of a resource, whatever became of it. */
  findSubject(type: string, id: string): string | null {
    const row = this.#statements.findSubject.get(this.#nameResource(type, id)) as Row | undefined;
    return typeof row?.subject_ref === 'string' ? row.subject_ref : null;
  }

  /** Records whose resource carries an identifier, given as FHIR search writes it. */
  findByIdentifier(type: string, token: string): readonly IndexedRecord[] {
    const found = newestOf(this.#parse(this.#statements.findToken.all(this.#nameToken(type, token))), this.#counts);
    return found.filter(({ recordId, version }) => this.find(recordId)?.version === version);
  }

  #add({ record, findable }: FindableRecord): void {
    const { recordId, version, groupId, subjectRef, category, type, id, details, salts } = record;
    if (this.has(recordId, version)) throw newError('RECORD_BUSY', 'Another import is changing the same resource; repeat this one');
    const sealed = this.#key.seal(formatPlace(recordId, version), Buffer.from(JSON.stringify({ id, details, salts } satisfies SealedPart)));
    this.#statements.add.run(recordId, version, groupId, subjectRef, category, type, this.#nameResource(type, id), sealed);
    this.#search.put(recordId, version, findable.searchable);
    for (const token of new Set(findable.identifiers)) this.#statements.addToken.run(this.#nameToken(type, token), recordId, version);
  }

  #parse(rows: readonly unknown[]): IndexedRecord[] {
    return (rows as Row[]).map((row) => {
      const recordId = String(row.record_id);
      const version = Number(row.version);
      const sealed = this.#key.open(formatPlace(recordId, version), row.sealed as Uint8Array);
      return {
        recordId,
        version,
        groupId: String(row.group_id),
        subjectRef: row.subject_ref === null ? null : String(row.subject_ref),
        category: String(row.category) as Category,
        type: String(row.type),
        ...(JSON.parse(Buffer.from(sealed).toString('utf8')) as SealedPart),
      };
    });
  }

  #nameResource(type: string, id: string): string {
    return this.#key.name('fhir-resource', JSON.stringify([type, id]));
  }

  #nameToken(type: string, token: string): string {
    return this.#key.name('fhir-identifier', JSON.stringify([type, token]));
  }
}

function formatPlace(recordId: string, version: number): string {
  return `record/${recordId}/${String(version)}`;
}

/** Of each record the newest version that counts, in a fixed order. */
function newestOf(records: readonly IndexedRecord[], counts: Counts): IndexedRecord[] {
  const newest = new Map<string, IndexedRecord>();
  for (const record of records) {
    const known = newest.get(record.recordId);
    const isNewer = known === undefined || known.version < record.version;
    if (isNewer && counts(record)) newest.set(record.recordId, record);
  }
  return [...newest.values()];
}

type Statements = Readonly<
  Record<
    'add' | 'addToken' | 'removeGroup' | 'find' | 'findRecord' | 'listSubject' | 'findResource' | 'findSubject' | 'findToken',
    StatementSync
  >
>;

function prepareStatements(database: Database): Statements {
  return {
    add: database.prepare('INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?, ?)'),
    addToken: database.prepare('INSERT INTO identifier VALUES (?, ?, ?)'),
    removeGroup: database.prepare('DELETE FROM record WHERE group_id = ?'),
    find: database.prepare('SELECT * FROM record WHERE record_id = ? AND version = ?'),
    findRecord: database.prepare('SELECT * FROM record WHERE record_id = ?'),
    listSubject: database.prepare('SELECT * FROM record WHERE subject_ref = ? ORDER BY rowid'),
    findResource: database.prepare('SELECT * FROM record WHERE resource = ?'),
    findSubject: database.prepare('SELECT subject_ref FROM record WHERE resource = ? ORDER BY version DESC LIMIT 1'),
    findToken: database.prepare(
      'SELECT record.* FROM identifier JOIN record USING (record_id, version) WHERE token = ? ORDER BY record.rowid',
    ),
  };
}
