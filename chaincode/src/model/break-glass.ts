import { distinct, integer, list, object, oneOf, text, type Parsed } from './encoding/parser';
import { ordinaryCategories } from './category';
import { parseCommitment, parseMspId, parseRelationRef, parseRequestId, parseSalt } from './identifiers';
import { parseInstant } from './instant';

// Break-glass: access in a declared emergency (HL7 PurposeOfUse ETREAT and below) that no consent need permit and that is reviewed after.

/** Why somebody breaks the glass: a closed list, so that uses compare; `statement` says the rest. */
export const emergencyReasons = ['life-threatening', 'time-critical', 'unconscious', 'incapacitated', 'other'] as const;
export const parseEmergencyReason = oneOf(emergencyReasons);

/** What is declared, a part of the ask and sealed with it; `unitSalt` opens the request's unit to the department of the person who asks. */
export const parseEmergency = object({
  reason: parseEmergencyReason,
  statement: text(/^[^\u0000-\u0009\u000b-\u001f\u007f-\u009f\ud800-\udfff]{1,500}$/u, 'a text of 1 to 500 characters'),
  unitSalt: parseSalt,
});
export type Emergency = Parsed<typeof parseEmergency>;

/** What the consortium allows in an emergency; none without it. Sensitive categories can never be among the `categories`. */
export const parseEmergencyRules = object({
  categories: distinct(oneOf(ordinaryCategories), 1, ordinaryCategories.length),
  /** The time box: how long after its declaration an emergency opens anything. */
  accessHours: integer(1, 168),
  /** Each declaration is reviewed within this time. */
  reviewHours: integer(1, 720),
  /** Most declarations of one unit that wait for their review. */
  openReviews: integer(1, 200),
});
export type EmergencyRules = Parsed<typeof parseEmergencyRules>;

/** Of a request: the declaring department's pseudonym, the end of the time box, and when the review is due. */
export const parseDeclared = object({ unit: parseCommitment, until: parseInstant, reviewBy: parseInstant });

/** Declarations of one unit that wait for their review, oldest first. */
export const parseBreakGlass = object({
  mspId: parseMspId,
  unit: parseCommitment,
  open: list(object({ relationRef: parseRelationRef, requestId: parseRequestId, reviewBy: parseInstant }), 0, 200),
});
export type BreakGlass = Parsed<typeof parseBreakGlass>;

export const reviewOutcomes = ['justified', 'unjustified'] as const;
export const parseReviewOutcome = oneOf(reviewOutcomes);
export type ReviewOutcome = Parsed<typeof parseReviewOutcome>;
