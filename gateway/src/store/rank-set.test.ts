import fc from 'fast-check';
import { mostSteps, newListedSet, unite, Walk } from './rank-set';

const ranks = fc.uniqueArray(fc.integer({ min: 1, max: 60 }));
const walk = (sets: readonly (readonly number[])[][], from: number): number[] => {
  const through = new Walk(
    sets.map((some) => unite(some.map(newListedSet))),
    from,
  );
  const found: number[] = [];
  for (let rank = through.next(); rank !== undefined; rank = through.next()) found.push(rank);
  return found;
};

describe('a walk through sets', () => {
  it('finds what is in one of each, in order, from where it begins', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(ranks, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 0, max: 60 }),
        (sets, from) => {
          const expected = Array.from({ length: 61 }, (_, rank) => rank).filter(
            (rank) => rank >= from && sets.every((some) => some.some((set) => set.includes(rank))),
          );
          expect(walk(sets, from)).toEqual(expected);
        },
      ),
    );
  });

  it('looks at no more than the smallest set makes necessary', () => {
    const all = Array.from({ length: 100_000 }, (_, at) => at + 1);
    expect(walk([[all], [[5, 50_000, 99_999]], [all]], 1)).toEqual([5, 50_000, 99_999]);
  });

  it('ends where it has looked at enough, and goes on from there', () => {
    const odd = Array.from({ length: 3 * mostSteps }, (_, at) => 2 * at + 1);
    const even = [...odd.map((rank) => rank + 1), 6 * mostSteps + 1];
    const first = new Walk([newListedSet([...odd, 6 * mostSteps + 1]), newListedSet(even)], 1);
    expect([first.next(), first.isCutOff]).toEqual([undefined, true]);
    let [from, found, walks] = [first.rank, [] as number[], 1];
    for (; found.length === 0 && walks < 10; walks += 1) {
      const next = new Walk([newListedSet([...odd, 6 * mostSteps + 1]), newListedSet(even)], from);
      found = [next.next()].filter((rank) => rank !== undefined);
      from = next.rank;
    }
    expect([found, walks > 2]).toEqual([[6 * mostSteps + 1], true]);
  });
});
