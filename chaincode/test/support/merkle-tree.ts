import { createHash } from 'node:crypto';
import { hashChildren, hashLeaf, type Digest, type TreeHead } from '../../src/model';

export const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
const format = (bytes: Uint8Array): Digest => Buffer.from(bytes).toString('base64url') as Digest;

/** The leaves and roots that the implementations of Certificate Transparency test with (RFC 6962 trees of 1 to 8 leaves). */
export const LEAVES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
/** Of the first leaf, the first two, and so on; hex. */
export const ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

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
