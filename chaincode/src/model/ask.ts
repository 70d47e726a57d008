import { object, optional, type Parsed } from './encoding/parser';
import { parseEmergency } from './break-glass';
import { parseCategories } from './category';
import { parseRelationRef, parseSalt } from './identifiers';
import { parsePurpose } from './purpose';
import { parseRequestingPerson } from './requesting-person';

/** What is asked for and by whom, sealed to the custodian; the request commits to it, a decision opens it in transient data. */
export const parseAsk = object({
  relationRef: parseRelationRef,
  categories: parseCategories,
  purpose: parsePurpose,
  person: parseRequestingPerson,
  emergency: optional(parseEmergency),
  salt: parseSalt,
});
export type Ask = Parsed<typeof parseAsk>;
