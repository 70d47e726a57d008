import { newError } from '../problem';
import { bucketsThatMeet } from './date-buckets';
import { intersectRanges, isOverlapping, isWithin, parseDateSpan, type DateRange, type DateSpan } from './date-range';
import type { SearchDefinition } from './search-definitions';
import { newTerm, type Criterion } from './searchable';

/** One date that a search asks for, with its prefix. */
export interface DateAlternative {
  /** What a range that is accepted overlaps with; nothing when that tells nothing. */
  readonly near: DateRange | undefined;
  readonly accepts: (range: DateRange) => boolean;
}

/**
 * A date as a search writes it (FHIR R4 search.html#date): a prefix, and a span by its precision. `ge` and `le` accept what reaches into or
 * beyond the span; `ap` what overlaps with it.
 * @throws CodedError REQUEST_INVALID
 */
export function parseDateAlternative(value: string, name: string): DateAlternative {
  const [, prefix = 'eq', date = ''] = /^(eq|ne|gt|lt|ge|le|sa|eb|ap)?(.*)$/s.exec(value) ?? [];
  // A plus sign in a query is a space.
  const span = parseDateSpan(date.replace(/ (?=\d\d:\d\d$)/, '+'));
  if (span === undefined) throw newError('REQUEST_INVALID', `query.${name}: must be a date such as ge2026-01-31`);
  return newAlternative(prefix, span);
}

function newAlternative(prefix: string, span: DateSpan): DateAlternative {
  const { from, until } = span;
  const overlaps = (near: DateRange): DateAlternative => ({ near, accepts: (range) => isOverlapping(range, near) });
  const lies = (near: DateRange): DateAlternative => ({ near, accepts: (range) => isWithin(range, near) });
  switch (prefix) {
    case 'ne':
      return { near: undefined, accepts: (range) => !isWithin(range, span) };
    case 'gt':
      return overlaps({ from: until, until: null });
    case 'ge':
      return overlaps({ from, until: null });
    case 'lt':
      return overlaps({ from: null, until: from });
    case 'le':
      return overlaps({ from: null, until });
    case 'sa':
      return lies({ from: until, until: null });
    case 'eb':
      return lies({ from: null, until: from });
    case 'ap':
      return overlaps(span);
    default:
      return lies(span);
  }
}

/** What a date must fulfil: of each list one alternative. */
export function newDateCriterion(type: string, definition: SearchDefinition, lists: readonly (readonly DateAlternative[])[]): Criterion[] {
  const shared = definition.kind === 'date' ? shareRange(lists) : undefined;
  const accept = (list: readonly DateAlternative[]): Criterion['accepts'] => {
    return ({ dates }) => (dates[definition.name] ?? []).some((range) => list.some(({ accepts }) => accepts(range)));
  };
  const isOpen = definition.paths.some((path) => /period$/i.test(path.at(-1) ?? ''));
  const termsOf = (near: DateRange): string[] => bucketsThatMeet(near, isOpen).map((bucket) => newTerm(type, definition.name, bucket));
  return lists.map((list, at) => {
    const ranges = list.map(({ near }) => near);
    if (shared !== undefined) return { any: at === 0 ? termsOf(shared) : undefined, accepts: accept(list) };
    return {
      any: ranges.includes(undefined) ? undefined : ranges.flatMap((near) => termsOf(near ?? { from: null, until: null })),
      accepts: accept(list),
    };
  });
}

/** What every single range has in common, if they are several and have. What is one span and meets both of two overlapping ranges meets that. */
function shareRange(lists: readonly (readonly DateAlternative[])[]): DateRange | undefined {
  const all: DateRange = { from: null, until: null };
  if (lists.length < 2 || lists.some((list) => list.length !== 1 || list[0]?.near === undefined)) return undefined;
  return lists.reduce<DateRange | undefined>((before, [one]) => before && intersectRanges(before, one?.near ?? all), all);
}
