import { RangeReads } from '../proto/range-reads';
import { utf8 } from '../proto/bytes';
import type { NamespaceRwSet, RangeQuery, Read } from '../proto/rwset';
import type { KeyedValue, StateReader, Version } from '../store/state';
import { findConflict } from './find-conflict';
import { UpdateBatch } from './update-batch';

const at = (block: number, tx = 0): Version => ({ block, tx });
const stored = (key: string, version: Version): KeyedValue => ({ key, value: utf8('v'), metadata: undefined, version });

/** A state of one namespace with these keys, in order. */
function newState(rows: readonly KeyedValue[], hashes: Readonly<Record<string, Version>> = {}): StateReader {
  return {
    height: 10,
    get: (_namespace, key) => rows.find((row) => row.key === key),
    *range(_namespace, start, end) {
      for (const row of rows) if (row.key >= start && (end === '' || row.key < end)) yield row;
    },
    getHash: (_namespace, _collection, keyHash) => {
      const version = hashes[String(keyHash[0])];
      return version && { valueHash: utf8('h'), metadata: undefined, version };
    },
    *history() {
      yield* [];
    },
  };
}

const rwset = (set: Partial<NamespaceRwSet>): readonly NamespaceRwSet[] => [
  { namespace: 'cc', reads: [], rangeQueries: [], writes: [], metadataWrites: [], collections: [], ...set },
];
const query = (reads: readonly Read[], more: Partial<RangeQuery> = {}): RangeQuery => ({
  startKey: 'a',
  endKey: 'd',
  exhausted: true,
  reads,
  merkle: undefined,
  ...more,
});
const put = (batch: UpdateBatch, key: string, value: string | undefined): void => {
  batch.put({ namespace: 'cc', key, value: value === undefined ? undefined : utf8(value), metadata: undefined, version: at(10) });
};
const code = (set: Partial<NamespaceRwSet>, state: StateReader, batch = new UpdateBatch()): number =>
  findConflict(rwset(set), state, batch)?.code ?? 0;

const rows = [stored('a', at(1)), stored('b', at(2)), stored('c', at(3, 1))];
const reads = rows.map(({ key, version }): Read => ({ key, version }));
const state = newState(rows);

describe('a read', () => {
  it('holds while the version is the same, and while an absent key stays absent', () => {
    expect(code({ reads: [...reads, { key: 'none', version: undefined }] }, state)).toBe(0);
  });

  it.each([
    ['another block', { key: 'a', version: at(2) }],
    ['another place in the block', { key: 'c', version: at(3, 0) }],
    ['absence of what is there', { key: 'a', version: undefined }],
    ['presence of what is not there', { key: 'none', version: at(1) }],
  ])('of %s conflicts', (_what, read) => {
    expect(code({ reads: [read] }, state)).toBe(11);
  });

  it('conflicts with a write, a delete or a metadata update earlier in the block, even at the recorded version', () => {
    const batch = new UpdateBatch();
    put(batch, 'none', undefined);
    expect(code({ reads: [{ key: 'none', version: undefined }] }, state, batch)).toBe(11);
    put(batch, 'a', 'new');
    expect(code({ reads: [{ key: 'a', version: at(10) }] }, state, batch)).toBe(11);
  });
});

describe('a range', () => {
  it('holds while its rows are the same', () => {
    expect(code({ rangeQueries: [query(reads)] }, state)).toBe(0);
  });

  it('that was empty holds while it is empty', () => {
    expect(code({ rangeQueries: [query([], { startKey: 'x', endKey: 'z' })] }, state)).toBe(0);
    expect(code({ rangeQueries: [query([])] }, state)).toBe(12);
  });

  it.each([
    ['a row less', reads.slice(1)],
    ['a row less at its end', reads.slice(0, 2)],
    ['a row more', [...reads, { key: 'cc', version: at(4) }]],
    ['another version', [{ key: 'a', version: at(9) }, ...reads.slice(1)]],
    ['another order', reads.toReversed()],
  ])('with %s conflicts', (_what, recorded) => {
    expect(code({ rangeQueries: [query(recorded)] }, state)).toBe(12);
  });

  it('sees what the block did before: keys that enter, leave and change', () => {
    for (const [key, value] of [
      ['bb', 'new'],
      ['b', undefined],
      ['c', 'new'],
    ] as const) {
      const batch = new UpdateBatch();
      put(batch, key, value);
      expect(code({ rangeQueries: [query(reads)] }, state, batch)).toBe(12);
    }
    const beside = new UpdateBatch();
    for (const key of ['A', 'd', 'dd']) put(beside, key, 'new');
    put(beside, 'bb', undefined);
    expect(code({ rangeQueries: [query(reads)] }, state, beside)).toBe(0);
  });

  it('that was not exhausted ends with its last key, included', () => {
    const short = { exhausted: false, endKey: 'b' };
    expect(code({ rangeQueries: [query(reads.slice(0, 2), short)] }, state)).toBe(0);
    expect(code({ rangeQueries: [query(reads.slice(0, 1), short)] }, state)).toBe(12);
  });

  it('with an empty end goes to the end of the namespace', () => {
    expect(code({ rangeQueries: [query(reads, { endKey: '' })] }, state)).toBe(0);
    expect(code({ rangeQueries: [query(reads.slice(0, 2), { endKey: '' })] }, state)).toBe(12);
  });

  it('of many rows is compared by its summary', () => {
    const many = Array.from({ length: 120 }, (_, i) => stored(`b${String(i).padStart(3, '0')}`, at(i)));
    const summary = new RangeReads();
    for (const { key, version } of many) summary.add({ key, version });
    const recorded = query([], { merkle: summary.finish().merkle });
    expect(code({ rangeQueries: [recorded] }, newState(many))).toBe(0);
    expect(code({ rangeQueries: [recorded] }, newState(many.slice(1)))).toBe(12);
    expect(code({ rangeQueries: [recorded] }, newState(many.slice(0, 10)))).toBe(12);
    expect(code({ rangeQueries: [recorded] }, newState([...many.slice(0, 119), stored('b119', at(7))]))).toBe(12);
  });
});

describe('a hashed read', () => {
  const collection = (version: Version | undefined): Partial<NamespaceRwSet> => ({
    collections: [
      { collection: 'c', hashedReads: [{ keyHash: Uint8Array.of(1), version }], hashedWrites: [], metadataWrites: [], pvtHash: utf8('') },
    ],
  });

  it('is judged as a read of the key hash', () => {
    const hashed = newState([], { 1: at(4) });
    expect([code(collection(at(4)), hashed), code(collection(at(5)), hashed), code(collection(undefined), hashed)]).toEqual([0, 11, 11]);
    expect(code(collection(undefined), newState([]))).toBe(0);
  });
});

describe('of several conflicts', () => {
  it('the first decides: reads, ranges, hashed reads, namespace by namespace', () => {
    const wrongRead = { reads: [{ key: 'a', version: undefined }] };
    const wrongRange = { rangeQueries: [query([])] };
    expect(code({ ...wrongRead, ...wrongRange }, state)).toBe(11);
    const both = [...rwset(wrongRange), ...rwset({ ...wrongRead, namespace: 'dd' })];
    expect(findConflict(both, state, new UpdateBatch())?.code).toBe(12);
  });

  it('the one that decided is named with its key and versions', () => {
    expect(findConflict(rwset({ reads: [{ key: 'a', version: at(7) }] }), state, new UpdateBatch())?.evidence).toEqual({
      kind: 'read',
      namespace: 'cc',
      key: 'a',
      recorded: at(7),
      found: at(1),
      inBlock: false,
    });
    expect(findConflict(rwset({ rangeQueries: [query(reads.slice(1))] }), state, new UpdateBatch())?.evidence).toMatchObject({
      kind: 'range',
      difference: { key: 'a', recorded: undefined, found: at(1) },
    });
  });
});
