import { integer, list, object, oneOf, optional, type Parsed } from './encoding/parser';
import { parseCategories } from './category';
import { parseRelationRef, parseSalt } from './identifiers';
import { parsePeriod } from './instant';
import { parsePurposes } from './purpose';

const parseDecision = oneOf(['permit', 'deny']);

/** An exception of a set: it matches where every axis that it names matches. */
const parseException = object({
  decision: parseDecision,
  categories: optional(parseCategories),
  purposes: optional(parsePurposes),
  period: optional(parsePeriod),
});
export type ConsentException = Parsed<typeof parseException>;

/** One set of provisions: a base decision with one level of exceptions. It says nothing outside its period. */
const parseSet = object({ base: parseDecision, period: optional(parsePeriod), exceptions: list(parseException, 0, 100) });
export type ConsentSet = Parsed<typeof parseSet>;

/** What a patient allows in one relation. Never public: the header on the ledger commits to it. */
export const parseConsentDocument = object({
  relationRef: parseRelationRef,
  version: integer(1, 1_000_000),
  salt: parseSalt,
  sets: list(parseSet, 1, 20),
});
export type ConsentDocument = Parsed<typeof parseConsentDocument>;
