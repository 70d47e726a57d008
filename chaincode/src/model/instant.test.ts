import fc from 'fast-check';
import { addMinutes, epochMsOf, formatInstant, isWithin, parseInstant, parsePeriod, type Instant } from './instant';

const LAST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
const anyMs = fc.integer({ min: Date.parse('0000-01-01T00:00:00.000Z'), max: LAST });

describe('an instant', () => {
  test('is written as the platform writes it, for every millisecond of the years 0 to 9999', () => {
    fc.assert(
      fc.property(anyMs, (ms) => {
        const instant = formatInstant(ms);
        expect(instant).toBe(new Date(ms).toISOString());
        expect(epochMsOf(parseInstant(instant, 'at'))).toBe(ms);
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    '2023-02-29T00:00:00.000Z',
    '2026-13-01T00:00:00.000Z',
    '2026-01-01T24:00:00.000Z',
    '2026-01-01T00:60:00.000Z',
    '2026-01-01T00:00:60.000Z',
    '2026-01-01T00:00:00Z',
    '2026-01-01T00:00:00.000+00:00',
    '2026-1-1T00:00:00.000Z',
    ' 2026-01-01T00:00:00.000Z',
    '',
    5,
  ])('%p is none', (bad) => {
    expect(() => parseInstant(bad, 'at')).toThrow('at must be');
  });

  test('plus minutes is later by them, and order is that of texts', () => {
    fc.assert(
      fc.property(anyMs, fc.integer({ min: 1, max: 1440 }), (ms, minutes) => {
        const from = formatInstant(ms);
        const later = addMinutes(from, minutes);
        expect(epochMsOf(later)).toBe(Math.min(ms + minutes * 60_000, LAST));
        expect(from <= later).toBe(true);
      }),
    );
  });

  test('lies in a period from its first instant on, until before its last', () => {
    const [from, until] = ['2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z'] as Instant[] as [Instant, Instant];
    const period = parsePeriod({ from, until }, 'period');
    expect([isWithin(period, from), isWithin(period, until), isWithin(period, formatInstant(epochMsOf(until) - 1))]).toEqual([
      true,
      false,
      true,
    ]);
    expect(() => parsePeriod({ from: until, until: from }, 'period')).toThrow('period.until');
    expect(() => parsePeriod({ from, until: from }, 'period')).toThrow('period.until');
  });
});
