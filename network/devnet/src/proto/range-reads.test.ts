import { hex, sha256 } from './bytes';
import { RangeReads } from './range-reads';
import { writeQueryReads, type Read } from './rwset';

const rows = (count: number): readonly Read[] =>
  Array.from({ length: count }, (_, i) => ({ key: `k${String(i)}`, version: { block: i, tx: 0 } }));

function summarize(count: number, maxDegree: number): { level: number; hashes: readonly string[] } | undefined {
  const reads = new RangeReads(maxDegree);
  for (const row of rows(count)) reads.add(row);
  const { merkle } = reads.finish();
  return merkle && { level: merkle.maxLevel, hashes: merkle.hashes.map(hex) };
}

/** Leaves of three reads and the rest, for degree 2. */
function leaves(count: number): readonly Uint8Array[] {
  const all = rows(count);
  return Array.from({ length: Math.ceil(count / 3) }, (_, i) => sha256(writeQueryReads(all.slice(3 * i, 3 * i + 3))));
}

describe('the summary of a range', () => {
  it('is the reads themselves up to the degree', () => {
    const reads = new RangeReads(2);
    for (const row of rows(2)) reads.add(row);
    expect(reads.finish()).toEqual({ reads: rows(2), merkle: undefined });
  });

  it('is one leaf for one more than the degree, and two with a rest', () => {
    expect(summarize(3, 2)).toEqual({ level: 1, hashes: leaves(3).map(hex) });
    expect(summarize(4, 2)).toEqual({ level: 1, hashes: leaves(4).map(hex) });
  });

  it('goes a level up with one leaf more than the degree', () => {
    const [a, b, c] = leaves(9) as [Uint8Array, Uint8Array, Uint8Array];
    expect(summarize(9, 2)).toEqual({ level: 2, hashes: [hex(sha256(a, b, c))] });
  });

  it('takes the rest below up at the end: one hash unchanged, several together', () => {
    const [a, b, c, d, e] = leaves(15) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array];
    const top = hex(sha256(a, b, c));
    expect(summarize(12, 2)).toEqual({ level: 2, hashes: [top, hex(d)] });
    expect(summarize(15, 2)).toEqual({ level: 2, hashes: [top, hex(sha256(d, e))] });
  });

  it('is hashed once more if its highest level then exceeds the degree', () => {
    const [a, b, c, d, e, f, g] = leaves(21) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array];
    expect(summarize(21, 2)).toEqual({ level: 3, hashes: [hex(sha256(sha256(a, b, c), sha256(d, e, f), g))] });
  });
});
