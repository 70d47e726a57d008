import { boundsOf, epochMsOf, formatInstant, parseInstant, type Instant, type Period } from '@medaccord/chaincode/model';
import { Element } from './element';
import { inexpressible, invalid } from './fhir-consent-error';

/** Where a period without a start begins, and where one without an end ends. */
export const EARLIEST = '0000-01-01T00:00:00.000Z' as Instant;
export const LATEST = '9999-12-31T23:59:59.999Z' as Instant;

const DATE_TIME =
  /^(?!0000)(\d{4}(?:-\d{2}(?:-\d{2})?)?|\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d))$/;

/**
 * A FHIR Period, both bounds included to their precision, as a period of instants; dates without a zone are UTC.
 * @throws {FhirConsentError} FHIR_CONSENT_INVALID
 */
export function readPeriod(element: Element): Period {
  const [start, end] = [element.text('start'), element.text('end')];
  element.end();
  if (start === undefined && end === undefined) throw invalid(element.path, 'must have a start or an end.');
  const from = start === undefined ? EARLIEST : readDateTime(start, element.at('start')).from;
  const until = end === undefined ? LATEST : after(readDateTime(end, element.at('end')).until);
  if (from >= until) throw invalid(element.path, 'must not end before it starts.');
  return { from, until };
}

/** The period that ends with a FHIR dateTime. @throws {FhirConsentError} */
export function periodUntil(end: string): Period {
  return readPeriod(new Element({ end }, 'Period'));
}

/** The first and the last instant that a FHIR dateTime may mean. @throws {FhirConsentError} FHIR_CONSENT_INVALID */
export function readDateTime(text: string, path: string): { readonly from: Instant; readonly until: Instant } {
  const bounds = DATE_TIME.test(text) && isOfCalendar(text) ? boundsOf(text) : undefined;
  if (bounds === undefined) throw invalid(path, 'must be a dateTime of FHIR R4.');
  return bounds;
}

/** A period of instants as a FHIR Period. `place` names it in errors. @throws {FhirConsentError} FHIR_CONSENT_NOT_EXPRESSIBLE */
export function writePeriod({ from, until }: Period, place: string): Readonly<Record<string, string>> {
  if (from === EARLIEST && until === LATEST) throw inexpressible(place, 'has neither start nor end.');
  if ((from !== EARLIEST && from.startsWith('0000')) || until.startsWith('0000')) throw inexpressible(place, 'is before the year 1.');
  return {
    ...(from !== EARLIEST && { start: from }),
    ...(until !== LATEST && { end: formatInstant(epochMsOf(until) - 1) }),
  };
}

/** Parts that are not written are the first of their kind; the zone moves no day off the calendar. */
function isOfCalendar(text: string): boolean {
  const day = text.slice(0, 10);
  try {
    parseInstant(`${day}${'-01-01'.slice(day.length - 4)}T${text.slice(11, 19) || '00:00:00'}.000Z`, 'date');
    return true;
  } catch {
    return false;
  }
}

function after(instant: Instant): Instant {
  return formatInstant(epochMsOf(instant) + 1);
}
