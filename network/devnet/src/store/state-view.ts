import { keys, parsePrivateKey, parseStateKey, ranges } from './keys';
import type { KeyedValue, PrivateReader, StateReader } from './state';
import { parseHash, parseModification, parseValue } from './values';
import type { HeldView } from './versioned-store';

/** The public state of a chain's file at the height of a view. */
export function newStateView(view: HeldView, height: number): StateReader {
  return {
    height,
    get: (namespace, key) => {
      const stored = view.get(keys.state(namespace, key));
      return stored && parseValue(stored);
    },
    *range(namespace, startKey, endKey): IterableIterator<KeyedValue> {
      for (const { key, value } of view.scan(ranges.state(namespace, startKey, endKey)))
        yield { key: parseStateKey(namespace, key), ...parseValue(value) };
    },
    getHash: (namespace, collection, keyHash) => {
      const stored = view.get(keys.hash(namespace, collection, keyHash));
      return stored && parseHash(stored);
    },
    *history(namespace, key) {
      for (const { value } of view.scan(ranges.history(namespace, key))) yield parseModification(value);
    },
  };
}

/** The private values of a peer's file at the height of a view. */
export function newPrivateView(view: HeldView): PrivateReader {
  return {
    get: (namespace, collection, key) => {
      const stored = view.get(keys.private(namespace, collection, key));
      return stored && parseValue(stored);
    },
    *range(namespace, collection, startKey, endKey): IterableIterator<KeyedValue> {
      for (const { key, value } of view.scan(ranges.private(namespace, collection, startKey, endKey)))
        yield { key: parsePrivateKey(namespace, collection, key), ...parseValue(value) };
    },
  };
}
