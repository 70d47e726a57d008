import { RequestInvalid, object, type Parsed, type Parser } from './encoding/parser';

declare const instantBrand: unique symbol;
/** A point in time, `2026-01-31T12:00:00.000Z`: always UTC with milliseconds, so that instants compare as texts. */
export type Instant = string & { readonly [instantBrand]: 'Instant' };

const FORM = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
const MS_PER_DAY = 86_400_000;
const FIRST_MS = -62_167_219_200_000;
const LAST_MS = 253_402_300_799_999;

/** Parses an instant; it must be a day of the calendar (leap seconds are not). */
export const parseInstant: Parser<Instant> = (value, place) => {
  if (typeof value !== 'string' || !FORM.test(value)) throw new RequestInvalid(place, 'an instant such as 2026-01-31T12:00:00.000Z');
  // A day or hour that does not exist comes back as another one.
  if (formatInstant(epochMsOf(value as Instant)) !== value) throw new RequestInvalid(place, 'an instant of the calendar');
  return value as Instant;
};

/**
 * Formats milliseconds since 1970-01-01T00:00Z, years 0000 to 9999. Own arithmetic: the rules of the ledger use no clock, locale or time
 * zone, and the platform's date class brings all three.
 */
export function formatInstant(epochMs: number): Instant {
  const ms = Math.min(Math.max(Math.trunc(epochMs), FIRST_MS), LAST_MS);
  const days = Math.floor(ms / MS_PER_DAY);
  const rest = ms - days * MS_PER_DAY;
  const { year, month, day } = dateOf(days);
  const two = (value: number): string => String(value).padStart(2, '0');
  const date = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
  const time = `${two(Math.floor(rest / 3_600_000))}:${two(Math.floor(rest / 60_000) % 60)}:${two(Math.floor(rest / 1000) % 60)}`;
  return `${date}T${time}.${String(rest % 1000).padStart(3, '0')}Z` as Instant;
}

/** Milliseconds since 1970-01-01T00:00Z of an instant. */
export function epochMsOf(instant: Instant): number {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, ms = 0] = instant.split(/[-T:.Z]/).map(Number);
  return daysOf(year, month, day) * MS_PER_DAY + hour * 3_600_000 + minute * 60_000 + second * 1000 + ms;
}

/** The instant that many minutes later. */
export function addMinutes(instant: Instant, minutes: number): Instant {
  return formatInstant(epochMsOf(instant) + minutes * 60_000);
}

/** From an instant (included) until another (excluded). */
const parseBounds = object({ from: parseInstant, until: parseInstant });
export type Period = Parsed<typeof parseBounds>;

export const parsePeriod: Parser<Period> = (value, place) => {
  const period = parseBounds(value, place);
  if (period.from >= period.until) throw new RequestInvalid(`${place}.until`, 'later than from');
  return period;
};

/** Tells whether an instant lies in a period. */
export function isWithin(period: Period, at: Instant): boolean {
  return period.from <= at && at < period.until;
}

// Days from civil and back, proleptic Gregorian calendar: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
function daysOf(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468;
}

function dateOf(days: number): { year: number; month: number; day: number } {
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const dayOfEra = z - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day: dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1 };
}
