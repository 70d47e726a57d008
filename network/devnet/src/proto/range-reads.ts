import { sha256 } from './bytes';
import { writeQueryReads, type MerkleSummary, type Read } from './rwset';

/** Reads beyond which Fabric records hashes instead (kvledger/txmgmt/txmgr/query_executor.go, maxDegreeQueryReadsHashing). */
const MAX_DEGREE = 50;

/** What a range query has read: the reads themselves, or beyond `maxDegree` of them a Merkle summary (rwsetutil/query_results_helper.go). */
export class RangeReads {
  #pending: Read[] = [];
  /** Hashes by level; level 1 are the leaves. */
  readonly #levels = new Map<number, Uint8Array[]>();
  #top = 1;
  constructor(readonly maxDegree = MAX_DEGREE) {}

  add(read: Read): void {
    this.#pending.push(read);
    if (this.#pending.length > this.maxDegree) this.#hashPending();
  }

  /** Ends the collection; call it once. */
  finish(): { readonly reads: readonly Read[]; readonly merkle: MerkleSummary | undefined } {
    if (this.#levels.size === 0) return { reads: this.#pending, merkle: undefined };
    if (this.#pending.length > 0) this.#hashPending();
    this.#collapse();
    return { reads: [], merkle: { maxDegree: this.maxDegree, maxLevel: this.#top, hashes: this.#hashes(this.#top) } };
  }

  #hashPending(): void {
    const leaf = sha256(writeQueryReads(this.#pending));
    this.#pending = [];
    this.#append(1, leaf);
    for (let level = 1; this.#hashes(level).length > this.maxDegree; level++) this.#raise(level);
  }

  #hashes(level: number): readonly Uint8Array[] {
    return this.#levels.get(level) ?? [];
  }

  #append(level: number, hash: Uint8Array): void {
    this.#levels.set(level, [...this.#hashes(level), hash]);
    this.#top = Math.max(this.#top, level);
  }

  /** Replaces all hashes of a level by one hash a level higher. */
  #raise(level: number): void {
    const combined = sha256(...this.#hashes(level));
    this.#levels.delete(level);
    this.#append(level + 1, combined);
  }

  /** Completes the tree at its highest level: what is left below goes up, a single hash unchanged. */
  #collapse(): void {
    const top = this.#top;
    for (let level = 1; level < top; level++) {
      const [first, ...more] = this.#hashes(level);
      if (first === undefined) continue;
      this.#levels.delete(level);
      this.#append(level + 1, more.length === 0 ? first : sha256(first, ...more));
    }
    if (this.#hashes(top).length > this.maxDegree) this.#raise(top);
  }
}
