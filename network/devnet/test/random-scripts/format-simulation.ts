import { sha256, hex, utf8 } from '../../src/proto/bytes';
import type { CollectionRwSet, NamespaceRwSet, RangeQuery } from '../../src/proto/rwset';
import type { Version } from '../../src/proto/version';

/** What a read-write set is put into words with. */
export interface SimulationWords {
  /** Name of the transaction that wrote a version. */
  readonly writer: (version: Version) => string;
  /** Text of which this is the sha256 in hex, or the hash itself. */
  readonly plain: (hash: string) => string;
}

/** Finds texts by their hashes. */
export function newPlainTexts(texts: Iterable<string>): (hash: string) => string {
  const known = new Map([...texts].map((text) => [hex(sha256(utf8(text))), text]));
  return (hash) => known.get(hash) ?? hash;
}

/**
 * What a transaction read and wrote, comparable between two ledgers: versions by the transaction that wrote them, hashed keys and values in
 * clear. Of a summary of many rows only the shape: its hashes contain block numbers.
 */
export function formatSimulation(namespaces: readonly NamespaceRwSet[], words: SimulationWords): unknown {
  return namespaces.map(({ namespace, reads, rangeQueries, writes, metadataWrites, collections }) =>
    compact({
      namespace,
      reads: reads.map(({ key, version }) => [key, formatVersion(version, words)]),
      ranges: rangeQueries.map((query) => formatRange(query, words)),
      writes: writes.map(({ key, isDelete, value }) => [key, isDelete, text(value)]),
      metadata: metadataWrites.map(({ key, entries }) => [key, entries.map(({ name, value }) => [name, hex(value)])]),
      collections: collections.map((collection) => formatCollection(collection, words)),
    }),
  );
}

function formatRange({ startKey, endKey, exhausted, reads, merkle }: RangeQuery, words: SimulationWords): unknown {
  return compact({
    from: startKey,
    to: endKey,
    exhausted,
    reads: reads.map(({ key, version }) => [key, formatVersion(version, words)]),
    summary: merkle && [merkle.maxDegree, merkle.maxLevel, merkle.hashes.length],
  });
}

function formatCollection(
  { collection, hashedReads, hashedWrites, metadataWrites, pvtHash }: CollectionRwSet,
  words: SimulationWords,
): unknown {
  const plain = (bytes: Uint8Array): string => words.plain(hex(bytes));
  return compact({
    collection,
    reads: hashedReads.map(({ keyHash, version }) => [plain(keyHash), formatVersion(version, words)]),
    writes: hashedWrites.map(({ keyHash, isDelete, isPurge, valueHash }) => [plain(keyHash), isDelete, isPurge, plain(valueHash)]),
    metadata: metadataWrites.map(({ keyHash, entries }) => [plain(keyHash), entries.map(({ name, value }) => [name, hex(value)])]),
    hasPrivateSet: pvtHash.length > 0,
  });
}

function formatVersion(version: Version | undefined, words: SimulationWords): string | null {
  return version === undefined ? null : words.writer(version);
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}

/** Without empty lists and undefined entries. */
function compact(entries: Readonly<Record<string, unknown>>): unknown {
  return Object.fromEntries(
    Object.entries(entries).filter(([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0)),
  );
}
