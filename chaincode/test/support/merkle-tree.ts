import { createHash } from 'node:crypto';
import { hashChildren, hashLeaf, type Digest, type TreeHead } from '../../src/model';

export const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
const format = (bytes: Uint8Array): Digest => Buffer.from(bytes).toString('base64url') as Digest;

/** A Merkle tree written as RFC 6962 section 2.1 defines it, by recursion over all leaves. */
export class MerkleTree {
  constructor(readonly leaves: readonly Uint8Array[]) {}

  head(size = this.leaves.length): TreeHead {
    return { size, root: format(hashOf(this.leaves.slice(0, size))) };
  }

  hash(index: number): Digest {
    return format(hashOf(this.leaves.slice(index, index + 1)));
  }

  /** PATH(index, D[size]), section 2.1.1. */
  path(index: number, size = this.leaves.length): readonly Digest[] {
    return pathOf(index, this.leaves.slice(0, size)).map(format);
  }

  /** PROOF(earlier, D[later]), section 2.1.2. */
  consistency(earlier: number, later = this.leaves.length): readonly Digest[] {
    return proofOf(earlier, this.leaves.slice(0, later), true).map(format);
  }
}

function hashOf(leaves: readonly Uint8Array[]): Uint8Array {
  const [only = new Uint8Array(0)] = leaves;
  if (leaves.length === 1) return hashLeaf(only, sha256);
  const [left, right] = split(leaves);
  return hashChildren(hashOf(left), hashOf(right), sha256);
}

function pathOf(index: number, leaves: readonly Uint8Array[]): readonly Uint8Array[] {
  if (leaves.length === 1) return [];
  const [left, right] = split(leaves);
  return index < left.length ? [...pathOf(index, left), hashOf(right)] : [...pathOf(index - left.length, right), hashOf(left)];
}

function proofOf(earlier: number, leaves: readonly Uint8Array[], isWhole: boolean): readonly Uint8Array[] {
  if (earlier === leaves.length) return isWhole ? [] : [hashOf(leaves)];
  const [left, right] = split(leaves);
  if (earlier <= left.length) return [...proofOf(earlier, left, isWhole), hashOf(right)];
  return [...proofOf(earlier - left.length, right, false), hashOf(left)];
}

/** At the largest power of two that is smaller than their number. */
function split(leaves: readonly Uint8Array[]): readonly [readonly Uint8Array[], readonly Uint8Array[]] {
  const at = 2 ** Math.ceil(Math.log2(leaves.length) - 1);
  return [leaves.slice(0, at), leaves.slice(at)];
}
