import { formatBase64url, hashLeaf, isConsistent, isIncluded, type Digest } from '@medaccord/chaincode/model';
import { LEAVES, ROOTS, sha256 } from '../../../chaincode/test/support/merkle-tree';
import { AuditTree, nodeTable } from './audit-tree';
import { openDatabase, type Database } from './database';

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
