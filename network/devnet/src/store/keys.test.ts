import { compareBytes, sha256, utf8 } from '../proto/bytes';
import {
  keys,
  parseExpiry,
  parsePrivateKey,
  parsePrivateSet,
  parsePrivateWriter,
  parseSetExpiry,
  parseStateKey,
  ranges,
  type KeyRange,
} from './keys';

const HASH = sha256(utf8('k'));
const has = ({ start, end }: KeyRange, key: Uint8Array): boolean => compareBytes(key, start) >= 0 && compareBytes(key, end) < 0;

describe('a key', () => {
  it('reads back to its parts', () => {
    expect(parseStateKey('cc', keys.state('cc', '\u0000rec\u0000é\u{10ffff}'))).toBe('\u0000rec\u0000é\u{10ffff}');
    expect(parsePrivateKey('cc', 'c', keys.private('cc', 'c', ''))).toBe('');
    expect(parseExpiry(keys.expiry(7, 'cc', 'coll', HASH))).toEqual({ namespace: 'cc', collection: 'coll', keyHash: HASH });
    expect(parsePrivateSet(keys.privateSet(2 ** 40, 3))).toEqual({ block: 2 ** 40, tx: 3 });
    expect(parsePrivateWriter(keys.privateWriter('cc', 'c', HASH, [5, 6]))).toEqual({ block: 5, tx: 6 });
    expect(parseSetExpiry(keys.setExpiry(9, [5, 6], 'cc', 'c'))).toEqual({ block: 5, tx: 6, namespace: 'cc', collection: 'c' });
  });

  it('of one namespace or collection is never taken for one of another', () => {
    expect(has(ranges.state('c', '', ''), keys.state('cc', 'k'))).toBe(false);
    expect(has(ranges.state('c', '', ''), keys.state('c', 'ck'))).toBe(true);
    expect(has(ranges.private('c', 'd', '', ''), keys.private('c', 'dd', 'k'))).toBe(false);
    expect(has(ranges.history('c', 'k'), keys.history('c', 'kk', 1, 1))).toBe(false);
    expect(has(ranges.staged('t'), keys.staged('tt', HASH))).toBe(false);
  });

  it('lies in the range of its namespace, also at its very end', () => {
    expect(has(ranges.state('cc', '', ''), keys.state('cc', '\u{10ffff}\u{10ffff}'))).toBe(true);
    expect(has(ranges.state('cc', 'a', 'b'), keys.state('cc', 'b'))).toBe(false);
  });

  it('of history comes the sooner the newer it is', () => {
    const order = [
      [9, 1],
      [9, 0],
      [8, 5],
    ].map(([block = 0, tx = 0]) => keys.history('cc', 'k', block, tx));
    expect(order.toSorted(compareBytes)).toEqual(order);
  });
});
