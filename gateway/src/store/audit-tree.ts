import { createHash } from 'node:crypto';
import type { StatementSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import { formatBase64url, hashChildren, leftSize, type Digest } from '@medaccord/chaincode/model';
import { newError } from '../problem';
import { inTransaction, type Database } from './database';

/** Hashes of whole subtrees: of the 2^level entries from number place * 2^level + 1 on. Those of level 0 stand with the entries. */
export const nodeTable = `
CREATE TABLE node (level INTEGER NOT NULL, place INTEGER NOT NULL, hash BLOB NOT NULL, PRIMARY KEY (level, place)) STRICT, WITHOUT ROWID;`;

/** Entries that are added at a time; in between others have their turn. */
const atOnce = 512;

/** The Merkle tree of an audit log (RFC 6962 section 2.1). What it answers costs as many reads as the tree has levels. */
export class AuditTree {
  readonly #database: Database;
  readonly #statements: Readonly<Record<'leaf' | 'node' | 'put' | 'newest', StatementSync>>;
  #growing: Promise<void> = Promise.resolve();

  constructor(database: Database) {
    this.#database = database;
    this.#statements = {
      leaf: database.prepare('SELECT hash FROM entry WHERE n = ? + 1'),
      node: database.prepare('SELECT hash FROM node WHERE level = ? AND place = ?'),
      put: database.prepare('INSERT OR REPLACE INTO node VALUES (?, ?, ?)'),
      newest: database.prepare('SELECT max(place) AS place FROM node WHERE level = 1'),
    };
  }

  /** Adds the entries up to a number that are new to it; of an odd number the last one joins with the next. */
  grow(size: number): Promise<void> {
    this.#growing = this.#growing.catch(() => undefined).then(() => this.#grow(Math.floor(size / 2)));
    return this.#growing;
  }

  /** Hash of the tree over the first `size` entries, at least one. */
  root(size: number): Digest {
    return format(this.#hash(0, size));
  }

  /** PATH (section 2.1.1): proves entry number `n` in that tree. */
  path(n: number, size: number): readonly Digest[] {
    const path: Uint8Array[] = [];
    let [from, until] = [0, size];
    while (until - from > 1) {
      const middle = from + leftSize(until - from);
      path.unshift(n > middle ? this.#hash(from, middle) : this.#hash(middle, until));
      if (n > middle) from = middle;
      else until = middle;
    }
    return path.map(format);
  }

  /** PROOF (section 2.1.2): that the tree of `later` entries begins with the tree of `earlier` ones. */
  consistency(earlier: number, later: number): readonly Digest[] {
    const path: Uint8Array[] = [];
    let [from, until] = [0, later];
    while (until > earlier) {
      const middle = from + leftSize(until - from);
      path.unshift(earlier > middle ? this.#hash(from, middle) : this.#hash(middle, until));
      if (earlier > middle) from = middle;
      else until = middle;
    }
    return (from === 0 ? path : [this.#hash(from, until), ...path]).map(format);
  }

  /** By pairs of entries. */
  async #grow(pairs: number): Promise<void> {
    const { place } = this.#statements.newest.get() as { place: number | null };
    for (let pair = place === null ? 0 : place + 1; pair < pairs;) {
      const until = Math.min(pairs, pair + atOnce / 2);
      inTransaction(this.#database, () => {
        for (; pair < until; pair += 1) this.#join(1, pair);
      });
      await setImmediate();
    }
  }

  /** Joins two subtrees, and what that makes whole. */
  #join(level: number, place: number): void {
    const hash = join(this.#read(level - 1, 2 * place), this.#read(level - 1, 2 * place + 1));
    this.#statements.put.run(level, place, hash);
    if (place % 2 === 1) this.#join(level + 1, (place - 1) / 2);
  }

  /** Of the entries after number `from` up to number `until`; where it begins, a subtree of its size begins. */
  #hash(from: number, until: number): Uint8Array {
    const size = until - from;
    const level = Math.log2(size);
    if (Number.isInteger(level)) return this.#read(level, from / size);
    const middle = from + leftSize(size);
    return join(this.#hash(from, middle), this.#hash(middle, until));
  }

  #read(level: number, place: number): Uint8Array {
    const row = level === 0 ? this.#statements.leaf.get(place) : this.#statements.node.get(level, place);
    if (row === undefined) throw newError('AUDIT_UNAVAILABLE', 'The audit log has fewer entries than were anchored');
    return row.hash as Uint8Array;
  }
}

function join(left: Uint8Array, right: Uint8Array): Uint8Array {
  return hashChildren(left, right, (bytes) => createHash('sha256').update(bytes).digest());
}

const format = (hash: Uint8Array): Digest => formatBase64url(hash) as Digest;
