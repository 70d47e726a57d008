import { RequestInvalid, object, nullable, type Parsed, type Parser } from '../encoding/parser';
import { addMinutes, parseInstant, type Instant } from '../instant';

declare const dayBrand: unique symbol;
/** A day of the calendar, `2026-01-31`, as it was written where the service was given: days compare as texts. */
export type Day = string & { readonly [dayBrand]: 'Day' };

const MINUTES_PER_DAY = 24 * 60;

/** Parses a day of the calendar. */
export const parseDay: Parser<Day> = (value, place) => {
  try {
    parseInstant(`${String(value)}T00:00:00.000Z`, place);
  } catch {
    throw new RequestInvalid(place, 'a day of the calendar such as 2026-01-31');
  }
  return value as Day;
};

/** From a day (included) until another (excluded); null: without an end. */
const parseBounds = object({ from: parseDay, until: nullable(parseDay) });
export type Days = Parsed<typeof parseBounds>;

export const parseDays: Parser<Days> = (value, place) => {
  const days = parseBounds(value, place);
  if (days.until !== null && days.until <= days.from) throw new RequestInvalid(`${place}.until`, 'later than from');
  return days;
};

/** Tells whether a day is one of those. */
export function isAmong({ from, until }: Days, day: Day): boolean {
  return from <= day && (until === null || day < until);
}

/** The day that many days later. */
export function addDays(day: Day, days: number): Day {
  return dayOf(addMinutes(`${day}T00:00:00.000Z` as Instant, days * MINUTES_PER_DAY));
}

/** The day of an instant, in UTC. */
export function dayOf(instant: Instant): Day {
  return instant.slice(0, 10) as Day;
}

/** The first day of the plan year in which a day lies; `begins` is the month and day on which each year begins, `07-01`. */
export function yearOf(day: Day, begins: string): Day {
  const year = Number(day.slice(0, 4)) - (day.slice(5) < begins ? 1 : 0);
  return `${String(Math.max(year, 0)).padStart(4, '0')}-${begins}` as Day;
}
