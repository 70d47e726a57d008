import type { RangeQuery } from '../proto/rwset';
import type { KeyedValue } from '../store/state';
import { RangeReads } from '../proto/range-reads';

export interface ScanRow {
  readonly key: string;
  readonly value: Uint8Array;
}

/** A query that a chaincode walks through. */
export interface Scan<Row> {
  next(): Row | undefined;
  /** First key behind what was returned, empty at the end. Ends the scan. */
  bookmarkAndClose(): string;
  close(): void;
}

/** A scan over any iterator, which it closes when it ends. */
export function newScan<Row>(rows: Iterator<Row>): Scan<Row> {
  return {
    next: () => take(rows),
    bookmarkAndClose: () => {
      rows.return?.();
      return '';
    },
    close: () => void rows.return?.(),
  };
}

interface Range {
  readonly startKey: string;
  readonly endKey: string;
  /** 0: no limit. */
  readonly pageSize: number;
}

/** A scan of the public state, which remembers what the peer read of it for the read set (txmgr/query_executor.go, resultsItr). */
export class StateScan implements Scan<ScanRow> {
  readonly #reads = new RangeReads();
  #lastKey = '';
  #returned = 0;
  #exhausted = false;

  constructor(
    readonly rows: Iterator<KeyedValue>,
    readonly range: Range,
  ) {}

  next(): ScanRow | undefined {
    const full = this.range.pageSize > 0 && this.#returned >= this.range.pageSize;
    const row = full ? undefined : take(this.rows);
    if (row === undefined) {
      this.#exhausted = true;
      return undefined;
    }
    this.#reads.add({ key: row.key, version: row.version });
    this.#lastKey = row.key;
    this.#returned++;
    return row;
  }

  bookmarkAndClose(): string {
    const following = take(this.rows);
    this.close();
    return following?.key ?? '';
  }

  close(): void {
    this.rows.return?.();
  }

  /** Whatever the chaincode took of it, the peer's reads count. Call it once, at the end of the simulation. */
  query(): RangeQuery {
    const endKey = this.#exhausted ? this.range.endKey : this.#lastKey;
    return { startKey: this.range.startKey, endKey, exhausted: this.#exhausted, ...this.#reads.finish() };
  }
}

function take<Row>(rows: Iterator<Row>): Row | undefined {
  const step = rows.next();
  return step.done === true ? undefined : step.value;
}
