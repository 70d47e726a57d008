import { bucketsOfAmount, bucketsThatHold } from './amount-buckets';

const all = [0, 1, 9, 10, 11, 99, 100, 4_999, 5_000, 12_916, 99_999, 100_000, 123_456_789, 999_999_999_999];

describe('buckets of amounts', () => {
  it('are named by the number of digits and the first two of them', () => {
    expect(bucketsOfAmount(12_916)).toEqual(['5', '5/1', '5/12']);
    expect(bucketsOfAmount(7)).toEqual(['1', '1/7']);
  });

  it('hold every amount of a range, and few besides: none above or below by more than a tenth', () => {
    for (const least of all)
      for (const most of all.filter((one) => one >= least)) {
        const asked = new Set(bucketsThatHold(least, most));
        const isFound = (amount: number): boolean => bucketsOfAmount(amount).some((bucket) => asked.has(bucket));
        expect([least, most, Math.floor((least + most) / 2)].map(isFound)).toEqual([true, true, true]);
        if (least > 20) expect(isFound(Math.floor(least * 0.89))).toBe(false);
        if (most > 20) expect(isFound(Math.ceil(most * 1.11))).toBe(false);
      }
  });

  it('are few, however large the range', () => {
    expect(bucketsThatHold(0, Number.MAX_SAFE_INTEGER).length).toBeLessThan(50);
    expect(bucketsThatHold(1_111, 88_888_888).length).toBeLessThan(50);
  });
});
