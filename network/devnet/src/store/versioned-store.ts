import { compareBytes, concat } from '../proto/bytes';
import type { Change, Entry, OrderedReader, OrderedStore } from './ordered-store';
import type { KeyRange } from './keys';

/** What a block changed, as it was before: enough to read the store as it was at height `from`. */
interface Undo {
  readonly from: number;
  readonly before: ReadonlyMap<string, Change>;
}

const CHUNK = 101;
const NEXT = Uint8Array.of(0);

/**
 * A store whose earlier heights stay readable for as long as somebody holds them, by undo records in memory. Everything that a
 * block changes must pass through `commit`.
 */
export class VersionedStore {
  #height: number;
  readonly #undo: Undo[] = [];
  readonly #holders = new Map<number, number>();
  constructor(
    readonly store: OrderedStore,
    height: number,
  ) {
    this.#height = height;
  }

  get height(): number {
    return this.#height;
  }

  commit(changes: readonly Change[]): void {
    if (this.#holders.size > 0)
      this.#undo.push({ from: this.#height, before: new Map(changes.map((change) => [nameOf(change.key), this.#now(change)])) });
    if (changes.length > 0) this.store.write(changes);
    this.#height += 1;
  }

  /** The store as it is at a height from now on until `release`. @throws RangeError for a height that nobody held */
  hold(height: number): HeldView {
    if (height > this.#height || (height < this.#height && (this.#undo[0]?.from ?? Infinity) > height))
      throw new RangeError(`height ${String(height)} is gone`);
    this.#holders.set(height, (this.#holders.get(height) ?? 0) + 1);
    let held = true;
    return new HeldView(
      this.store,
      () => this.#since(height),
      () => {
        if (held) this.#release(height);
        held = false;
      },
    );
  }

  #now({ key }: Change): Change {
    return { key, value: this.store.get(key) };
  }

  #since(height: number): readonly Undo[] {
    if (height === this.#height) return [];
    return this.#undo.slice(height - (this.#undo[0]?.from ?? height));
  }

  #release(height: number): void {
    const left = (this.#holders.get(height) ?? 1) - 1;
    if (left > 0) this.#holders.set(height, left);
    else this.#holders.delete(height);
    const oldest = Math.min(...this.#holders.keys());
    const first = this.#undo[0]?.from ?? 0;
    this.#undo.splice(0, Math.min(this.#undo.length, oldest - first));
  }
}

/** A store as it was at one height. */
export class HeldView {
  constructor(
    private readonly store: OrderedReader,
    private readonly undo: () => readonly Undo[],
    readonly release: () => void,
  ) {}

  get(key: Uint8Array): Uint8Array | undefined {
    const records = this.undo();
    if (records.length === 0) return this.store.get(key);
    const name = nameOf(key);
    const record = records.find(({ before }) => before.has(name));
    return record === undefined ? this.store.get(key) : record.before.get(name)?.value;
  }

  /** Reads on while blocks commit: every chunk is put back to this view's height when it is read. */
  *scan({ start, end }: KeyRange): IterableIterator<Entry> {
    let from = start;
    for (;;) {
      const rows = this.store.scan(from, end, CHUNK);
      const last = rows.length < CHUNK ? undefined : rows.at(-1);
      const to = last === undefined ? end : concat(last.key, NEXT);
      yield* this.#asItWas(rows, from, to);
      if (last === undefined) return;
      from = to;
    }
  }

  #asItWas(rows: readonly Entry[], from: Uint8Array, to: Uint8Array): readonly Entry[] {
    const records = this.undo();
    if (records.length === 0) return rows;
    const entries = new Map<string, Entry>(rows.map((row) => [nameOf(row.key), row]));
    for (const { before } of records.toReversed())
      for (const [name, { key, value }] of before) {
        if (compareBytes(key, from) < 0 || compareBytes(key, to) >= 0) continue;
        if (value === undefined) entries.delete(name);
        else entries.set(name, { key, value });
      }
    return [...entries.values()].sort((a, b) => compareBytes(a.key, b.key));
  }
}

function nameOf(key: Uint8Array): string {
  return Buffer.from(key.buffer as ArrayBuffer, key.byteOffset, key.byteLength).toString('latin1');
}
