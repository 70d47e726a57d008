import { distinct, flag, integer, list, nullable, object, oneOf, optional, text, type Parsed } from '../encoding/parser';
import { parseParticipant } from '../entry';
import { parseActor, parseClaimId, parseCommitment, parseCoverageId, parseDigest, parseMspId, parseRelationRef } from '../identifiers';
import { parseInstant } from '../instant';
import { parseSealedDigests } from '../signed-payload';
import { parseBenefitPlan } from './benefit-plan';
import { parseClaimUse, parseRelatedClaim } from './claim-body';
import { parsePartId } from './services';

// Public entries of claims (keys.ts). They show ids, statuses, times and commitments; what was treated and what it costs is in the documents.

const MOST_LINES = 1000;
/** Claims that bill one item: from there on more are marked, and not counted. */
export const MOST_CLAIMS = 50;
const number = integer(1, 1_000_000);

/** A version of an insurer's plan, published for good. Counts with the insurer's attestation beside it. */
export const parsePlanEntry = object({
  insurer: parseMspId,
  planId: parsePartId,
  version: number,
  plan: parseBenefitPlan,
  by: parseParticipant,
  publishedAt: parseInstant,
});
export type PlanEntry = Parsed<typeof parsePlanEntry>;

export const coverageStatuses = ['active', 'suspended', 'ended'] as const;
export const parseCoverageStatus = oneOf(coverageStatuses);
export type CoverageStatus = (typeof coverageStatuses)[number];

/**
 * A version of a coverage. `jws` is the patient's statement of its terms: her own signature, of this version or of an earlier one whose terms
 * go on while the insurer suspends, resumes or ends it. Counts with the insurer's attestation beside it.
 */
export const parseCoverageEntry = object({
  relationRef: parseRelationRef,
  coverageId: parseCoverageId,
  version: number,
  insurer: parseMspId,
  status: parseCoverageStatus,
  jws: text(/^[A-Za-z0-9_.-]{1,8192}$/, 'a compact JWS'),
  by: parseParticipant,
  recordedAt: parseInstant,
});
export type CoverageEntry = Parsed<typeof parseCoverageEntry>;

/** How much of a coverage is used, as the insurer's adjudications left it, one after another. */
export const parseAccumulatorEntry = object({
  relationRef: parseRelationRef,
  coverageId: parseCoverageId,
  /** The place of the newest adjudication in the coverage's chain; 0 before the first. */
  position: integer(0, 10_000_000),
  /** To what is used; null before the first adjudication. */
  used: nullable(parseCommitment),
  at: parseInstant,
});
export type AccumulatorEntry = Parsed<typeof parseAccumulatorEntry>;

/** A claim as the hospital made it: never overwritten. */
export const parseClaimEntry = object({
  relationRef: parseRelationRef,
  claimId: parseClaimId,
  use: parseClaimUse,
  coverageId: parseCoverageId,
  related: nullable(parseRelatedClaim),
  hospital: parseMspId,
  insurer: parseMspId,
  body: parseCommitment,
  sealed: parseSealedDigests,
  /** One per line, in their order (billed-item.ts); empty where nothing is billed. */
  tags: distinct(parseDigest, 0, MOST_LINES),
  /** Places of the tags that another claim had billed before, from 0. */
  duplicates: list(integer(0, MOST_LINES - 1), 0, MOST_LINES),
  by: parseParticipant,
  submittedAt: parseInstant,
  acknowledgeBy: parseInstant,
  adjudicateBy: parseInstant,
});
export type ClaimEntry = Parsed<typeof parseClaimEntry>;

/** Who bills an item: the claims that stand, the first of them first. A correction takes the place of its claim, a reversal frees it. */
export const parseBilledItem = object({
  tag: parseDigest,
  claims: list(object({ relationRef: parseRelationRef, claimId: parseClaimId }), 0, MOST_CLAIMS),
});
export type BilledItem = Parsed<typeof parseBilledItem>;

/**
 * Whether a later claim takes a claim back or corrects it. Made together with the claim, under a policy that needs its hospital: an insurer
 * and a third cannot take a claim back.
 */
export const parseReplacement = object({ relationRef: parseRelationRef, claimId: parseClaimId, replacedBy: nullable(parseClaimId) });
export type Replacement = Parsed<typeof parseReplacement>;

/** Why an insurer gives a claim back without deciding it. */
export const returnReasons = ['body-not-received', 'body-mismatch', 'tag-mismatch', 'record-not-of-patient', 'coverage-unknown'] as const;
export type ReturnReason = (typeof returnReasons)[number];

/** The insurer's answer that it has a claim, or that it cannot work with what it has. */
export const parseAcknowledgement = object({
  relationRef: parseRelationRef,
  claimId: parseClaimId,
  outcome: oneOf(['received', 'returned']),
  reason: nullable(oneOf(returnReasons)),
  by: parseParticipant,
  at: parseInstant,
});
export type Acknowledgement = Parsed<typeof parseAcknowledgement>;

export const adjudicationOutcomes = ['queued', 'partial', 'complete', 'reversed'] as const;

/**
 * The newest adjudication of a claim; its key exists from the claim's submission on, under the insurer's own key policy: `document` is null
 * until the first. The history of the key has every one.
 */
export const parseAdjudicationEntry = object({
  relationRef: parseRelationRef,
  claimId: parseClaimId,
  /** 0: none yet. */
  n: integer(0, 1_000_000),
  outcome: nullable(oneOf(adjudicationOutcomes)),
  document: nullable(parseCommitment),
  /** Of the sealed documents, for the hospital (by its id) and for the insurer. */
  sealed: parseSealedDigests,
  /** Of the document sealed to the patient, in the hospital's collection. */
  explanation: nullable(parseDigest),
  coverageVersion: nullable(number),
  /** Whether a person paid beside the rule. */
  isOverridden: flag,
  manner: nullable(oneOf(['rule', 'person'])),
  /** proposed: a second person of the insurer has to agree. */
  status: oneOf(['open', 'proposed', 'final']),
  by: nullable(parseParticipant),
  /** Pseudonyms of the persons, which outlive certificates; null where the rule decided. */
  persons: distinct(parseActor, 0, 2),
  at: nullable(parseInstant),
  /** When a second person agreed: from then on it stands, and the time for an appeal runs. */
  confirmedAt: optional(parseInstant),
  /** The newest of the claim's adjudications that a statement of hospital and insurer settles, and the number of that. */
  settled: optional(object({ n: number, number })),
});
export type AdjudicationEntry = Parsed<typeof parseAdjudicationEntry>;
