import { distinct, nullable, object, text, type Parsed } from './encoding/parser';
import { parseCategory } from './category';

/** A security label: a code of http://terminology.hl7.org/CodeSystem/v3-Confidentiality (U, L, M, N, R, V) or of v3-ActCode. */
const parseLabel = text(/^[A-Z0-9_-]{1,32}$/, 'a security label code');

/** A FHIR date or dateTime: year, month, day, or with time and zone. */
const parseFhirDate = text(/^\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2}))?)?)?$/, 'a FHIR date or dateTime');

/** What the rule needs to know of a record. Never public: the anchor commits to it, a decision opens it in transient data. */
export const parseRecordDetails = object({
  type: text(/^[A-Z][A-Za-z]{0,63}$/, 'a FHIR resource type'),
  category: parseCategory,
  labels: distinct(parseLabel, 0, 50),
  dates: object({ from: nullable(parseFhirDate), until: nullable(parseFhirDate) }),
});
export type RecordDetails = Parsed<typeof parseRecordDetails>;
