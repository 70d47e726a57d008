import type { Instant } from '../instant';
import { coveredDays, decidedAt } from './decide-claim';
import { decidingPlan } from './deciding-plan';
import type { Day, Days } from './day';

const day = (text: string): Day => text as Day;
const at = (text: string): Instant => `${text}T12:00:00.000Z` as Instant;
const days = (from: string, until: string | null): Days => ({ from: day(from), until: until === null ? null : day(until) });

describe('the plan that decides a claim', () => {
  const version = (number: number, published: string, period: Days): Parameters<typeof decidingPlan>[0][number] => ({
    version: number,
    publishedAt: at(published),
    plan: { period },
  });
  const versions = [
    version(1, '2026-01-10', days('2026-01-01', '2026-07-01')),
    version(2, '2026-02-10', days('2026-01-01', '2026-07-01')),
    version(3, '2026-03-10', days('2026-07-01', null)),
  ];
  const chosen = (submitted: string, first: string): number | undefined => decidingPlan(versions, at(submitted), day(first))?.version;

  test('is the newest that was published when the claim came and whose days hold its first service', () => {
    expect(chosen('2026-02-01', '2026-01-20')).toBe(1);
    expect(chosen('2026-02-10', '2026-01-20')).toBe(2);
    expect(chosen('2026-04-01', '2026-06-30')).toBe(2);
    expect(chosen('2026-08-01', '2026-07-01')).toBe(3);
  });

  test('is the newest of that time where no days hold it, and the first where none was published yet', () => {
    expect(chosen('2026-04-01', '2025-12-31')).toBe(3);
    expect(chosen('2026-02-15', '2026-08-01')).toBe(2);
    expect(chosen('2026-01-01', '2026-01-01')).toBe(1);
    expect(decidingPlan(versions.slice(3), at('2026-01-01'), day('2026-01-01'))).toBeUndefined();
  });

  test('does not depend on the order in which the versions are given', () => {
    expect(decidingPlan(versions.toReversed(), at('2026-04-01'), day('2026-06-30'))?.version).toBe(2);
  });
});

describe('the days of a coverage', () => {
  const covered = (period: Days, ...versions: readonly (readonly ['active' | 'suspended' | 'ended', string])[]): Days =>
    coveredDays(
      { period } as Parameters<typeof coveredDays>[0],
      versions.map(([status, on]) => ({ status, recordedAt: at(on) })),
    );
  const year = days('2026-01-01', '2027-01-01');

  test('end on the day on which the insurer suspended or ended it, the first of the two, and not after the terms do', () => {
    expect(covered(year, ['active', '2025-12-01'])).toEqual(year);
    expect(covered(year, ['active', '2025-12-01'], ['ended', '2026-05-05'])).toEqual(days('2026-01-01', '2026-05-05'));
    expect(covered(year, ['active', '2025-12-01'], ['suspended', '2026-03-03'], ['ended', '2026-05-05'])).toEqual(
      days('2026-01-01', '2026-03-03'),
    );
    expect(covered(year, ['active', '2025-12-01'], ['ended', '2028-01-01'])).toEqual(year);
    expect(covered(days('2026-01-01', null), ['active', '2025-12-01'], ['ended', '2028-01-01'])).toEqual(days('2026-01-01', '2028-01-01'));
  });

  test('are cut by no suspension that was lifted, and are none at all where it ended before they began', () => {
    expect(covered(year, ['active', '2025-12-01'], ['suspended', '2026-03-03'], ['active', '2026-04-04'])).toEqual(year);
    const never = covered(year, ['active', '2025-12-01'], ['ended', '2026-01-01']);
    expect(never.from > '2100-01-01').toBe(true);
  });
});

test('what is asked in advance is decided as of its last day, what is billed as of its submission', () => {
  const lines = ['2026-05-01', '2026-04-01'].map((text) => ({ day: day(text) })) as unknown as Parameters<typeof decidedAt>[1]['lines'];
  const claim = { submittedAt: at('2026-03-01') };
  expect(decidedAt(claim, { use: 'claim', lines })).toBe(at('2026-03-01'));
  expect(decidedAt(claim, { use: 'predetermination', lines })).toBe('2026-05-01T00:00:00.000Z');
  expect(decidedAt({ submittedAt: at('2026-06-01') }, { use: 'preauthorization', lines })).toBe(at('2026-06-01'));
});
