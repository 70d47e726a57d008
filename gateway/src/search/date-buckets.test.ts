import fc from 'fast-check';
import { bucketsOfRange, bucketsThatMeet } from './date-buckets';
import { isOverlapping, type DateRange } from './date-range';

const dayMs = 86_400_000;
const time = fc.integer({ min: Date.UTC(1790, 0), max: Date.UTC(2210, 0) });
const length = fc.oneof(
  fc.integer({ min: 1, max: dayMs }),
  fc.integer({ min: 1, max: 400 * dayMs }),
  fc.integer({ min: 1, max: 90_000 * dayMs }),
);
const range = fc
  .tuple(time, length, fc.constantFrom('span', 'span', 'from', 'until'))
  .map(([from, more, kind]): DateRange => ({ from: kind === 'until' ? null : from, until: kind === 'from' ? null : from + more }));
const near = fc.tuple(range, range, fc.integer({ min: -3, max: 3 })).map(([one, other, days]): [DateRange, DateRange] => {
  const from = one.from ?? one.until ?? 0;
  return [
    one,
    other.from === null || other.until === null
      ? other
      : { from: from + days * dayMs, until: from + days * dayMs + (other.until - other.from) },
  ];
});
const shares = (one: DateRange, other: DateRange): boolean => {
  const held = new Set(bucketsOfRange(one));
  return bucketsThatMeet(other, true).some((bucket) => held.has(bucket));
};

describe('buckets of dates', () => {
  it('are shared by whatever overlaps, in every size and with open ends', () => {
    fc.assert(
      fc.property(fc.oneof(fc.tuple(range, range), near), ([one, other]) => {
        fc.pre(isOverlapping(one, other));
        expect(shares(one, other)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('are not shared by days that are not asked for, so that only the days at the ends are looked through', () => {
    const day = (text: string): DateRange => ({ from: Date.parse(text), until: Date.parse(text) + dayMs });
    const asked = { from: Date.parse('2020-02-27'), until: Date.parse('2021-03-02') };
    const found = ['2020-02-26', '2020-02-27', '2020-12-31', '2021-01-01', '2021-03-01', '2021-03-02', '1999-01-01'].filter((text) =>
      shares(day(text), asked),
    );
    expect(found).toEqual(['2020-02-27', '2020-12-31', '2021-01-01', '2021-03-01']);
    expect(shares({ from: Date.parse('2021-03-02'), until: null }, asked)).toBe(false);
    expect(shares({ from: null, until: Date.parse('2020-02-27') }, asked)).toBe(false);
  });

  it('are few, of a resource and of a search', () => {
    expect(bucketsOfRange({ from: Date.parse('2020-03-15'), until: Date.parse('2020-03-16') })).toHaveLength(5);
    fc.assert(
      fc.property(range, (one) => {
        expect(bucketsOfRange(one).length).toBeLessThanOrEqual(12 + 12 + 10);
        expect(bucketsThatMeet(one, false).length).toBeLessThanOrEqual(140);
      }),
    );
  });
});
