import type { JsonValue } from '../fhir/json-value';
import type { Rule } from './issue';

const NUMBERS = new Set(['decimal', 'integer', 'positiveInt', 'unsignedInt']);
const DATE = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?(?:T.+)?$/;
/** R4 wants seconds and a time zone with every time (https://hl7.org/fhir/R4/datatypes.html#dateTime). */
const TIME = /^\d{4}(?:-\d\d(?:-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))?)?)?$/;
const CALENDAR = new Set(['date', 'dateTime', 'instant']);

/**
 * What is wrong with a value of a primitive type, as far as the library does not say it: its JSON type, days that the calendar does not have,
 * times without a zone, and base64 (which R4 allows to be broken into lines).
 */
export function checkPrimitive(code: string, value: JsonValue): Rule | undefined {
  if (typeof value !== jsonTypeOf(code)) return 'data-type';
  if (typeof value !== 'string') return undefined;
  if (CALENDAR.has(code)) return TIME.test(value) && isInCalendar(value) ? undefined : 'format';
  return code === 'base64Binary' && !isBase64(value) ? 'format' : undefined;
}

function jsonTypeOf(code: string): string {
  if (code === 'boolean') return 'boolean';
  return NUMBERS.has(code) ? 'number' : 'string';
}

function isInCalendar(text: string): boolean {
  const [, year, month, day] = DATE.exec(text) ?? [];
  if (month === undefined || day === undefined) return true;
  return Number(day) <= new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
}

/** Read in steps: no expression over megabytes. */
function isBase64(text: string): boolean {
  const dense = /\s/.test(text) ? text.replaceAll(/\s+/g, '') : text;
  if (dense.length === 0 || dense.length % 4 !== 0) return false;
  return !/[^A-Za-z0-9+/]/.test(dense.replace(/={1,2}$/, ''));
}
