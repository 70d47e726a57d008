import { hex } from '../proto/bytes';
import type { NamespaceRwSet } from '../proto/rwset';

/**
 * Keys whose metadata an earlier transaction of the block writes, whose endorsement for that namespace held: their policy is no
 * longer the committed one, so no later transaction of the block may be judged by it (devnet.md g.2; statebased/vpmanagerimpl.go).
 */
export class MetadataWrites {
  readonly #writers = new Map<string, number>();

  add(index: number, set: NamespaceRwSet): void {
    for (const { key } of set.metadataWrites) this.#writers.set(placeOf(set.namespace, '', key), index);
    for (const { collection, metadataWrites } of set.collections)
      for (const { keyHash } of metadataWrites) this.#writers.set(placeOf(set.namespace, collection, hex(keyHash)), index);
  }

  /** Index of the transaction that writes the key's metadata. collection empty: public; key: hex of the hash in a collection. */
  writerOf(namespace: string, collection: string, key: string): number | undefined {
    return this.#writers.get(placeOf(namespace, collection, key));
  }
}

function placeOf(...parts: readonly string[]): string {
  return JSON.stringify(parts);
}
