import { asBytes } from '../proto/bytes';
import type { Change, Entry, OrderedStore } from './ordered-store';

/** The twin of the SQLite store for ledgers that nobody keeps. Latin-1 text of a key sorts as its bytes do. */
export function newMemoryStore(): OrderedStore {
  const values = new Map<string, Uint8Array>();
  let sorted: string[] = [];
  let isSorted = true;
  const write = (changes: readonly Change[]): void => {
    for (const { key, value } of changes) {
      const name = textOf(key);
      if (value === undefined) {
        isSorted = !values.delete(name) && isSorted;
        continue;
      }
      if (!values.has(name)) isSorted = false;
      values.set(name, value.slice());
    }
  };
  const scan = (start: Uint8Array, end: Uint8Array, limit: number): readonly Entry[] => {
    if (!isSorted) sorted = [...values.keys()].sort(byUnits);
    isSorted = true;
    const last = textOf(end);
    const found: Entry[] = [];
    for (let at = firstAtLeast(sorted, textOf(start)); at < sorted.length && found.length < limit; at++) {
      const name = sorted[at] ?? '';
      if (name >= last) break;
      found.push({ key: asBytes(Buffer.from(name, 'latin1')), value: values.get(name) ?? new Uint8Array(0) });
    }
    return found;
  };
  return { get: (key) => values.get(textOf(key)), scan, write, close: () => undefined };
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
