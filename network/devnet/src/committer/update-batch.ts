import { compareBytes, compareText, hex } from '../proto/bytes';
import type { HashUpdate, PublicUpdate } from '../store/updates';

/** The writes of a block's valid transactions so far; the last writer of a key holds. */
export class UpdateBatch {
  readonly #public = new Map<string, Map<string, PublicUpdate>>();
  readonly #hashes = new Map<string, HashUpdate>();

  get(namespace: string, key: string): PublicUpdate | undefined {
    return this.#public.get(namespace)?.get(key);
  }

  getHash(namespace: string, collection: string, keyHash: Uint8Array): HashUpdate | undefined {
    return this.#hashes.get(nameOf(namespace, collection, keyHash));
  }

  put(update: PublicUpdate): void {
    const known = this.#public.get(update.namespace) ?? new Map<string, PublicUpdate>();
    this.#public.set(update.namespace, known.set(update.key, update));
  }

  putHash(update: HashUpdate): void {
    this.#hashes.set(nameOf(update.namespace, update.collection, update.keyHash), update);
  }

  /** Updates of a namespace from startKey (inclusive) to endKey (exclusive, empty: all), by key. */
  range(namespace: string, startKey: string, endKey: string): readonly PublicUpdate[] {
    const found = [...(this.#public.get(namespace)?.values() ?? [])].filter(
      ({ key }) => compareText(key, startKey) >= 0 && (endKey === '' || compareText(key, endKey) < 0),
    );
    return found.sort((a, b) => compareText(a.key, b.key));
  }

  /** By namespace and key, as bytes. */
  publicUpdates(): readonly PublicUpdate[] {
    return [...this.#public.keys()].sort(compareText).flatMap((namespace) => this.range(namespace, '', ''));
  }

  /** By namespace, collection and key hash, as bytes. */
  hashUpdates(): readonly HashUpdate[] {
    return [...this.#hashes.values()].sort(
      (a, b) => compareText(a.namespace, b.namespace) || compareText(a.collection, b.collection) || compareBytes(a.keyHash, b.keyHash),
    );
  }
}

function nameOf(namespace: string, collection: string, keyHash: Uint8Array): string {
  return JSON.stringify([namespace, collection, hex(keyHash)]);
}
