import { text } from './encoding/parser';
import { epochMsOf, formatInstant, isWithin, type Instant, type Period } from './instant';
import type { RecordDetails } from './record-details';

const FORM = /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2}))?)?)?$/;
/** A FHIR date or dateTime: year, month, day, or with time and zone. */
export const parseFhirDate = text(FORM, 'a FHIR date or dateTime');

const DAY_MS = 86_400_000;
/** How long a second lasts that is written with so many digits after its point; with more, a millisecond. */
const SECOND_MS = [1000, 100, 10];

/**
 * Tells whether a record's time lies in a period, from the first instant that its dates may mean until the last. Dates without a zone are
 * UTC; without an end the beginning is both. Undefined when only a part of it does, and when the record has no beginning.
 */
export function isDatedWithin({ from, until }: RecordDetails['dates'], period: Period): boolean | undefined {
  const bounds = [from, until ?? from].flatMap((date) => boundsOf(date ?? '') ?? []);
  if (bounds.length < 2) return undefined;
  const instants = bounds.flatMap((one) => [one.from, one.until]).sort();
  const isInside = instants.map((instant) => isWithin(period, instant));
  if (isInside.every((inside) => inside)) return true;
  return isApart(period, instants) ? false : undefined;
}

/** Whether a period ends before these instants, in their order, or begins after them. */
function isApart(period: Period, instants: readonly Instant[]): boolean {
  const [first, last] = [instants[0] ?? period.from, instants.at(-1) ?? period.from];
  return last < period.from || period.until <= first;
}

/** The first and the last instant that a FHIR date or dateTime may mean; undefined when it is none. */
export function boundsOf(date: string): { readonly from: Instant; readonly until: Instant } | undefined {
  const [, year, month, day, time, fraction = '', zone = 'Z'] = FORM.exec(date) ?? [];
  if (year === undefined) return undefined;
  const start = epochMsOf(
    `${year}-${month ?? '01'}-${day ?? '01'}T${time ?? '00:00:00'}.${fraction.padEnd(3, '0').slice(0, 3)}Z` as Instant,
  );
  const from = start - offsetMsOf(zone);
  return { from: formatInstant(from), until: formatInstant(from + lengthMsOf({ year, month, day, time, fraction }, start) - 1) };
}

interface Written {
  readonly year: string;
  readonly month: string | undefined;
  readonly day: string | undefined;
  readonly time: string | undefined;
  readonly fraction: string;
}

/** How long what is written lasts: a year, a month, a day, a second or a fraction of one, but a millisecond at least. */
function lengthMsOf({ year, month, day, time, fraction }: Written, start: number): number {
  if (time !== undefined) return SECOND_MS[fraction.length] ?? 1;
  if (day !== undefined) return DAY_MS;
  const [nextYear, nextMonth] = month === undefined || month === '12' ? [Number(year) + 1, 1] : [Number(year), Number(month) + 1];
  return epochMsOf(`${String(nextYear)}-${String(nextMonth)}-1T0:0:0.0Z` as Instant) - start;
}

function offsetMsOf(zone: string): number {
  const [, sign, hours = '0', minutes = '0'] = /^([+-])(\d{2}):(\d{2})$/.exec(zone) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}
