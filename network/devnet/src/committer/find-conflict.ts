import { compareText, equalBytes, hex } from '../proto/bytes';
import { RangeReads } from '../proto/range-reads';
import type { MerkleSummary, NamespaceRwSet, RangeQuery, Read } from '../proto/rwset';
import type { StateReader, Version } from '../store/state';
import type { Refusal } from './draft';
import type { Evidence } from './evidence';
import type { UpdateBatch } from './update-batch';
import { CODE } from './validation-code';

/**
 * What a transaction read and is no longer so, by the committed state and the batch of the valid transactions before it:
 * a read 11, a range 12, a hashed read 11; namespaces in order, the first conflict decides
 * (devnet.md g.4 [P]; kvledger/txmgmt/validation/validator.go, validateTx).
 */
export function findConflict(rwset: readonly NamespaceRwSet[], state: StateReader, batch: UpdateBatch): Refusal | undefined {
  for (const set of rwset) {
    const read = first(set.reads, (candidate) => conflictOfRead(set.namespace, candidate, state, batch));
    if (read !== undefined) return { code: CODE.mvccReadConflict, evidence: read };
    const range = first(set.rangeQueries, (query) => conflictOfRange(set.namespace, query, state, batch));
    if (range !== undefined) return { code: CODE.phantomReadConflict, evidence: range };
    const hashed = conflictOfHashes(set, state, batch);
    if (hashed !== undefined) return { code: CODE.mvccReadConflict, evidence: hashed };
  }
  return undefined;
}

function first<T>(candidates: readonly T[], find: (candidate: T) => Evidence | undefined): Evidence | undefined {
  for (const candidate of candidates) {
    const found = find(candidate);
    if (found !== undefined) return found;
  }
  return undefined;
}

function conflictOfRead(namespace: string, { key, version }: Read, state: StateReader, batch: UpdateBatch): Evidence | undefined {
  const updated = batch.get(namespace, key);
  const found = updated?.version ?? state.get(namespace, key)?.version;
  if (updated === undefined && sameVersion(version, found)) return undefined;
  return { kind: 'read', namespace, key, recorded: version, found, inBlock: updated !== undefined };
}

function conflictOfHashes(set: NamespaceRwSet, state: StateReader, batch: UpdateBatch): Evidence | undefined {
  const { namespace } = set;
  for (const { collection, hashedReads } of set.collections)
    for (const { keyHash, version } of hashedReads) {
      const updated = batch.getHash(namespace, collection, keyHash);
      const found = updated?.version ?? state.getHash(namespace, collection, keyHash)?.version;
      if (updated === undefined && sameVersion(version, found)) continue;
      return { kind: 'read', namespace, collection, key: hex(keyHash), recorded: version, found, inBlock: updated !== undefined };
    }
  return undefined;
}

function conflictOfRange(namespace: string, query: RangeQuery, state: StateReader, batch: UpdateBatch): Evidence | undefined {
  const place = { kind: 'range', namespace, startKey: query.startKey, endKey: query.endKey } as const;
  // An iterator that was not exhausted stopped at the last key it read: that key belongs to the range.
  const end = query.exhausted || query.endKey === '' ? query.endKey : `${query.endKey}\u0000`;
  const rows = mergedRange(namespace, query.startKey, end, { state, batch });
  if (query.merkle !== undefined) return sameSummary(query.merkle, rows) ? undefined : place;
  const recorded = query.reads[Symbol.iterator]();
  for (const found of rows) {
    const read = recorded.next().value;
    if (read?.key === found.key && sameVersion(read.version, found.version)) continue;
    return { ...place, difference: differenceOf(read, found) };
  }
  const missing = recorded.next().value;
  return missing && { ...place, difference: { key: missing.key, recorded: missing.version, found: undefined } };
}

function differenceOf(read: Read | undefined, found: Read): { key: string; recorded: Version | undefined; found: Version | undefined } {
  if (read?.key === found.key) return { key: found.key, recorded: read.version, found: found.version };
  if (read === undefined || compareText(found.key, read.key) < 0) return { key: found.key, recorded: undefined, found: found.version };
  return { key: read.key, recorded: read.version, found: undefined };
}

/** The range as it is now: deleted keys have left it, written ones entered it with their new versions. */
function* mergedRange(
  namespace: string,
  start: string,
  end: string,
  { state, batch }: { readonly state: StateReader; readonly batch: UpdateBatch },
): Iterable<Read> {
  const updates = [...batch.range(namespace, start, end)];
  for (const { key, version } of state.range(namespace, start, end)) {
    while (updates[0] !== undefined && compareText(updates[0].key, key) < 0) yield* present(updates.shift());
    if (updates[0]?.key === key) yield* present(updates.shift());
    else yield { key, version };
  }
  for (const update of updates) yield* present(update);
}

function present(
  update: { readonly key: string; readonly value: Uint8Array | undefined; readonly version: Version } | undefined,
): readonly Read[] {
  return update?.value === undefined ? [] : [{ key: update.key, version: update.version }];
}

function sameSummary(recorded: MerkleSummary, rows: Iterable<Read>): boolean {
  const reads = new RangeReads(recorded.maxDegree);
  for (const row of rows) reads.add(row);
  const { merkle } = reads.finish();
  return (
    merkle !== undefined &&
    merkle.maxLevel === recorded.maxLevel &&
    merkle.hashes.length === recorded.hashes.length &&
    merkle.hashes.every((hash, at) => equalBytes(hash, recorded.hashes[at] ?? new Uint8Array(0)))
  );
}

function sameVersion(a: Version | undefined, b: Version | undefined): boolean {
  return a?.block === b?.block && a?.tx === b?.tx;
}
