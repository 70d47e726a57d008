import { ledger } from '@hyperledger/fabric-protos';
import { concat, sha256 } from '../proto/bytes';
import type { Version } from '../store/state';

const { KVRead, QueryReads, QueryReadsMerkleSummary, Version: VersionMessage } = ledger.rwset.kvrwset;
type KVRead = InstanceType<typeof KVRead>;
type QueryReads = InstanceType<typeof QueryReads>;
type QueryReadsMerkleSummary = InstanceType<typeof QueryReadsMerkleSummary>;

/** Reads beyond which Fabric records hashes instead (core/ledger/kvledger/txmgmt/txmgr/query_executor.go, maxDegreeQueryReadsHashing). */
const MAX_DEGREE = 50;

/** kvrwset.KVRead; without version: the key was absent. */
export function newRead(key: string, version: Version | undefined): KVRead {
  const read = new KVRead();
  read.setKey(key);
  if (version !== undefined) read.setVersion(newVersion(version));
  return read;
}

export function newVersion(version: Version): InstanceType<typeof VersionMessage> {
  const message = new VersionMessage();
  message.setBlockNum(version.block);
  message.setTxNum(version.tx);
  return message;
}

/**
 * What a range query has read: the reads themselves, or beyond 50 of them a Merkle summary
 * (core/ledger/kvledger/txmgmt/rwsetutil/query_results_helper.go).
 */
export class RangeReads {
  #pending: KVRead[] = [];
  /** Hashes by level; level 1 are the leaves. */
  readonly #levels = new Map<number, Uint8Array[]>();
  #top = 1;

  add(key: string, version: Version): void {
    this.#pending.push(newRead(key, version));
    if (this.#pending.length > MAX_DEGREE) this.#hashPending();
  }

  /** Ends the collection; call it once. Neither of the two is there when nothing was read. */
  finish(): { reads?: QueryReads; summary?: QueryReadsMerkleSummary } {
    if (this.#levels.size === 0) return this.#pending.length === 0 ? {} : { reads: newQueryReads(this.#pending) };
    if (this.#pending.length > 0) this.#hashPending();
    this.#collapse();
    const summary = new QueryReadsMerkleSummary();
    summary.setMaxDegree(MAX_DEGREE);
    summary.setMaxLevel(this.#top);
    summary.setMaxLevelHashesList(this.#levels.get(this.#top) ?? []);
    return { summary };
  }

  #hashPending(): void {
    const leaf = sha256(newQueryReads(this.#pending).serializeBinary());
    this.#pending = [];
    this.#append(1, leaf);
    for (let level = 1; (this.#levels.get(level)?.length ?? 0) > MAX_DEGREE; level++) this.#raise(level);
  }

  #append(level: number, hash: Uint8Array): void {
    this.#levels.set(level, [...(this.#levels.get(level) ?? []), hash]);
  }

  /** Replaces all hashes of a level by one hash a level higher. */
  #raise(level: number): void {
    const combined = sha256(concat(...(this.#levels.get(level) ?? [])));
    this.#levels.delete(level);
    this.#append(level + 1, combined);
    this.#top = Math.max(this.#top, level + 1);
  }

  #collapse(): void {
    for (let level = 1; level < this.#top; level++) {
      const [first, ...more] = this.#levels.get(level) ?? [];
      if (first === undefined) continue;
      if (more.length > 0) {
        this.#raise(level);
        continue;
      }
      this.#levels.delete(level);
      this.#append(level + 1, first);
    }
    if ((this.#levels.get(this.#top)?.length ?? 0) > MAX_DEGREE) this.#raise(this.#top);
  }
}

function newQueryReads(reads: KVRead[]): QueryReads {
  const message = new QueryReads();
  message.setKvReadsList(reads);
  return message;
}
