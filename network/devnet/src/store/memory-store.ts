import { asBytes } from '../proto/bytes';
import type { Change, Entry, OrderedStore } from './ordered-store';

/** The twin of the SQLite store for ledgers that nobody keeps. Latin-1 text of a key sorts as its bytes do. */
export function newMemoryStore(): OrderedStore {
  const values = new Map<string, Uint8Array>();
  const kinds = new Map<string, SortedNames>();
  const namesLike = (name: string): SortedNames => {
    const kind = name.charAt(0);
    const names = kinds.get(kind) ?? new SortedNames();
    kinds.set(kind, names);
    return names;
  };
  const write = (changes: readonly Change[]): void => {
    for (const { key, value } of changes) {
      const name = textOf(key);
      if (value === undefined) {
        if (values.delete(name)) namesLike(name).remove(name);
        continue;
      }
      if (!values.has(name)) namesLike(name).add(name);
      values.set(name, value.slice());
    }
  };
  const scan = (start: Uint8Array, end: Uint8Array, limit: number): readonly Entry[] => {
    const [first, last] = [textOf(start), textOf(end)];
    const letters = [...kinds.keys()].filter((kind) => kind >= first.charAt(0) && kind < last).sort(byUnits);
    const found: string[] = [];
    for (const kind of letters) found.push(...namesLike(kind).between(first, last, limit - found.length));
    return found.map((name) => ({ key: asBytes(Buffer.from(name, 'latin1')), value: values.get(name) ?? new Uint8Array(0) }));
  };
  return { get: (key) => values.get(textOf(key)), scan, write, close: () => undefined };
}

/** Names in order. They are sorted when somebody asks for a range: most kinds of keys are only ever looked up. */
class SortedNames {
  readonly #sorted: string[] = [];
  readonly #added = new Set<string>();
  readonly #removed = new Set<string>();

  add(name: string): void {
    if (!this.#removed.delete(name)) this.#added.add(name);
  }

  remove(name: string): void {
    if (!this.#added.delete(name)) this.#removed.add(name);
  }

  between(start: string, end: string, limit: number): readonly string[] {
    this.#settle();
    const from = firstAtLeast(this.#sorted, start);
    return this.#sorted.slice(from, Math.min(from + limit, firstAtLeast(this.#sorted, end)));
  }

  /** A few changes are put in their places; many are sorted with all the others. */
  #settle(): void {
    if (this.#added.size + this.#removed.size > FEW) {
      const kept = this.#sorted.filter((name) => !this.#removed.has(name));
      this.#removed.clear();
      this.#sorted.length = 0;
      for (const name of merged(kept, [...this.#added].sort(byUnits))) this.#sorted.push(name);
    } else {
      for (const name of this.#removed) this.#sorted.splice(firstAtLeast(this.#sorted, name), 1);
      for (const name of this.#added) this.#sorted.splice(firstAtLeast(this.#sorted, name), 0, name);
      this.#removed.clear();
    }
    this.#added.clear();
  }
}

const FEW = 100;

function* merged(a: readonly string[], b: readonly string[]): Iterable<string> {
  let at = 0;
  for (const name of b) {
    for (; at < a.length && (a[at] ?? '') < name; at++) yield a[at] ?? '';
    yield name;
  }
  yield* a.slice(at);
}

function textOf(key: Uint8Array): string {
  return Buffer.from(key.buffer as ArrayBuffer, key.byteOffset, key.byteLength).toString('latin1');
}

function byUnits(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function firstAtLeast(sorted: readonly string[], wanted: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? '') < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
