import { newError } from '../problem';

/** From (inclusive) until (exclusive), as instants in UTC with milliseconds; an open end where there is none. */
export interface TimeRange {
  readonly from?: string | undefined;
  readonly until?: string | undefined;
}

const dateForm = /^(eq|gt|ge|lt|le|sa|eb)?(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:\d\d))?)?)?$/;

/**
 * The range of times that a date with a prefix asks for (FHIR R4 search.html#date); a date without a time zone is one in UTC.
 * @throws CodedError REQUEST_INVALID
 */
export function parseSearchDate(value: string, name: string): TimeRange {
  // A plus sign in a query is a space.
  const parts = dateForm.exec(value.replace(/ (?=\d\d:\d\d$)/, '+'));
  const [, prefix = 'eq', ...fields] = parts ?? [];
  const start = parts === null ? Number.NaN : readStart(fields);
  if (parts === null || Number.isNaN(start)) throw newError('REQUEST_INVALID', `query.${name}: must be a date such as ge2026-01-31`);
  return newRange(prefix, format(start), format(endOf(start, fields)));
}

function newRange(prefix: string, start: string, end: string): TimeRange {
  switch (prefix) {
    case 'gt':
    case 'sa':
      return { from: end };
    case 'ge':
      return { from: start };
    case 'lt':
    case 'eb':
      return { until: start };
    case 'le':
      return { until: end };
    default:
      return { from: start, until: end };
  }
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

/** The end of the span that a date of this precision means. */
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

function format(time: number): string {
  return new Date(time).toISOString();
}

/** What both ranges hold. */
export function intersect(one: TimeRange, other: TimeRange): TimeRange {
  const froms = [one.from, other.from].filter((from) => from !== undefined).sort();
  const untils = [one.until, other.until].filter((until) => until !== undefined).sort();
  return { from: froms.at(-1), until: untils[0] };
}
