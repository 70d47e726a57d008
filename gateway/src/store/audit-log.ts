import { createHash, randomBytes } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { StatementSync } from 'node:sqlite';
import { formatCanonical, formatInstant, type CanonicalValue, type Instant } from '@medaccord/chaincode/model';
import { newError } from '../problem';
import { AuditTree, nodeTable } from './audit-tree';
import { inTransaction, openDatabase, type Database, type Row } from './database';
import type { LocalKey } from './local-key';
import { loadOrCreatePrivateFile } from './private-file';
import { newSyncer, type Syncer } from './syncer';

const tables = `
CREATE TABLE log (id TEXT NOT NULL) STRICT;
CREATE TABLE entry (n INTEGER PRIMARY KEY, hash BLOB NOT NULL, sealed BLOB NOT NULL) STRICT;
CREATE TABLE name (name BLOB NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (name, n)) STRICT, WITHOUT ROWID;`;

/** Bytes of a keyed name: enough that two never meet. */
const nameBytes = 16;
/** Another process that has the file locks it for moments; who waits longer is told so, for nobody is answered meanwhile. */
const busyMs = 250;

/** Something that an entry is found by: what it is, and its value. */
export type AuditName = readonly [kind: string, value: string];

/** An entry to be: what it says to whoever may read it, what it keeps for the organisation alone, what it is found by. */
export interface AuditDraft {
  readonly says: Readonly<Record<string, CanonicalValue>>;
  readonly own: Readonly<Record<string, CanonicalValue>>;
  readonly names: readonly AuditName[];
}

/** An entry of the log. */
export interface KeptEntry {
  readonly n: number;
  /** Canonical text: what it says, with `log`, `n`, `at`, `previous` (the hash before), `own` (hash of the own text) and `salt`. */
  readonly text: string;
  /** Canonical text of what the organisation alone sees, with a salt. */
  readonly own: string;
}

export interface AuditQuery {
  /** All of them. */
  readonly names: readonly AuditName[];
  /** Of each of these lists one. */
  readonly anyOf?: readonly (readonly AuditName[])[];
  readonly from?: number | undefined;
  /** The last number, inclusive. */
  readonly until?: number | undefined;
}

/** The newest entry. */
interface Head {
  readonly n: number;
  readonly at: string;
  readonly hash: Uint8Array;
}

interface Waiting {
  readonly drafts: readonly AuditDraft[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The organisation's audit log: entries in one order, each with the hash of the one before, on the disk when `append` resolves. Entries that
 * come while the disk works share the next commit. Whatever hinders it (a full disk, a file that is gone, replaced or locked) is
 * AUDIT_UNAVAILABLE, for whoever then answers nothing.
 */
export class AuditLog {
  readonly id: string;
  readonly #file: OpenFile | undefined;
  readonly #key: LocalKey;
  readonly #waiting: Waiting[] = [];
  #head: Head;
  #isWriting = false;
  #hasFailed = false;

  /**
   * @param folder the gateway's data folder
   * @param mostPages how large the file may grow, in pages of SQLite; as large as the disk takes unless given
   */
  constructor(folder: string, key: LocalKey, mostPages?: number) {
    this.#key = key;
    const { id, file } = openFile(folder);
    if (mostPages !== undefined) file?.database.exec(`PRAGMA max_page_count = ${String(mostPages)}`);
    this.id = id;
    this.#file = file;
    this.#head = { n: 0, at: '', hash: new Uint8Array(0) };
    const last = file === undefined ? undefined : this.list({ names: [] }, { most: 1, newestFirst: true })[0];
    if (last !== undefined) this.#head = { n: last.n, at: readAt(last), hash: hashEntry(last.text) };
  }

  /** Number of the newest entry. */
  get length(): number {
    return this.#head.n;
  }

  get isReady(): boolean {
    return this.#file !== undefined && this.#file.isInPlace();
  }

  /** Refuses what could not be written down, before it is done. @throws CodedError AUDIT_UNAVAILABLE */
  assertReady(): void {
    const file = this.#needFile();
    if (!this.#hasFailed) return;
    try {
      inTransaction(file.database, () => {
        file.statements.probe.run(this.#head.n + 1);
        file.statements.unprobe.run(this.#head.n + 1);
      });
    } catch (cause) {
      throw unavailable(cause);
    }
  }

  /** Resolves when the entries survive a power failure. @throws CodedError AUDIT_UNAVAILABLE: then none is to be relied on */
  append(drafts: readonly AuditDraft[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ drafts, resolve, reject });
      if (!this.#isWriting) void this.#write();
    });
  }

  find(n: number): KeptEntry | undefined {
    return this.list({ names: [], from: n, until: n }, { most: 1 })[0];
  }

  /** In the order of their numbers, or the newest first. @throws CodedError AUDIT_UNAVAILABLE, STORE_CORRUPT */
  list(query: AuditQuery, { most, newestFirst = false }: { readonly most: number; readonly newestFirst?: boolean }): readonly KeptEntry[] {
    const { database } = this.#needFile();
    const { sql, values } = this.#formatWhere(query);
    const order = newestFirst ? 'DESC' : 'ASC';
    const rows = database.prepare(`SELECT n, sealed FROM entry WHERE ${sql} ORDER BY n ${order} LIMIT ?`).all(...values, most) as Row[];
    return rows.map(({ n, sealed }) => this.#open(Number(n), sealed as Uint8Array));
  }

  count(query: AuditQuery): number {
    const { sql, values } = this.#formatWhere(query);
    const row = this.#needFile()
      .database.prepare(`SELECT count(*) AS number FROM entry WHERE ${sql}`)
      .get(...values) as Row;
    return Number(row.number);
  }

  /** The first number whose entry was written at this time or later; entries are in the order of their times. */
  findFirstSince(at: Instant): number {
    let [low, high] = [1, this.length + 1];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const entry = this.find(middle);
      if (entry === undefined || readAt(entry) < at) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The Merkle tree of the log with all entries there are, each on the disk. @throws CodedError AUDIT_UNAVAILABLE */
  async growTree(): Promise<{ readonly tree: AuditTree; readonly size: number }> {
    const size = this.length;
    await this.#needFile().syncer.sync();
    const { tree } = this;
    await tree.grow(size);
    return { tree, size };
  }

  /** The Merkle tree of the log, as far as it was grown. @throws CodedError AUDIT_UNAVAILABLE */
  get tree(): AuditTree {
    return this.#needFile().tree;
  }

  close(): void {
    this.#file?.close();
  }

  async #write(): Promise<void> {
    this.#isWriting = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0);
      try {
        const file = this.#needFile();
        this.#head = inTransaction(file.database, () => this.#insert(file, batch));
        await file.syncer.sync();
        this.#needFile();
        this.#hasFailed = false;
        for (const { resolve } of batch) resolve();
      } catch (cause) {
        this.#hasFailed = true;
        for (const { reject } of batch) reject(unavailable(cause));
      }
    }
    this.#isWriting = false;
  }

  #insert({ statements }: OpenFile, batch: readonly Waiting[]): Head {
    let head = this.#head;
    const now = formatInstant(Date.now());
    for (const { says, own, names } of batch.flatMap(({ drafts }) => drafts)) {
      const n = head.n + 1;
      // A clock that is set back does not turn the order round.
      const at = now > head.at ? now : head.at;
      const ownText = formatCanonical({ ...own, salt: newSalt() });
      const chain = { log: this.id, n, at, previous: formatHash(head.hash), own: formatHash(digest(ownText)), salt: newSalt() };
      const text = formatCanonical({ ...says, ...chain });
      const hash = hashEntry(text);
      statements.add.run(n, hash, this.#key.seal(this.#formatPlace(n), Buffer.from(JSON.stringify([text, ownText]))));
      for (const name of names) statements.addName.run(this.#nameOf(name), n);
      head = { n, at, hash };
    }
    return head;
  }

  #open(n: number, sealed: Uint8Array): KeptEntry {
    const [text = '', own = ''] = JSON.parse(Buffer.from(this.#key.open(this.#formatPlace(n), sealed)).toString('utf8')) as string[];
    return { n, text, own };
  }

  #formatWhere(query: AuditQuery): { sql: string; values: (number | Uint8Array)[] } {
    const { names, anyOf = [], from = 1, until = Number.MAX_SAFE_INTEGER } = query;
    const lists = [...names.map((name) => [name]), ...anyOf];
    const named = lists.map((list) => `n IN (SELECT n FROM name WHERE name IN (${list.map(() => '?').join(', ')}))`);
    return {
      sql: ['n BETWEEN ? AND ?', ...named].join(' AND '),
      values: [from, until, ...lists.flat().map((name) => this.#nameOf(name))],
    };
  }

  #nameOf([kind, value]: AuditName): Uint8Array {
    return Buffer.from(this.#key.name(`audit/${kind}`, value), 'base64url').subarray(0, nameBytes);
  }

  #formatPlace(n: number): string {
    return `audit/${this.id}/${String(n)}`;
  }

  #needFile(): OpenFile {
    if (this.#file === undefined)
      throw newError(
        'AUDIT_UNAVAILABLE',
        'The audit log that belongs to this data folder is not there; bring audit.sqlite back from the backup, or remove keys/audit-log to begin another one: the ledger keeps that the old one ended',
      );
    if (!this.#file.isInPlace())
      throw newError(
        'AUDIT_UNAVAILABLE',
        'The file of the audit log was taken away; stop the gateway, bring audit.sqlite back and start again',
      );
    return this.#file;
  }
}

interface OpenFile {
  readonly database: Database;
  readonly syncer: Syncer;
  readonly tree: AuditTree;
  readonly statements: Readonly<Record<'add' | 'addName' | 'probe' | 'unprobe', StatementSync>>;
  isInPlace(): boolean;
  close(): void;
}

/** A folder whose keys know of a log that is not there, or is another, gets no new one unasked: who removes a log shall not be served. */
function openFile(folder: string): { readonly id: string; readonly file: OpenFile | undefined } {
  const path = join(folder, 'audit.sqlite');
  const idPath = join(folder, 'keys', 'audit-log');
  if (!existsSync(path) && existsSync(idPath)) return { id: loadOrCreatePrivateFile(idPath, () => ''), file: undefined };
  const database = openDatabase(path, [tables, nodeTable]);
  database.exec(`PRAGMA busy_timeout = ${String(busyMs)}`);
  const found = database.prepare('SELECT id FROM log').get()?.id;
  const own = typeof found === 'string' ? found : randomBytes(16).toString('base64url');
  if (found === undefined) database.prepare('INSERT INTO log VALUES (?)').run(own);
  const id = loadOrCreatePrivateFile(idPath, () => own);
  if (id === own) return { id, file: newOpenFile(path, database) };
  database.close();
  return { id, file: undefined };
}

function newOpenFile(path: string, database: Database): OpenFile {
  const syncer = newSyncer(path);
  const files = [path, `${path}-wal`].map((name) => ({ name, inode: statSync(name).ino }));
  return {
    database,
    syncer,
    tree: new AuditTree(database),
    statements: {
      add: database.prepare('INSERT INTO entry VALUES (?, ?, ?)'),
      addName: database.prepare('INSERT OR IGNORE INTO name VALUES (?, ?)'),
      probe: database.prepare("INSERT INTO entry VALUES (?, x'', zeroblob(65536))"),
      unprobe: database.prepare('DELETE FROM entry WHERE n = ?'),
    },
    // What is written to a file without a name is written nowhere.
    isInPlace: () => files.every(({ name, inode }) => statSync(name, { throwIfNoEntry: false })?.ino === inode),
    close: () => {
      syncer.close();
      database.close();
    },
  };
}

/** RFC 6962, section 2.1: the hash of a leaf; it is also what the next entry names as the one before. */
export function hashEntry(text: string): Uint8Array {
  return createHash('sha256').update(Uint8Array.of(0)).update(text).digest();
}

function digest(text: string): Uint8Array {
  return createHash('sha256').update(text).digest();
}

function formatHash(hash: Uint8Array): string {
  return Buffer.from(hash).toString('base64url');
}

/** What keeps others from trying what an entry may say against its hash. */
function newSalt(): string {
  return randomBytes(16).toString('base64url');
}

function readAt({ text }: KeptEntry): string {
  return (JSON.parse(text) as { readonly at: string }).at;
}

function unavailable(cause: unknown): Error {
  if (cause instanceof Error && 'code' in cause && cause.code === 'AUDIT_UNAVAILABLE') return cause;
  return newError('AUDIT_UNAVAILABLE', 'The audit log cannot be written, so nothing is answered; look at the disk of the data folder', {
    cause,
  });
}
