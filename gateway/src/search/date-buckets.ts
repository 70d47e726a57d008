import type { DateRange, DateSpan } from './date-range';

// A bucket is named by the beginning of a day's text: century 20, decade 202, year 2026, month 2026-03, day 2026-03-15. What holds a bucket
// is named by a beginning of its name.
const lengths = [2, 3, 4, 7, 10] as const;
const day = 10;
/** What lies before or after counts as on the first or last day: what is found so is compared exactly anyway. */
const first = Date.UTC(1800, 0);
const end = Date.UTC(2200, 0);
/** A range has at most so many buckets of the smallest size that allows it. */
const mostBuckets = 12;

/** Texts by which a range of a resource is found. A span: its buckets and all that hold them; one with an open end: the day of the other end, likewise. */
export function bucketsOfRange({ from, until }: DateRange): string[] {
  if (from !== null && until !== null) return bucketsOfSpan({ from, until });
  if (from !== null) return withHolders([nameDay(from)]).map((bucket) => `from ${bucket}`);
  if (until !== null) return withHolders([nameDay(until - 1)]).map((bucket) => `until ${bucket}`);
  return [];
}

function bucketsOfSpan(span: DateSpan): string[] {
  for (const length of lengths.toReversed()) {
    const own = listBuckets(span, length);
    if (own === undefined) continue;
    // A wider bucket than what is asked for is asked for as such: only then it may hold it.
    const wide = length === day ? [] : own.map((bucket) => `wide ${bucket}`);
    return [...withHolders(own).map((bucket) => `in ${bucket}`), ...wide];
  }
  return [];
}

/**
 * Texts one of which every range has that overlaps with this one (and some more have: the days at its ends are taken whole).
 * @param isOpen whether ranges with an open end are looked for, too
 */
export function bucketsThatMeet({ from, until }: DateRange, isOpen: boolean): string[] {
  const [start, stop] = [from ?? first, until ?? end];
  const buckets = cover(start, stop);
  const holders = new Set(
    buckets.flatMap((bucket) => lengths.filter((length) => length < bucket.length).map((length) => bucket.slice(0, length))),
  );
  const spans = [...buckets.map((bucket) => `in ${bucket}`), ...[...holders].map((bucket) => `wide ${bucket}`)];
  if (!isOpen) return spans;
  return [...spans, ...cover(first, stop).map((bucket) => `from ${bucket}`), ...cover(start, end).map((bucket) => `until ${bucket}`)];
}

/** The largest buckets that together are the days from one moment until another. */
function cover(from: number, until: number): string[] {
  const stop = endOf(nameDay(until - 1));
  const buckets: string[] = [];
  for (let at = startOf(nameDay(from)); at < stop;) {
    const name = nameDay(at);
    const bucket = lengths.map((length) => name.slice(0, length)).find((one) => startOf(one) === at && endOf(one) <= stop) ?? name;
    buckets.push(bucket);
    at = endOf(bucket);
  }
  return buckets;
}

/** Every bucket of this length that a span touches, if they are not too many. */
function listBuckets({ from, until }: DateSpan, length: number): string[] | undefined {
  const buckets = [nameDay(from).slice(0, length)];
  const last = nameDay(until - 1).slice(0, length);
  for (let bucket = buckets[0] ?? ''; bucket !== last;) {
    if (buckets.length === mostBuckets) return undefined;
    bucket = nameDay(endOf(bucket)).slice(0, length);
    buckets.push(bucket);
  }
  return buckets;
}

function withHolders(buckets: readonly string[]): string[] {
  return [
    ...new Set(buckets.flatMap((bucket) => lengths.filter((length) => length <= bucket.length).map((length) => bucket.slice(0, length)))),
  ];
}

function nameDay(time: number): string {
  return new Date(Math.min(Math.max(time, first), end - 1)).toISOString().slice(0, day);
}

function startOf(bucket: string): number {
  return Date.parse(bucket.padEnd(4, '0'));
}

function endOf(bucket: string): number {
  const start = new Date(startOf(bucket));
  if (bucket.length === day) return start.setUTCDate(start.getUTCDate() + 1);
  if (bucket.length === 7) return start.setUTCMonth(start.getUTCMonth() + 1);
  return start.setUTCFullYear(start.getUTCFullYear() + 10 ** (4 - bucket.length));
}
