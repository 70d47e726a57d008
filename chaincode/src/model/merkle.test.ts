import { LEAVES, MerkleTree, ROOTS, sha256 } from '../../test/support/merkle-tree';
import type { Digest } from './identifiers';
import { isConsistent, isIncluded } from './merkle';

const other = Buffer.from(sha256(Buffer.from('another'))).toString('base64url') as Digest;
const reference = new MerkleTree(LEAVES.map((hex) => Buffer.from(hex, 'hex')));
const many = new MerkleTree(Array.from({ length: 40 }, (_, index) => Buffer.from(String(index))));

describe('a Merkle tree', () => {
  test.each(ROOTS.map((root, index) => [index + 1, root] as const))('of %i leaves has the root of the reference tree', (size, root) => {
    expect(Buffer.from(reference.head(size).root, 'base64url').toString('hex')).toBe(root);
  });

  // RFC 9162 section 2.1.5 draws the tree of seven leaves: a to f are leaves or what they join to.
  test('of seven leaves has the paths and proofs that RFC 9162 draws', () => {
    const node = (from: number, size: number): Digest => new MerkleTree(many.leaves.slice(from, from + size)).head().root;
    const [a, b, c, d, e, f, j] = [0, 1, 2, 3, 4, 5, 6].map((index) => node(index, 1));
    const [g, h, i] = [node(0, 2), node(2, 2), node(4, 2)];
    const [k, l] = [node(0, 4), node(4, 3)];
    expect([0, 3, 4, 6].map((index) => many.path(index, 7))).toEqual([
      [b, h, l],
      [c, g, l],
      [f, j, k],
      [i, k],
    ]);
    expect([3, 4, 6].map((earlier) => many.consistency(earlier, 7))).toEqual([[c, d, g, l], [l], [i, j, k]]);
    expect([a, e]).toHaveLength(2);
  });

  test('shows each of its leaves at its place and at no other', () => {
    for (let size = 1; size <= many.leaves.length; size += 1) {
      for (let index = 0; index < size; index += 1) {
        const [leaf, path] = [{ index, hash: many.hash(index) }, many.path(index, size)];
        expect(isIncluded(leaf, many.head(size), path, sha256)).toBe(true);
        expect(isIncluded({ ...leaf, index: index + 1 }, many.head(size), path, sha256)).toBe(false);
        expect(isIncluded({ ...leaf, hash: other }, many.head(size), path, sha256)).toBe(false);
        expect(isIncluded(leaf, { size, root: other }, path, sha256)).toBe(false);
        expect(isIncluded(leaf, many.head(size), [...path, other], sha256)).toBe(false);
        if (path.length > 0) expect(isIncluded(leaf, many.head(size), path.slice(1), sha256)).toBe(false);
      }
    }
  });

  test('goes on from each earlier one of the same leaves and from no other', () => {
    for (let later = 1; later <= many.leaves.length; later += 1) {
      for (let earlier = 1; earlier <= later; earlier += 1) {
        const path = many.consistency(earlier, later);
        const [before, after] = [many.head(earlier), many.head(later)];
        expect(isConsistent(before, after, path, sha256)).toBe(true);
        expect(isConsistent({ ...before, root: other }, after, path, sha256)).toBe(false);
        expect(isConsistent(before, { ...after, root: other }, path, sha256)).toBe(false);
        expect(isConsistent(before, after, [...path, other], sha256)).toBe(false);
        for (let at = 0; at < path.length; at += 1) expect(isConsistent(before, after, path.with(at, other), sha256)).toBe(false);
        if (earlier < later) expect(isConsistent(after, before, path, sha256)).toBe(false);
      }
    }
  });

  test('does not go on from a log from which an entry was taken out', () => {
    const shortened = new MerkleTree(many.leaves.filter((_, index) => index !== 5));
    for (const path of [shortened.consistency(20, 39), many.consistency(20, 40), []])
      expect(isConsistent(many.head(20), shortened.head(39), path, sha256)).toBe(false);
  });
});
