import { FEWEST, mergeSmall, type Cell, type Row } from './merge-small';

/** A cell of so many persons of its own, with a line of each. */
function cell(names: string, persons: number, sum = persons): Cell {
  return {
    names: names.split(' '),
    persons: new Set(Array.from({ length: persons }, (_, at) => `${names}/${String(at)}`)),
    sums: { count: persons, sum },
  };
}

const told = (rows: readonly Row[]): string[] =>
  rows.map(({ names, sums }) => `${names.map((name) => name ?? '*').join(' ')}: ${String(sums.count)}, ${String(sums.sum)}`);

describe('putting small cells together', () => {
  it('leaves alone what tells of enough persons', () => {
    expect(told(mergeSmall([cell('h a', 5, 50), cell('h b', 9, 90)], 1))).toEqual(['h a: 5, 50', 'h b: 9, 90']);
  });

  it('makes one row of small ones, that does not say which', () => {
    const cells = [cell('h a', 4, 40), cell('h b', 2, 20), cell('h c', 5, 50)];
    expect(told(mergeSmall(cells, 1))).toEqual(['h c: 5, 50', 'h *: 6, 60']);
  });

  it('takes the smallest of the others in, where the small ones are too few together', () => {
    const cells = [cell('h a', 1, 10), cell('h b', 2, 20), cell('h c', 9, 90), cell('h d', 5, 50)];
    expect(told(mergeSmall(cells, 1))).toEqual(['h c: 9, 90', 'h *: 8, 80']);
  });

  it('keeps what is near together, and goes further only where it must', () => {
    const cells = [
      cell('h visits paid', 9),
      cell('h visits denied', 3),
      cell('h visits review', 2),
      cell('h tests paid', 1),
      cell('h care paid', 6),
    ];
    // Denied and waiting visits are enough together; the one test needs the smallest of the others, and that is these.
    expect(told(mergeSmall(cells, 1))).toEqual(['h care paid: 6, 6', 'h visits paid: 9, 9', 'h * *: 6, 6']);
  });

  it('counts persons and not lines, and each person once', () => {
    const same = new Set(['p1', 'p2', 'p3', 'p4']);
    const cells: Cell[] = ['a', 'b'].map((name) => ({ names: ['h', name], persons: same, sums: { count: 100, sum: 1_000 } }));
    expect(mergeSmall(cells, 1)).toEqual([]);
  });

  it('leaves out a hospital that is too small, and tells nothing that it is in', () => {
    expect(told(mergeSmall([cell('h1 a', 9), cell('h2 a', 3), cell('h2 b', 1)], 1))).toEqual(['h1 a: 9, 9']);
    expect(mergeSmall([], 1)).toEqual([]);
  });
});

/** Numbers that look random and are the same in every run. */
function newNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

/** Whether the last of these rows of 0 and 1 is a sum of multiples of the others: elimination modulo a prime. */
function isWorkedOut(known: readonly (readonly number[])[], wanted: readonly number[]): boolean {
  const prime = 1_000_003;
  const rows = known.map((row) => [...row]);
  let rest = [...wanted];
  for (let column = 0; column < wanted.length; column += 1) {
    const at = rows.findIndex((row) => row[column] !== 0 && row.slice(0, column).every((value) => value === 0));
    const [pivot] = at < 0 ? [] : rows.splice(at, 1);
    if (pivot === undefined) continue;
    const inverse = power(pivot[column] ?? 0, prime - 2, prime);
    const clear = (row: readonly number[]): number[] => {
      const factor = ((row[column] ?? 0) * inverse) % prime;
      return row.map((value, index) => (((value - factor * (pivot[index] ?? 0)) % prime) + prime) % prime);
    };
    rows.forEach((row, index) => (rows[index] = clear(row)));
    rest = clear(rest);
  }
  return rest.every((value) => value === 0);
}

function power(base: number, exponent: number, prime: number): number {
  let [result, factor] = [1, base % prime];
  for (let left = exponent; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result = (result * factor) % prime;
    factor = (factor * factor) % prime;
  }
  return result;
}

describe('working a small cell out', () => {
  it('is possible by the sum of its hospital where only it were left out: the search finds it', () => {
    expect(
      isWorkedOut(
        [
          [1, 1, 1],
          [1, 0, 0],
          [0, 1, 0],
        ],
        [0, 0, 1],
      ),
    ).toBe(true);
    expect(
      isWorkedOut(
        [
          [1, 1, 1],
          [1, 0, 0],
        ],
        [0, 0, 1],
      ),
    ).toBe(false);
  });

  it('is not possible from all rows of a year and, of each hospital that has rows, how much the ledger shows of it', () => {
    const next = newNumbers(7);
    for (let round = 0; round < 40; round += 1) {
      const months = Array.from({ length: 3 }, () => newMonth(next));
      const size = months.reduce((sum, { cells }) => sum + cells.length, 0);
      const [known, small]: [number[][], number[][]] = [[], []];
      let offset = 0;
      for (const { cells } of months) {
        const vector = (isIn: (at: number) => boolean): number[] =>
          Array.from({ length: size }, (_, at) => Number(at >= offset && at < offset + cells.length && isIn(at - offset)));
        const rows = mergeSmall(cells, 1);
        // A bit for each cell: a row's sum tells which are in it.
        known.push(...rows.map(({ sums }) => vector((at) => (BigInt(sums.bits ?? 0) >> BigInt(at)) % 2n === 1n)));
        const hospitals = [...new Set(rows.map(({ names }) => names[0]))];
        known.push(...hospitals.map((hospital) => vector((at) => cells[at]?.names[0] === hospital)));
        small.push(...cells.flatMap(({ persons }, of) => (persons.size < FEWEST ? [vector((at) => at === of)] : [])));
        expect(rows.every(({ sums }) => (sums.count ?? 0) >= FEWEST)).toBe(true);
        offset += cells.length;
      }
      for (const cell of small) expect(isWorkedOut(known, cell)).toBe(false);
    }
  });
});

function newMonth(next: (below: number) => number): { readonly cells: readonly Cell[] } {
  const cells: Cell[] = [];
  for (const hospital of ['h1', 'h2'])
    for (const category of ['c1', 'c2', 'c3'])
      for (const outcome of ['paid', 'denied']) {
        const made = cell(`${hospital} ${category} ${outcome}`, next(3) === 0 ? 5 + next(9) : next(6));
        if (made.persons.size > 0) cells.push({ ...made, sums: { ...made.sums, bits: 2 ** cells.length } });
      }
  return { cells };
}
