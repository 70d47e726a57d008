import { fromHex, hex, sha256, utf8 } from '../proto/bytes';
import type { HashUpdate, PublicUpdate } from '../store/updates';
import { computeCommitHash, writeUpdates } from './commit-hash';

const version = { block: 11, tx: 0 };
const put = (namespace: string, key: string, value: string | undefined): PublicUpdate => ({
  namespace,
  key,
  value: value === undefined ? undefined : utf8(value),
  metadata: utf8('never hashed'),
  version,
});
const putHash = (namespace: string, collection: string, key: number, value: number | undefined): HashUpdate => ({
  namespace,
  collection,
  keyHash: Uint8Array.of(key),
  valueHash: value === undefined ? undefined : Uint8Array.of(value),
  metadata: undefined,
  version,
  isMetadataWritten: false,
  purgedBy: undefined,
});
const V = '3203010b00'; // field 6, version 11/0

describe('the updates of a commit hash', () => {
  it('hold a delete of an absent key with its version', () => {
    expect(hex(writeUpdates([put('cc', 'k', undefined)], []))).toBe(`0a0e0a0263631a016b2001${V}`);
  });

  it('name a namespace once, and leave an empty key out', () => {
    const updates = writeUpdates([put('cc', '', 'v'), put('cc', 'k', 'v')], []);
    expect(hex(updates)).toBe(`0a0c0a0263632a0176${V}` + `0a0b1a016b2a0176${V}`);
  });

  it('name a collection in its first entry, and a namespace without public keys there', () => {
    const updates = writeUpdates([], [putHash('cc', 'c1', 1, 9), putHash('cc', 'c1', 2, undefined), putHash('cc', 'c2', 1, 9)]);
    expect(hex(updates)).toBe(`0a130a026363120263311a01012a0109${V}` + `0a0a1a01022001${V}` + `0a0f120263321a01012a0109${V}`);
  });

  it('stand by namespace, public keys before collections', () => {
    const updates = writeUpdates([put('a', 'k', 'v'), put('b', 'k', 'v')], [putHash('a', 'c', 1, 9)]);
    expect(hex(updates)).toBe(`0a0e0a01611a016b2a0176${V}` + `0a0e1201631a01012a0109${V}` + `0a0e0a01621a016b2a0176${V}`);
  });

  it('do not show what a configuration wrote', () => {
    expect(writeUpdates([put('', 'CHANNEL_CONFIG_ENV_BYTES', 'v')], [])).toHaveLength(0);
  });

  it('write versions with as few bytes as their numbers need', () => {
    const long = { ...put('a', 'k', 'v'), version: { block: 256, tx: 255 } };
    expect(hex(writeUpdates([long], []))).toMatch(/320502010001ff$/);
  });
});

describe('the commit hash', () => {
  it('is the hash of length, codes, updates and the hash before', () => {
    const previous = fromHex('ab'.repeat(32));
    const expected = sha256(Uint8Array.of(2, 0, 11), utf8('updates'), previous);
    expect(computeCommitHash(Uint8Array.of(0, 11), utf8('updates'), previous)).toEqual(expected);
  });

  it('of block 1 has none before it', () => {
    expect(computeCommitHash(Uint8Array.of(0), new Uint8Array(0), undefined)).toEqual(sha256(Uint8Array.of(1, 0)));
  });

  it('counts more than 127 transactions in two bytes', () => {
    const filter = new Uint8Array(200);
    expect(computeCommitHash(filter, new Uint8Array(0), undefined)).toEqual(sha256(Uint8Array.of(0xc8, 1), filter));
  });
});
