import { compareText, EMPTY, sha256, utf8 } from '../proto/bytes';
import { writePrivateSets, type PrivateSet } from '../proto/private-set';
import {
  writeKvSet,
  writeRwSet,
  type CollectionRwSet,
  type MetadataEntry,
  type MetadataWrite,
  type NamespaceRwSet,
  type RangeQuery,
  type Write,
} from '../proto/rwset';
import type { Version } from '../store/state';

/** An empty value deletes. A purge is a delete that also erases the private value's history. */
interface PendingWrite {
  readonly value: Uint8Array;
  readonly purge: boolean;
}

interface KeySet {
  /** Without version: absent when read. */
  readonly reads: Map<string, Version | undefined>;
  readonly writes: Map<string, PendingWrite>;
  readonly metadata: Map<string, readonly MetadataEntry[]>;
}

interface NamespaceSet extends KeySet {
  readonly ranges: RangeQuery[];
  readonly collections: Map<string, KeySet>;
}

export interface ReadWriteBytes {
  /** Serialized rwset.TxReadWriteSet. */
  readonly publicSet: Uint8Array;
  /** What was written to collections, in plain, one set per collection. */
  readonly privateSets: readonly PrivateSet[];
}

/** What a transaction has read and written so far (core/ledger/kvledger/txmgmt/rwsetutil/rwset_builder.go). The last call per key wins. */
export class ReadWriteSet {
  readonly #namespaces = new Map<string, NamespaceSet>();

  /** The set of a namespace, or of one of its collections; asking for it makes it part of the result. */
  of(namespace: string, collection?: string): KeySet {
    const set = this.#namespace(namespace);
    if (collection === undefined) return set;
    const existing = set.collections.get(collection);
    if (existing !== undefined) return existing;
    const made = newKeySet();
    set.collections.set(collection, made);
    return made;
  }

  /** Range queries in the order of their creation; equal ones (start, end, exhausted) count once. */
  addRange(namespace: string, query: RangeQuery): void {
    const { ranges } = this.#namespace(namespace);
    if (!ranges.some((other) => isSameRange(other, query))) ranges.push(query);
  }

  /** Everything written: [namespace, collection or undefined, key]. */
  *written(): Generator<readonly [string, string | undefined, string]> {
    for (const [namespace, set] of this.#namespaces) {
      for (const key of writtenKeys(set)) yield [namespace, undefined, key];
      for (const [collection, keys] of set.collections) for (const key of writtenKeys(keys)) yield [namespace, collection, key];
    }
  }

  namespaces(): readonly string[] {
    return [...this.#namespaces.keys()];
  }

  /** What was written to collections, in plain. */
  privateSets(): readonly PrivateSet[] {
    return sorted(this.#namespaces).flatMap(([namespace, set]) =>
      sorted(set.collections).flatMap(([collection, keys]) => {
        const rwset = serializePrivate(keys);
        return rwset === undefined ? [] : [{ namespace, collection, rwset }];
      }),
    );
  }

  serialize(): ReadWriteBytes {
    const privateSets: PrivateSet[] = [];
    const namespaces = sorted(this.#namespaces).map(([namespace, set]): NamespaceRwSet => {
      const collections = sorted(set.collections).map(([collection, keys]) => {
        const rwset = serializePrivate(keys);
        if (rwset !== undefined) privateSets.push({ namespace, collection, rwset });
        return hashedSet(collection, keys, rwset);
      });
      return { namespace, ...publicSet(set), collections };
    });
    return { publicSet: writeRwSet(namespaces), privateSets };
  }

  #namespace(name: string): NamespaceSet {
    const existing = this.#namespaces.get(name);
    if (existing !== undefined) return existing;
    const made = { ...newKeySet(), ranges: [], collections: new Map<string, KeySet>() };
    this.#namespaces.set(name, made);
    return made;
  }
}

/** Serialized rwset.TxPvtReadWriteSet of those sets that pass; undefined if none does. */
export function selectPrivateSets(sets: readonly PrivateSet[], passes: (set: PrivateSet) => boolean): Uint8Array | undefined {
  const selected = sets.filter(passes);
  return selected.length === 0 ? undefined : writePrivateSets(selected);
}

function newKeySet(): KeySet {
  return { reads: new Map(), writes: new Map(), metadata: new Map() };
}

function writtenKeys(set: KeySet): Set<string> {
  return new Set([...set.writes.keys(), ...set.metadata.keys()]);
}

function isSameRange(a: RangeQuery, b: RangeQuery): boolean {
  return a.startKey === b.startKey && a.endKey === b.endKey && a.exhausted === b.exhausted;
}

function sorted<Value>(map: ReadonlyMap<string, Value>): (readonly [string, Value])[] {
  return map.size < 2 ? [...map] : [...map].sort(([a], [b]) => compareText(a, b));
}

function publicSet(set: NamespaceSet): Pick<NamespaceRwSet, 'reads' | 'rangeQueries' | 'writes' | 'metadataWrites'> {
  return {
    reads: sorted(set.reads).map(([key, version]) => ({ key, version })),
    rangeQueries: set.ranges,
    writes: sorted(set.writes).map(newWrite),
    metadataWrites: sorted(set.metadata).map(([key, entries]): MetadataWrite => ({ key, entries })),
  };
}

/** Ordered by the plain key, not by its hash. */
function hashedSet(collection: string, keys: KeySet, rwset: Uint8Array | undefined): CollectionRwSet {
  return {
    collection,
    hashedReads: sorted(keys.reads).map(([key, version]) => ({ keyHash: hashOf(key), version })),
    hashedWrites: sorted(keys.writes).map(([key, { value, purge }]) => ({
      keyHash: hashOf(key),
      isDelete: value.length === 0,
      valueHash: value.length === 0 ? EMPTY : sha256(value),
      isPurge: purge,
    })),
    metadataWrites: sorted(keys.metadata).map(([key, entries]) => ({ keyHash: hashOf(key), entries })),
    pvtHash: rwset === undefined ? EMPTY : sha256(rwset),
  };
}

/** Metadata writes carry their keys only: the values are in the hashed set, the key tells whose version moves. */
function serializePrivate(keys: KeySet): Uint8Array | undefined {
  if (keys.writes.size === 0 && keys.metadata.size === 0) return undefined;
  return writeKvSet({
    writes: sorted(keys.writes).map(newWrite),
    metadataWrites: sorted(keys.metadata).map(([key]) => ({ key, entries: [] })),
  });
}

function newWrite([key, { value }]: readonly [string, PendingWrite]): Write {
  return { key, isDelete: value.length === 0, value };
}

function hashOf(key: string): Uint8Array {
  return sha256(utf8(key));
}
