import type { StatementSync } from 'node:sqlite';
import { newPreparer, type Database } from './database';
import type { LocalKey } from './local-key';

/** A row per claim that a report tells of. What it tells is sealed. */
export const reportTable = `
CREATE TABLE report_row (
  report_id TEXT NOT NULL,
  list TEXT NOT NULL,
  place INTEGER NOT NULL,
  sealed BLOB NOT NULL,
  PRIMARY KEY (report_id, list, place)
) STRICT, WITHOUT ROWID;`;

/** A list of a report. */
export interface ReportList {
  readonly reportId: string;
  readonly list: string;
}

/** What reports list, so that none is held in memory; nothing of it outlives the process that made it. */
export class ReportTable {
  readonly #prepare: (sql: string) => StatementSync;
  readonly #key: LocalKey;

  constructor(database: Database, key: LocalKey) {
    this.#prepare = newPreparer(database);
    this.#key = key;
  }

  put({ reportId, list }: ReportList, place: number, row: object): void {
    const sealed = this.#key.seal(placeOf({ reportId, list }, place), Buffer.from(JSON.stringify(row)));
    this.#prepare('INSERT INTO report_row VALUES (?, ?, ?, ?)').run(reportId, list, place, sealed);
  }

  /** The rows behind a place, in their order. */
  list({ reportId, list }: ReportList, after: number, most: number): readonly { readonly place: number; readonly row: object }[] {
    const sql = 'SELECT place, sealed FROM report_row WHERE report_id = ? AND list = ? AND place > ? ORDER BY place LIMIT ?';
    return this.#prepare(sql)
      .all(reportId, list, after, most)
      .map(({ place, sealed }) => {
        const text = this.#key.open(placeOf({ reportId, list }, Number(place)), sealed as Uint8Array);
        return { place: Number(place), row: JSON.parse(Buffer.from(text).toString('utf8')) as object };
      });
  }

  remove(reportId: string): void {
    this.#prepare('DELETE FROM report_row WHERE report_id = ?').run(reportId);
  }

  clear(): void {
    this.#prepare('DELETE FROM report_row').run();
  }
}

function placeOf({ reportId, list }: ReportList, place: number): string {
  return `report/${reportId}/${list}/${String(place)}`;
}
