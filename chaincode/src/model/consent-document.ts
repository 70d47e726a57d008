import { distinct, integer, list, object, oneOf, optional, RequestInvalid, type Parsed, type Parser } from './encoding/parser';
import { parseCategories } from './category';
import { parseConfidentiality } from './confidentiality';
import { parseRecordId, parseRelationRef, parseSalt } from './identifiers';
import { parsePeriod } from './instant';
import { parsePurposes } from './purpose';
import { parseCodings, parseLabel, parseReference, parseResourceType } from './record-details';
import { parseLocalName } from './requesting-person';

const MOST = 100;
const parseDecision = oneOf(['permit', 'deny']);
const parseLocalNames = distinct(parseLocalName, 1, MOST);

/** What an exception may name; docs/reference/consent-rule.md says what each matches. */
const axisShape = {
  categories: optional(parseCategories),
  types: optional(distinct(parseResourceType, 1, MOST)),
  codes: optional(parseCodings(1, MOST)),
  records: optional(distinct(parseRecordId, 1, MOST)),
  encounters: optional(distinct(parseReference, 1, MOST)),
  authors: optional(distinct(parseReference, 1, MOST)),
  labels: optional(distinct(parseLabel, 1, MOST)),
  confidentiality: optional(parseConfidentiality),
  dataPeriod: optional(parsePeriod),
  purposes: optional(parsePurposes),
  departments: optional(parseLocalNames),
  roles: optional(parseLocalNames),
  teams: optional(parseLocalNames),
  persons: optional(parseLocalNames),
};
const parseAxes = object(axisShape);
export type ConsentAxes = Parsed<typeof parseAxes>;
export type AxisName = keyof typeof axisShape;
export const axisNames = Object.keys(axisShape) as AxisName[];

const parseExcluded: Parser<ConsentAxes> = (value, place) => {
  const axes = parseAxes(value, place);
  if (Object.keys(axes).length === 0) throw new RequestInvalid(place, 'at least one axis');
  return axes;
};

/** An exception of a set: it matches where every axis that it names matches and none of those in `not` does. */
const parseException = object({ decision: parseDecision, ...axisShape, not: optional(parseExcluded), period: optional(parsePeriod) });
export type ConsentException = Parsed<typeof parseException>;

/** One set of provisions: a base decision with one level of exceptions. It says nothing outside its period. */
const parseSet = object({ base: parseDecision, period: optional(parsePeriod), exceptions: list(parseException, 0, 100) });
export type ConsentSet = Parsed<typeof parseSet>;

/** The sets of a document, also where they stand without one. */
export const parseConsentSets = list(parseSet, 1, 20);

/** What a patient allows in one relation. Never public: the header on the ledger commits to it. */
export const parseConsentDocument = object({
  relationRef: parseRelationRef,
  version: integer(1, 1_000_000),
  salt: parseSalt,
  sets: parseConsentSets,
});
export type ConsentDocument = Parsed<typeof parseConsentDocument>;
