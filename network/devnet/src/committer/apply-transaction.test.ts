import { EMPTY, sha256, utf8 } from '../proto/bytes';
import { formatKeyMetadata } from '../proto/key-metadata';
import type { HashedWrite, NamespaceRwSet } from '../proto/rwset';
import type { StateReader, StoredValue, Version } from '../store/state';
import { applyTransaction } from './apply-transaction';
import { UpdateBatch } from './update-batch';

const POLICY = [{ name: 'VALIDATION_PARAMETER', value: utf8('policy') }];
const OTHER = [{ name: 'VALIDATION_PARAMETER', value: utf8('other') }];
const old: StoredValue = { value: utf8('old'), metadata: formatKeyMetadata(POLICY), version: { block: 1, tx: 0 } };
const first: Version = { block: 5, tx: 0 };
const second: Version = { block: 5, tx: 1 };
const KEY_HASH = sha256(utf8('k'));

const state: StateReader = {
  height: 5,
  get: (_namespace, key) => (key === 'there' ? old : undefined),
  *range() {
    yield* [];
  },
  getHash: () => undefined,
  *history() {
    yield* [];
  },
};

const empty: NamespaceRwSet = { namespace: 'cc', reads: [], rangeQueries: [], writes: [], metadataWrites: [], collections: [] };
const write = (key: string, value: string): NamespaceRwSet => ({ ...empty, writes: [{ key, isDelete: false, value: utf8(value) }] });
const remove = (key: string): NamespaceRwSet => ({ ...empty, writes: [{ key, isDelete: true, value: EMPTY }] });
const protect = (key: string, entries = OTHER): NamespaceRwSet => ({ ...empty, metadataWrites: [{ key, entries }] });

function result(key: string, ...sets: readonly NamespaceRwSet[]): ReturnType<UpdateBatch['get']> {
  const batch = new UpdateBatch();
  sets.forEach((set, tx) => {
    applyTransaction([set], { block: 5, tx }, state, batch);
  });
  return batch.get('cc', key);
}

describe('a valid transaction', () => {
  it('that writes a value keeps the metadata of the key', () => {
    expect(result('there', write('there', 'new'))).toMatchObject({ value: utf8('new'), metadata: old.metadata, version: first });
  });

  it('that writes a value keeps the metadata that the block gave the key before', () => {
    const found = result('there', protect('there'), write('there', 'new'));
    expect(found).toMatchObject({ value: utf8('new'), metadata: formatKeyMetadata(OTHER), version: second });
  });

  it('that writes value and metadata replaces both', () => {
    expect(result('there', { ...write('there', 'new'), ...protect('there'), writes: write('there', 'new').writes })).toMatchObject({
      value: utf8('new'),
      metadata: formatKeyMetadata(OTHER),
    });
  });

  it('that deletes leaves neither value nor metadata, and an entry even for a key that was not there', () => {
    expect(result('there', remove('there'))).toMatchObject({ value: undefined, metadata: undefined, version: first });
    expect(result('absent', remove('absent'))).toMatchObject({ value: undefined, version: first });
  });

  it('that writes an empty value deletes', () => {
    expect(result('there', write('there', ''))).toMatchObject({ value: undefined, metadata: undefined });
  });

  it('that writes metadata alone keeps the value and gives it a new version', () => {
    expect(result('there', protect('there'))).toMatchObject({ value: old.value, metadata: formatKeyMetadata(OTHER), version: first });
  });

  it('that writes metadata alone on an absent key does nothing, also where the block deleted it before', () => {
    expect(result('absent', protect('absent'))).toBeUndefined();
    expect(result('there', remove('there'), protect('there'))).toMatchObject({ value: undefined, version: first });
  });

  it('that writes metadata without entries takes the metadata away', () => {
    expect(result('there', protect('there', []))).toMatchObject({ value: old.value, metadata: undefined });
  });

  it('that writes a key twice leaves its value and takes its metadata away, and makes no key', () => {
    const twice = (key: string): NamespaceRwSet => ({ ...empty, writes: [...write(key, '1').writes, ...write(key, '2').writes] });
    expect(result('there', twice('there'))).toMatchObject({ value: old.value, metadata: undefined, version: first });
    expect(result('absent', twice('absent'))).toBeUndefined();
  });

  it('that writes a key in two sets of one namespace has written it twice', () => {
    const batch = new UpdateBatch();
    applyTransaction([write('there', '1'), write('there', '2')], first, state, batch);
    expect(batch.get('cc', 'there')).toMatchObject({ value: old.value, metadata: undefined });
  });

  it('that comes last wins', () => {
    expect(result('a', write('a', '1'), write('a', '2'))).toMatchObject({ value: utf8('2'), version: second });
  });
});

describe('a hashed write', () => {
  const hashed = (more: Partial<HashedWrite>): NamespaceRwSet => ({
    ...empty,
    collections: [
      {
        collection: 'c',
        hashedReads: [],
        hashedWrites: [{ keyHash: KEY_HASH, isDelete: false, isPurge: false, valueHash: sha256(utf8('v')), ...more }],
        metadataWrites: [],
        pvtHash: EMPTY,
      },
    ],
  });
  const applied = (...sets: readonly NamespaceRwSet[]): ReturnType<UpdateBatch['getHash']> => {
    const batch = new UpdateBatch();
    sets.forEach((set, tx) => {
      applyTransaction([set], { block: 5, tx }, state, batch);
    });
    return batch.getHash('cc', 'c', KEY_HASH);
  };

  it('keeps the hash of the value', () => {
    expect(applied(hashed({}))).toMatchObject({ valueHash: sha256(utf8('v')), version: first, purgedBy: undefined });
  });

  it.each([
    ['that deletes', { isDelete: true, valueHash: EMPTY }],
    ['of nothing', { valueHash: EMPTY }],
    ['of the empty value', { valueHash: sha256(EMPTY) }],
  ])('%s takes the hash away', (_what, more) => {
    expect(applied(hashed(more))).toMatchObject({ valueHash: undefined, version: first });
  });

  it('that purges is remembered, also when the block writes the key again', () => {
    expect(applied(hashed({ isDelete: true, isPurge: true, valueHash: EMPTY }), hashed({}))).toMatchObject({
      valueHash: sha256(utf8('v')),
      version: second,
      purgedBy: 0,
    });
  });

  it('after a metadata write of the same block is still one of a key whose metadata was written', () => {
    const protectedHash: NamespaceRwSet = {
      ...hashed({}),
      collections: hashed({}).collections.map((set) => ({ ...set, metadataWrites: [{ keyHash: KEY_HASH, entries: OTHER }] })),
    };
    expect(applied(protectedHash, hashed({}))).toMatchObject({
      metadata: formatKeyMetadata(OTHER),
      version: second,
      isMetadataWritten: true,
    });
    expect(applied(hashed({}))).toMatchObject({ isMetadataWritten: false });
  });
});
