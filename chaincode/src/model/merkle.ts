import { formatBase64url, parseBase64url } from './encoding/base64url';
import type { Digest } from './identifiers';

// Merkle trees and their proofs, RFC 6962 section 2.1. Proofs are checked by walking the tree as it is defined there.

/** Hashes of a proof: two for each level of the largest tree. */
export const MAX_PROOF = 128;

/** SHA-256. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array;

/** The tree over the first `size` leaves. */
export interface TreeHead {
  readonly size: number;
  readonly root: Digest;
}

/** Where a leaf stands: `index` counts from 0. */
export interface Leaf {
  readonly index: number;
  readonly hash: Digest;
}

export function hashLeaf(bytes: Uint8Array, sha256: Sha256): Uint8Array {
  return sha256(concat(0, bytes, new Uint8Array(0)));
}

export function hashChildren(left: Uint8Array, right: Uint8Array, sha256: Sha256): Uint8Array {
  return sha256(concat(1, left, right));
}

/** How many leaves of a tree stand in its left half: the largest power of two that is smaller than their number, which is 2 or more. */
export function leftSize(size: number): number {
  let left = 1;
  while (left * 2 < size) left *= 2;
  return left;
}

/** Whether a tree has a leaf at its place, by its audit path (section 2.1.1). */
export function isIncluded({ index, hash }: Leaf, { size, root }: TreeHead, path: readonly Digest[], sha256: Sha256): boolean {
  const rest = newReader(path);
  const walk = (at: number, of: number): Uint8Array => {
    if (of === 1) return bytesOf(hash);
    const left = leftSize(of);
    const inside = at < left ? walk(at, left) : walk(at - left, of - left);
    const other = rest.next();
    return at < left ? hashChildren(inside, other, sha256) : hashChildren(other, inside, sha256);
  };
  if (index < 0 || index >= size) return false;
  return formatBase64url(walk(index, size)) === root && rest.isAtEnd();
}

/** Whether a tree begins with all leaves of an earlier one, by its consistency proof (section 2.1.2). */
export function isConsistent(earlier: TreeHead, later: TreeHead, path: readonly Digest[], sha256: Sha256): boolean {
  const rest = newReader(path);
  /** Of the part with `of` leaves, as both trees have it: the first `at` of them are in the earlier one. */
  const walk = (at: number, of: number, isFirst: boolean): { readonly before: Uint8Array; readonly after: Uint8Array } => {
    if (at === of) {
      const same = isFirst ? bytesOf(earlier.root) : rest.next();
      return { before: same, after: same };
    }
    const left = leftSize(of);
    const { before, after } = at <= left ? walk(at, left, isFirst) : walk(at - left, of - left, false);
    const other = rest.next();
    if (at <= left) return { before, after: hashChildren(after, other, sha256) };
    return { before: hashChildren(other, before, sha256), after: hashChildren(other, after, sha256) };
  };
  if (earlier.size < 1 || earlier.size > later.size) return false;
  const { before, after } = walk(earlier.size, later.size, true);
  return formatBase64url(before) === earlier.root && formatBase64url(after) === later.root && rest.isAtEnd();
}

/** A proof that is too short goes on with hashes of nothing. */
function newReader(path: readonly Digest[]): { next(): Uint8Array; isAtEnd(): boolean } {
  let at = 0;
  return {
    next: () => bytesOf(path[at++] ?? ''),
    isAtEnd: () => at === path.length,
  };
}

function bytesOf(hash: string): Uint8Array {
  return parseBase64url(hash) ?? new Uint8Array(0);
}

function concat(prefix: number, one: Uint8Array, other: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(1 + one.length + other.length);
  bytes[0] = prefix;
  bytes.set(one, 1);
  bytes.set(other, 1 + one.length);
  return bytes;
}
