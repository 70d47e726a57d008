import type { RecordDetails } from '@medaccord/chaincode/model';
import { newError } from '../problem';
import type { IndexedRecord } from '../store';
import { parseSearchDate, type TimeRange } from './search-date';

/** When the care was that a resource tells of; open ends where it does not say. */
export function careDatesOf({ details }: Pick<IndexedRecord, 'details'>): TimeRange {
  const { from, until } = (JSON.parse(details) as Pick<RecordDetails, 'dates'>).dates;
  return {
    from: from === null ? undefined : parseSearchDate(from, 'dates').from,
    until: until === null ? undefined : parseSearchDate(until, 'dates').until,
  };
}

/** The span that `start` and `end` ask for; both days belong to it. @throws CodedError REQUEST_INVALID */
export function parseCareDates(start: string | undefined, end: string | undefined): TimeRange {
  if ([start, end].some((one) => one !== undefined && !/^\d/.test(one)))
    throw newError('REQUEST_INVALID', 'query.start and query.end: must be dates such as 2026-01-31');
  return {
    from: start === undefined ? undefined : parseSearchDate(start, 'start').from,
    until: end === undefined ? undefined : parseSearchDate(end, 'end').until,
  };
}

/** Whether two spans meet; what has no dates is in every span. */
export function isWithin(one: TimeRange, span: TimeRange): boolean {
  const startsInTime = one.from === undefined || span.until === undefined || one.from < span.until;
  const endsInTime = one.until === undefined || span.from === undefined || one.until > span.from;
  return startsInTime && endsInTime;
}
