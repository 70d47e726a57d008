/** From (inclusive) until (exclusive), milliseconds since 1970 in UTC; null is an open end. */
export interface DateRange {
  readonly from: number | null;
  readonly until: number | null;
}

/** One with both ends. */
export interface DateSpan {
  readonly from: number;
  readonly until: number;
}

const form = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:\d\d)?)?)?)?$/;

/** The span of time that a FHIR date, dateTime or instant means by its precision; one without a time zone is one in UTC. Nothing if it is none. */
export function parseDateSpan(text: string): DateSpan | undefined {
  const parts = form.exec(text);
  if (parts === null) return undefined;
  const [, ...fields] = parts;
  const from = readStart(fields);
  return Number.isNaN(from) ? undefined : { from, until: endOf(from, fields) };
}

type Fields = readonly (string | undefined)[];

function readStart([
  year = '',
  month = '01',
  day = '01',
  hour = '00',
  minute = '00',
  second = '00',
  fraction = '',
  zone = 'Z',
]: Fields): number {
  const isDay = new Date(`${year}-${month}-${day}T00:00:00Z`).getUTCDate() === Number(day);
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction.slice(0, 3).padEnd(3, '0')}${zone}`);
  return isDay ? time : Number.NaN;
}

function endOf(start: number, [, month, day, hour, , second, fraction]: Fields): number {
  const end = new Date(start);
  if (fraction !== undefined) return start + 1;
  if (second !== undefined) return start + 1000;
  if (hour !== undefined) return start + 60_000;
  if (day !== undefined) end.setUTCDate(end.getUTCDate() + 1);
  else if (month !== undefined) end.setUTCMonth(end.getUTCMonth() + 1);
  else end.setUTCFullYear(end.getUTCFullYear() + 1);
  return end.getTime();
}

/** Whether two ranges have a moment in common. */
export function isOverlapping(one: DateRange, other: DateRange): boolean {
  return startOf(one) < endsAt(other) && startOf(other) < endsAt(one);
}

/** Whether a range lies in another. */
export function isWithin(one: DateRange, other: DateRange): boolean {
  return startOf(one) >= startOf(other) && endsAt(one) <= endsAt(other);
}

/** What both ranges hold; nothing when that is empty. */
export function intersectRanges(one: DateRange, other: DateRange): DateRange | undefined {
  const from = Math.max(startOf(one), startOf(other));
  const until = Math.min(endsAt(one), endsAt(other));
  if (from >= until) return undefined;
  return { from: from === -Infinity ? null : from, until: until === Infinity ? null : until };
}

function startOf({ from }: DateRange): number {
  return from ?? -Infinity;
}

function endsAt({ until }: DateRange): number {
  return until ?? Infinity;
}
