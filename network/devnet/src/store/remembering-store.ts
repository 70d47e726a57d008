import type { OrderedStore } from './ordered-store';

/** Entries remembered at once, and the longest value among them (bytes): some megabytes at most. */
const CAPACITY = 4096;
const LONGEST = 1024;

/**
 * Another store with a bounded memory of what `get` found, absence included: one transaction asks for its id, its keys and its chaincode's
 * definition many times between arrival and commit. Everything that changes the store must pass through `write`.
 */
export function newRememberingStore(store: OrderedStore): OrderedStore {
  const remembered = new Map<string, Uint8Array | undefined>();
  const remember = (name: string, value: Uint8Array | undefined): void => {
    const [oldest] = remembered.size < CAPACITY ? [] : remembered.keys();
    if (oldest !== undefined) remembered.delete(oldest);
    remembered.set(name, value);
  };
  return {
    get: (key) => {
      const name = nameOf(key);
      const known = remembered.get(name);
      if (known !== undefined || remembered.has(name)) return known;
      const value = store.get(key);
      if (value === undefined || value.length <= LONGEST) remember(name, value);
      return value;
    },
    scan: (start, end, limit) => store.scan(start, end, limit),
    write: (changes) => {
      for (const { key } of changes) remembered.delete(nameOf(key));
      store.write(changes);
    },
    close: () => {
      store.close();
    },
  };
}

function nameOf(key: Uint8Array): string {
  return Buffer.from(key.buffer as ArrayBuffer, key.byteOffset, key.byteLength).toString('latin1');
}
