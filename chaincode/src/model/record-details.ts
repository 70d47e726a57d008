import { distinct, list, nullable, object, opaque, RequestInvalid, text, type Parsed, type Parser } from './encoding/parser';
import { parseCategory } from './category';
import { parseFhirDate } from './fhir-date';

/** A security label: a code of http://terminology.hl7.org/CodeSystem/v3-Confidentiality (U, L, M, N, R, V) or of v3-ActCode. */
export const parseLabel = text(/^[A-Z0-9_-]{1,32}$/, 'a security label code');

export const parseResourceType = text(/^[A-Z][A-Za-z]{0,63}$/, 'a FHIR resource type');

/** A FHIR reference, relative or absolute. */
export const parseReference = text(/^[^\u0000-\u0020\u007f-\u00a0\ud800-\udfff]{1,512}$/u, 'a FHIR reference');

export const parseSystem = text(/^[^\u0000-\u0020\u007f-\u00a0\ud800-\udfff]{0,512}$/u, 'the URI of a code system');

export const parseCoding = object({
  system: parseSystem,
  code: opaque(128),
});
export type Coding = Parsed<typeof parseCoding>;

/** A list of codings of which no two are equal. */
export function parseCodings(least: number, most: number): Parser<readonly Coding[]> {
  const parseList = list(parseCoding, least, most);
  return (value, place) => {
    const codings = parseList(value, place);
    if (new Set(codings.map(({ system, code }) => `${system} ${code}`)).size !== codings.length)
      throw new RequestInvalid(place, 'a list without repetitions');
    return codings;
  };
}

/** How many codings and authors of a resource count. */
export const MAX_CODINGS = 50;
export const MAX_AUTHORS = 20;

/** What the rule needs to know of a record. Never public: the anchor commits to it, a decision opens it in transient data. */
export const parseRecordDetails = object({
  type: parseResourceType,
  category: parseCategory,
  codes: parseCodings(0, MAX_CODINGS),
  labels: distinct(parseLabel, 0, 50),
  dates: object({ from: nullable(parseFhirDate), until: nullable(parseFhirDate) }),
  authors: distinct(parseReference, 0, MAX_AUTHORS),
  encounter: nullable(parseReference),
});
export type RecordDetails = Parsed<typeof parseRecordDetails>;
