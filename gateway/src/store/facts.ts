import type { StatementSync } from 'node:sqlite';
import {
  decisionKey,
  parseEntryName,
  type AccessRequest,
  type EntryName,
  type MspId,
  type PublicKeyType,
  type RecordAnchor,
  type RelationRef,
  type RequestId,
} from '@medaccord/chaincode/model';
import type { LedgerBlock, LedgerTransaction, StateWrite } from '../ledger/ledger';
import { inTransaction, openDatabase, type Database, type Row } from './database';

const migrations = [
  `
CREATE TABLE checkpoint (only INTEGER PRIMARY KEY CHECK (only = 1), height INTEGER NOT NULL, configuration INTEGER NOT NULL) STRICT;
INSERT INTO checkpoint VALUES (1, 0, 0);
CREATE TABLE fact (
  type TEXT NOT NULL,
  ref TEXT NOT NULL,
  id TEXT NOT NULL,
  ordinal INTEGER NOT NULL,
  value TEXT NOT NULL,
  block INTEGER NOT NULL,
  position INTEGER NOT NULL,
  transaction_id TEXT NOT NULL,
  PRIMARY KEY (type, ref, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX fact_ordinal ON fact (type, ref, ordinal);
CREATE INDEX fact_id ON fact (id) WHERE type = 'request';
CREATE INDEX fact_group ON fact (json_extract(value, '$.groupId')) WHERE type = 'record';
CREATE TABLE undecided (ref TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (ref, id)) STRICT, WITHOUT ROWID;
CREATE TABLE undelivered (ref TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (ref, id)) STRICT, WITHOUT ROWID;`,
];

/** A fact of the ledger's public state: its newest value and the transaction that wrote it. */
export interface Fact<T = unknown> {
  readonly type: PublicKeyType;
  readonly ref: string;
  readonly id: string;
  readonly value: T;
  readonly block: number;
  readonly transactionId: string;
}

export interface RequestName {
  readonly relationRef: RelationRef;
  /** The member that asks. */
  readonly requester: MspId;
  readonly requestId: RequestId;
}

/** The read model: public facts as the blocks wrote them, and nothing else. It can be deleted at any time and is rebuilt from block 0. */
export class Facts {
  readonly #database: Database;
  readonly #statements: Statements;
  #height: number;
  #configuration: number;

  constructor(path: string) {
    this.#database = openDatabase(path, migrations, 'made-again');
    this.#statements = prepareStatements(this.#database);
    const checkpoint = this.#database.prepare('SELECT height, configuration FROM checkpoint').get() as Row;
    this.#height = Number(checkpoint.height);
    this.#configuration = Number(checkpoint.configuration);
  }

  /** Number of blocks applied; the next block to read. */
  get height(): number {
    return this.#height;
  }

  /** Number of the newest configuration block. */
  get configurationBlock(): number {
    return this.#configuration;
  }

  /**
   * Applies a block and moves the checkpoint in one database transaction; a block that was applied already changes nothing.
   * @returns whether the block was new
   * @throws Error when a block between is missing
   */
  apply(block: LedgerBlock): boolean {
    if (block.number < this.#height) return false;
    if (block.number > this.#height) throw new Error(`Block ${String(this.#height)} is missing before block ${String(block.number)}`);
    const configuration = block.configuration ? block.number : this.#configuration;
    inTransaction(this.#database, () => {
      for (const transaction of block.transactions) this.#applyTransaction(block.number, transaction);
      this.#statements.checkpoint.run(block.number + 1, configuration);
    });
    this.#height = block.number + 1;
    this.#configuration = configuration;
    return true;
  }

  /** Forgets everything; the projector then starts again from block 0. */
  clear(): void {
    inTransaction(this.#database, () => {
      this.#database.exec(
        'DELETE FROM fact; DELETE FROM undecided; DELETE FROM undelivered; UPDATE checkpoint SET height = 0, configuration = 0',
      );
    });
    this.#height = 0;
    this.#configuration = 0;
  }

  find<T>(type: PublicKeyType, ref = '', id = ''): Fact<T> | undefined {
    return parseRow<T>(this.#statements.find.get(type, ref, id));
  }

  /** The entry under a key of the model. */
  findKey<T>(key: string): Fact<T> | undefined {
    const name = parseEntryName(key);
    return name === undefined ? undefined : this.find<T>(name.type, name.ref, name.id);
  }

  /** A member's request, whichever relation it is in. */
  findRequest(requester: string, requestId: string): Fact<AccessRequest> | undefined {
    return parseRow<AccessRequest>(this.#statements.findRequest.get(`${requester}/${requestId}`));
  }

  /** The one with the highest number: the newest consent of a relation, however many there are. */
  findNewest<T>(type: PublicKeyType, ref: string): Fact<T> | undefined {
    return parseRow<T>(this.#statements.findNewest.get(type, ref));
  }

  /** The newest version of a custodian's record, whether its group is closed or not. */
  findNewestVersion(custodian: MspId, recordId: string): number | undefined {
    return this.findNewest<RecordAnchor>('record', `${custodian}/${recordId}`)?.value.version;
  }

  /** All of one relation, record or the like, in the order in which the ledger got them. */
  list<T>(type: PublicKeyType, ref: string): readonly Fact<T>[] {
    return this.#statements.list.all(type, ref).flatMap((row) => parseRow<T>(row) ?? []);
  }

  listType<T>(type: PublicKeyType): readonly Fact<T>[] {
    return this.#statements.listType.all(type).flatMap((row) => parseRow<T>(row) ?? []);
  }

  /** The anchors of these groups of a custodian that `isKnown` does not know. */
  listMissingRecords(
    custodian: MspId,
    groupIds: readonly string[],
    isKnown: (recordId: string, version: number) => boolean,
  ): readonly RecordAnchor[] {
    const anchors = groupIds.flatMap((groupId) =>
      this.#statements.anchors.all(groupId, `${custodian}/*`).flatMap((row) => parseRow<RecordAnchor>(row) ?? []),
    );
    return anchors.map(({ value }) => value).filter(({ recordId, version }) => !isKnown(recordId, version));
  }

  /** Requests of a relation's counterparty that have no decision yet. */
  listUndecided(): readonly RequestName[] {
    return this.#statements.undecided.all().map(parseName);
  }

  /** Decisions to release of which not every part is delivered yet. */
  listUndelivered(): readonly RequestName[] {
    return this.#statements.undelivered.all().map(parseName);
  }

  /** Whether every part of a released decision is on the ledger. */
  isDelivered({ relationRef, requester, requestId }: RequestName): boolean {
    const decision = this.findKey<{ outcome: string }>(decisionKey(relationRef, requester, requestId))?.value;
    return decision?.outcome === 'released' && this.#statements.isUndelivered.get(relationRef, `${requester}/${requestId}`) === undefined;
  }

  close(): void {
    this.#database.close();
  }

  #applyTransaction(block: number, transaction: LedgerTransaction): void {
    for (const write of transaction.writes) this.#applyWrite(block, transaction, write);
  }

  #applyWrite(block: number, { index, transactionId }: LedgerTransaction, { key, value }: StateWrite): void {
    const name = parseEntryName(key);
    if (name === undefined) return;
    const { type, ref, id, number } = name;
    if (value === undefined) this.#statements.remove.run(type, ref, id);
    else if (!immutable.includes(type) || this.find(type, ref, id) === undefined) {
      this.#statements.put.run(type, ref, id, number ?? block, value, block, index, transactionId);
      this.#keepWorkLists(name, value);
    }
  }

  #keepWorkLists({ type, ref, id }: EntryName, text: string): void {
    const { addUndecided, endUndecided, addUndelivered, endUndelivered, countParts } = this.#statements;
    if (type === 'request') {
      if ((JSON.parse(text) as { party: boolean }).party) addUndecided.run(ref, id, ref, id);
    } else if (type === 'decision') {
      endUndecided.run(ref, id);
      if ((JSON.parse(text) as { outcome: string }).outcome === 'released') addUndelivered.run(ref, id);
    } else if (type === 'delivery') {
      const { parts } = JSON.parse(text) as { parts: number };
      const request = id.slice(0, id.lastIndexOf('/'));
      const delivered = Number((countParts.get(ref, `${request}/*`) as Row).number);
      if (delivered >= parts) endUndelivered.run(ref, request);
    }
  }
}

/** Never change by rule: what came later, whoever endorsed it, does not count. */
const immutable: readonly PublicKeyType[] = ['record', 'group'];

type Statements = Readonly<
  Record<
    | 'checkpoint'
    | 'put'
    | 'remove'
    | 'find'
    | 'findRequest'
    | 'findNewest'
    | 'list'
    | 'listType'
    | 'anchors'
    | 'countParts'
    | 'undecided'
    | 'addUndecided'
    | 'endUndecided'
    | 'undelivered'
    | 'isUndelivered'
    | 'addUndelivered'
    | 'endUndelivered',
    StatementSync
  >
>;

function prepareStatements(database: Database): Statements {
  const columns = 'type, ref, id, value, block, transaction_id';
  return {
    checkpoint: database.prepare('UPDATE checkpoint SET height = ?, configuration = ?'),
    put: database.prepare('INSERT OR REPLACE INTO fact VALUES (?, ?, ?, ?, ?, ?, ?, ?)'),
    remove: database.prepare('DELETE FROM fact WHERE type = ? AND ref = ? AND id = ?'),
    find: database.prepare(`SELECT ${columns} FROM fact WHERE type = ? AND ref = ? AND id = ?`),
    findRequest: database.prepare(`SELECT ${columns} FROM fact WHERE type = 'request' AND id = ?`),
    findNewest: database.prepare(`SELECT ${columns} FROM fact WHERE type = ? AND ref = ? ORDER BY ordinal DESC LIMIT 1`),
    list: database.prepare(`SELECT ${columns} FROM fact WHERE type = ? AND ref = ? ORDER BY block, position, ordinal`),
    listType: database.prepare(`SELECT ${columns} FROM fact WHERE type = ? ORDER BY block, position, ref, ordinal`),
    anchors: database.prepare(
      `SELECT ${columns} FROM fact WHERE type = 'record' AND json_extract(value, '$.groupId') = ? AND ref GLOB ? ORDER BY block, position, ref, ordinal`,
    ),
    countParts: database.prepare("SELECT count(*) AS number FROM fact WHERE type = 'delivery' AND ref = ? AND id GLOB ?"),
    undecided: database.prepare('SELECT ref, id FROM undecided'),
    addUndecided: database.prepare(
      `INSERT OR IGNORE INTO undecided SELECT ?, ? WHERE NOT EXISTS (SELECT 1 FROM fact WHERE type = 'decision' AND ref = ? AND id = ?)`,
    ),
    endUndecided: database.prepare('DELETE FROM undecided WHERE ref = ? AND id = ?'),
    undelivered: database.prepare('SELECT ref, id FROM undelivered'),
    isUndelivered: database.prepare('SELECT 1 FROM undelivered WHERE ref = ? AND id = ?'),
    addUndelivered: database.prepare('INSERT OR IGNORE INTO undelivered VALUES (?, ?)'),
    endUndelivered: database.prepare('DELETE FROM undelivered WHERE ref = ? AND id = ?'),
  };
}

function parseRow<T>(row: unknown): Fact<T> | undefined {
  if (row === undefined) return undefined;
  const { type, ref, id, value, block, transaction_id: transactionId } = row as Row;
  return {
    type: type as PublicKeyType,
    ref: String(ref),
    id: String(id),
    value: JSON.parse(String(value)) as T,
    block: Number(block),
    transactionId: String(transactionId),
  };
}

function parseName(row: unknown): RequestName {
  const { ref, id } = row as Row;
  const [requester, requestId] = String(id).split('/');
  return { relationRef: String(ref) as RelationRef, requester: requester as MspId, requestId: requestId as RequestId };
}
