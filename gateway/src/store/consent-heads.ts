import type { ConsentEntry } from '@medaccord/chaincode/model';
import type { Database, Row } from './database';

/** Filled while blocks are applied. */
export const consentHeadTable = `
CREATE TABLE consent_head (ref TEXT PRIMARY KEY, signed INTEGER NOT NULL, newest INTEGER NOT NULL) STRICT, WITHOUT ROWID`;

/** Where the consent of a relation stands: the newest number, and the newest version that counts; zeros before the first. */
export interface ConsentHead {
  readonly signed: number;
  readonly newest: number;
}

/** A version as it counts: `void` once its delegate's end says that it counts nowhere. */
type FindVersion = (relationRef: string, version: number) => ConsentEntry | 'void' | undefined;

/**
 * Follows each relation's chain up to the first number at which nothing stands; nothing follows a closing. Each version is looked at once,
 * when it comes, and again with a delegation of its relation, so that finding the head costs the same however many there are.
 */
export class ConsentHeads {
  readonly #findVersion: FindVersion;
  readonly #find;
  readonly #put;
  readonly #addJunk;
  readonly #findJunk;

  constructor(database: Database, findVersion: FindVersion) {
    this.#findVersion = findVersion;
    this.#find = database.prepare('SELECT signed, newest FROM consent_head WHERE ref = ?');
    this.#put = database.prepare('INSERT OR REPLACE INTO consent_head VALUES (?, ?, ?)');
    this.#addJunk = database.prepare('INSERT OR IGNORE INTO junk_consent VALUES (?, ?)');
    this.#findJunk = database.prepare('SELECT 1 FROM junk_consent WHERE ref = ? AND version = ?');
  }

  find(relationRef: string): ConsentHead {
    const row = this.#find.get(relationRef) as Row | undefined;
    return { signed: Number(row?.signed ?? 0), newest: Number(row?.newest ?? 0) };
  }

  /**
   * Something was written at a number: a version that the patient signed and that was kept, or what is not hers. Where it was passed already,
   * only what she signed counts, and the chain is counted again from its beginning.
   */
  add(relationRef: string, version: number, isSigned: boolean): void {
    if (!isSigned) this.#addJunk.run(relationRef, version);
    const head = this.find(relationRef);
    if (version > head.newest) this.#move(relationRef, head);
    else if (isSigned) this.recount(relationRef);
  }

  /** A delegation ended: versions that were signed by it may count no longer. */
  recount(relationRef: string): void {
    this.#move(relationRef, { signed: 0, newest: 0 });
  }

  #move(relationRef: string, from: ConsentHead): void {
    let { signed, newest } = from;
    for (let isClosed = this.#isClosed(relationRef, signed); !isClosed; newest += 1) {
      const next = this.#findVersion(relationRef, newest + 1);
      if (next === undefined && this.#findJunk.get(relationRef, newest + 1) === undefined) break;
      if (next === undefined || next === 'void') continue;
      signed = newest + 1;
      isClosed = next.status === 'closed';
    }
    this.#put.run(relationRef, signed, newest);
  }

  #isClosed(relationRef: string, version: number): boolean {
    const entry = this.#findVersion(relationRef, version);
    return entry !== undefined && entry !== 'void' && entry.status === 'closed';
  }
}
