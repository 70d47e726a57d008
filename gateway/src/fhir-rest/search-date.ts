import { newError } from '../problem';
import { parseDateSpan } from '../search';

/** From (inclusive) until (exclusive), as instants in UTC with milliseconds; an open end where there is none. */
export interface TimeRange {
  readonly from?: string | undefined;
  readonly until?: string | undefined;
}

/**
 * The range of times that a date with a prefix asks for (FHIR R4 search.html#date); a date without a time zone is one in UTC.
 * @throws CodedError REQUEST_INVALID
 */
export function parseSearchDate(value: string, name: string): TimeRange {
  const [, prefix = 'eq', date = ''] = /^(eq|gt|ge|lt|le|sa|eb)?(.*)$/s.exec(value) ?? [];
  // A plus sign in a query is a space.
  const span = parseDateSpan(date.replace(/ (?=\d\d:\d\d$)/, '+'));
  if (span === undefined) throw newError('REQUEST_INVALID', `query.${name}: must be a date such as ge2026-01-31`);
  return newRange(prefix, format(span.from), format(span.until));
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

function format(time: number): string {
  return new Date(time).toISOString();
}

/** What both ranges hold. */
export function intersect(one: TimeRange, other: TimeRange): TimeRange {
  const froms = [one.from, other.from].filter((from) => from !== undefined).sort();
  const untils = [one.until, other.until].filter((until) => until !== undefined).sort();
  return { from: froms.at(-1), until: untils[0] };
}
