import { integer, list, nullable, object, oneOf, opaque, optional, type Parsed } from '../encoding/parser';
import { parseClaimId, parseCoverageId, parseRelationRef, parseRequestId, parseSalt } from '../identifiers';
import { parseCoding } from '../record-details';
import { parseAccumulators } from './accumulators';
import { parseClaimFacts } from './claim';
import { parseDays } from './day';
import { parseMoney } from './money';
import { parsePartId } from './services';

/** What a person of the insurer pays for a line beside the rule: marked, so that everyone who recomputes sees it. */
const parseOverride = object({ line: integer(1, 1_000_000), benefit: parseMoney, why: opaque(500) });
export type LineOverride = Parsed<typeof parseOverride>;

/** What an approved preauthorization allows; a claim's lines draw it down under its id. */
const parseAuthorized = object({ id: opaque(128), service: parseCoding, days: parseDays, units: integer(1, 1_000_000) });

const common = {
  relationRef: parseRelationRef,
  claimId: parseClaimId,
  /** The how-manieth adjudication of this claim. */
  n: integer(1, 1_000_000),
  coverageId: parseCoverageId,
  /** The place in the chain of the coverage's adjudications: its accumulators follow those of the place before. */
  position: integer(1, 10_000_000),
  /** What the coverage had used before, in this relation, without what an earlier adjudication of the same claim used. */
  before: parseAccumulators,
  /** What the same person used under the insurer's other relations with her, as the insurer says; counted with `before`, never carried on. */
  elsewhere: parseAccumulators,
  salt: parseSalt,
} as const;

/**
 * What the insurer decided and from what: with the plan, the coverage's terms and the claim's body anyone who holds it recomputes it. Sealed to
 * insurer, hospital and patient; the public entry commits to it. `result` is the canonical text of the rule's answer (model/claims/adjudicate).
 */
export const parseAdjudicationDocument = object({
  ...common,
  coverageVersion: integer(1, 1_000_000),
  planId: parsePartId,
  planVersion: integer(1, 1_000_000),
  /** Null in a reversal: the claim uses and pays nothing any more. */
  decided: nullable(
    object({
      facts: parseClaimFacts,
      /** The releases by which the evidence came. */
      releases: list(parseRequestId, 0, 1000),
      result: opaque(4 * 1024 * 1024),
      overrides: list(parseOverride, 0, 1000),
      authorized: list(parseAuthorized, 0, 1000),
    }),
  ),
  /** Of a reversal: the claim that takes this one back or corrects it. */
  reversedBy: nullable(parseClaimId),
  note: optional(opaque(2000)),
  /** How the decision came about: by the rule alone, or by a named person. */
  manner: oneOf(['rule', 'person']),
});
export type AdjudicationDocument = Parsed<typeof parseAdjudicationDocument>;
