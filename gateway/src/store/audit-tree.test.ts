import { createHash } from 'node:crypto';
import { formatBase64url, hashLeaf, isConsistent, isIncluded, type Digest } from '@medaccord/chaincode/model';
import { AuditTree, nodeTable } from './audit-tree';
import { openDatabase, type Database } from './database';

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
/** The leaves and roots that the implementations of Certificate Transparency test with. */
const LEAVES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
const ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

let database: Database;
let tree: AuditTree;
const entries = (from: number, until: number): readonly Buffer[] =>
  Array.from({ length: until - from }, (_, at) => Buffer.from(String(from + at)));
const append = (leaves: readonly Uint8Array[]): void => {
  for (const leaf of leaves) database.prepare('INSERT INTO entry (hash) VALUES (?)').run(hashLeaf(leaf, sha256));
};

beforeEach(() => {
  database = openDatabase(':memory:', ['CREATE TABLE entry (n INTEGER PRIMARY KEY, hash BLOB NOT NULL) STRICT', nodeTable]);
  tree = new AuditTree(database);
});

afterEach(() => {
  database.close();
});

describe("the audit log's tree", () => {
  it('has the roots of the reference trees, however it grew', async () => {
    append(LEAVES.map((hex) => Buffer.from(hex, 'hex')));
    for (const size of [3, 4, 7, 8]) {
      await new AuditTree(database).grow(size);
      const roots = ROOTS.slice(0, size).map((_, index) => Buffer.from(tree.root(index + 1), 'base64url').toString('hex'));
      expect(roots).toEqual(ROOTS.slice(0, size));
    }
  });

  it('proves each entry in each tree, and each tree to begin with those before it', async () => {
    append(entries(0, 40));
    await tree.grow(40);
    for (let later = 1; later <= 40; later += 1) {
      const head = { size: later, root: tree.root(later) };
      for (let n = 1; n <= later; n += 1) {
        const leaf = { index: n - 1, hash: formatBase64url(hashLeaf(Buffer.from(String(n - 1)), sha256)) as Digest };
        expect(isIncluded(leaf, head, tree.path(n, later), sha256)).toBe(true);
        expect(isConsistent({ size: n, root: tree.root(n) }, head, tree.consistency(n, later), sha256)).toBe(true);
      }
    }
  });

  it('answers with as many hashes as it has levels, and keeps no more than one for each entry', async () => {
    append(entries(0, 20_001));
    await Promise.all([tree.grow(5_000), tree.grow(20_001)]);
    expect(tree.path(1, 20_001)).toHaveLength(15);
    expect(tree.consistency(12_345, 20_001).length).toBeLessThanOrEqual(16);
    const { nodes } = database.prepare('SELECT count(*) AS nodes FROM node').get() as { nodes: number };
    expect(nodes).toBeLessThan(20_001);
  });
});
