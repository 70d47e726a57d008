import type { StatementSync } from 'node:sqlite';
import type { RelationEntry } from '@medaccord/chaincode/model';
import { newPreparer, type Database, type Row } from './database';
import type { Applied, Facts } from './facts';

/** A row per appeal that nobody has decided, under the member that is to decide it. */
export const appealTable = `
CREATE TABLE appeal_row (
  ref TEXT NOT NULL,
  claim_id TEXT NOT NULL,
  number INTEGER NOT NULL,
  n INTEGER NOT NULL,
  party TEXT NOT NULL,
  decider TEXT NOT NULL,
  decide_by TEXT NOT NULL,
  PRIMARY KEY (ref, claim_id, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX appeal_waiting ON appeal_row (decider, decide_by, ref, claim_id, number);`;

export interface WaitingAppeal {
  readonly relationRef: string;
  readonly claimId: string;
  readonly number: number;
  readonly decideBy: string;
}

/** Appeals that wait for this organisation: a page costs the same however many were ever made. */
export class AppealList {
  readonly #facts: Pick<Facts, 'find'>;
  readonly #mspId: string;
  readonly #prepare: (sql: string) => StatementSync;

  constructor(database: Database, facts: Pick<Facts, 'find'>, mspId: string) {
    this.#facts = facts;
    this.#mspId = mspId;
    this.#prepare = newPreparer(database);
  }

  /** Follows an entry of the ledger. */
  keep({ type, value }: Applied): void {
    if (type === 'appeal') this.#put(value);
    if (type === 'appeal-decision')
      this.#prepare('DELETE FROM appeal_row WHERE ref = ? AND claim_id = ? AND number = ?').run(
        value.relationRef,
        value.claimId,
        value.number,
      );
    // After a new adjudication one appeals against that one.
    if (type === 'adjudication')
      this.#prepare('DELETE FROM appeal_row WHERE ref = ? AND claim_id = ? AND n < ?').run(value.relationRef, value.claimId, value.n);
  }

  /** Those whose time is over first come first. Whether an appeal counts, the own peer tells (GetAppeals). */
  list(after: WaitingAppeal | undefined, most: number): readonly WaitingAppeal[] {
    const place = after ?? { decideBy: '', relationRef: '', claimId: '', number: 0 };
    const sql =
      'SELECT * FROM appeal_row INDEXED BY appeal_waiting WHERE decider = ? AND (decide_by, ref, claim_id, number) > (?, ?, ?, ?) ORDER BY decide_by, ref, claim_id, number LIMIT ?';
    return this.#prepare(sql).all(this.#mspId, place.decideBy, place.relationRef, place.claimId, place.number, most).map(parseWaiting);
  }

  #put(appeal: Extract<Applied, { type: 'appeal' }>['value']): void {
    const { relationRef, claimId, number, n, party, authority, decideBy } = appeal;
    const decider = authority ?? this.#facts.find<RelationEntry>('relation', relationRef)?.value.counterparty;
    if (decider === undefined) return;
    // What has gone on to an authority no longer waits for the insurer.
    if (authority !== null)
      this.#prepare('DELETE FROM appeal_row WHERE ref = ? AND claim_id = ? AND n = ? AND party = ?').run(relationRef, claimId, n, party);
    const row = [relationRef, claimId, number, n, party, decider, decideBy];
    this.#prepare('INSERT OR REPLACE INTO appeal_row VALUES (?, ?, ?, ?, ?, ?, ?)').run(...row);
  }
}

function parseWaiting(row: Row): WaitingAppeal {
  return {
    relationRef: String(row.ref),
    claimId: String(row.claim_id),
    number: Number(row.number),
    decideBy: String(row.decide_by),
  };
}
