import {
  addMinutes,
  defaultClaimRules,
  formatCanonical,
  newError,
  RequestInvalid,
  type AdjudicationEntry,
  type BilledItem,
  type ClaimEntry,
  type Digest,
  type Instant,
  type MspId,
  type Participant,
  type RelationEntry,
  type Replacement,
  type Rules,
  type TransactionRequest,
} from '../model';
import { findDuplicates } from './billed-items';

type Request = TransactionRequest<'SubmitClaim'>;

/** What a claim is made from. */
export interface SubmissionFacts {
  readonly relation: RelationEntry;
  readonly rules: Rules;
  /** SHA-256 of the body sealed to the hospital, as it is sent. */
  readonly envelope: Digest;
  /** Who bills each tag now, in the order of the request; junk where others wrote. */
  readonly billed: readonly (BilledItem | 'junk' | undefined)[];
}

const MINUTES_PER_DAY = 24 * 60;

/** Checks that the caller is the hospital, and that a claim of this use may have so many tags. @throws CALLER_NOT_CUSTODIAN, RELATION_INVALID, RequestInvalid */
export function assertSubmittable({ relationRef, use, related, tags }: Request, { custodian, kinds }: RelationEntry, caller: MspId): void {
  if (caller !== custodian) throw newError('CALLER_NOT_CUSTODIAN', { custodian });
  if (!kinds.includes('cover')) throw newError('RELATION_INVALID', { relationRef, problem: 'is not one of hospital and insurer' });
  const bills = use === 'claim' && related?.relationship !== 'reversal';
  if (bills !== tags.length > 0) throw new RequestInvalid('request.tags', 'one for each line that is billed, none where nothing is');
}

/** Whether a claim that stands is the one that is submitted. */
export function isSameClaim(request: Request, claim: ClaimEntry): boolean {
  const { relationRef, claimId, use, coverageId, related, body, sealed, tags } = claim;
  return formatCanonical(request) === formatCanonical({ relationRef, claimId, use, coverageId, related, body, sealed, tags });
}

/**
 * The header of a claim. Deadlines run from here, whatever becomes of the body.
 *
 * @throws COMMITMENT_MISMATCH when the hospital's own copy is not the one that the claim names; RequestInvalid
 */
export function submitClaim(request: Request, facts: SubmissionFacts, by: Participant, at: Instant): ClaimEntry {
  const { custodian: hospital, counterparty: insurer } = facts.relation;
  if (request.sealed[insurer] === undefined) throw new RequestInvalid('request.sealed', 'of hospital and insurer');
  if (request.sealed[hospital] !== facts.envelope) throw newError('COMMITMENT_MISMATCH', { of: 'sealed claim' });
  const { acknowledgeDays, adjudicateDays } = facts.rules.claims ?? defaultClaimRules;
  return {
    ...request,
    hospital,
    insurer,
    duplicates: findDuplicates(facts.billed, request),
    by,
    submittedAt: at,
    acknowledgeBy: addMinutes(at, acknowledgeDays * MINUTES_PER_DAY),
    adjudicateBy: addMinutes(at, adjudicateDays * MINUTES_PER_DAY),
  };
}

/** Nobody has decided the claim yet: the insurer's own key from here on. */
export function openAdjudication({ relationRef, claimId }: Pick<ClaimEntry, 'relationRef' | 'claimId'>): AdjudicationEntry {
  return {
    relationRef,
    claimId,
    n: 0,
    outcome: null,
    document: null,
    sealed: {},
    explanation: null,
    coverageVersion: null,
    isOverridden: false,
    manner: null,
    status: 'open',
    by: null,
    persons: [],
    at: null,
  };
}

/**
 * The mark on a claim that the submitted one takes back or corrects.
 *
 * @throws CLAIM_NOT_REPLACEABLE naming what does not hold
 */
export function replaceClaim(
  { relationRef, claimId, use, coverageId, related }: Request,
  old: { readonly claim: ClaimEntry; readonly replacement: Replacement },
): Replacement {
  const check = (holds: boolean, problem: string): void => {
    if (!holds) throw newError('CLAIM_NOT_REPLACEABLE', { relationRef, claimId: old.claim.claimId, problem });
  };
  check(old.claim.claimId !== claimId, 'is this claim itself');
  check(old.claim.related?.relationship !== 'reversal', 'bills nothing: it takes another one back');
  check(old.claim.use === use && old.claim.coverageId === coverageId, 'is of another use or coverage');
  check(related?.claimId === old.claim.claimId && old.replacement.replacedBy === null, 'was taken back or corrected already');
  return { relationRef, claimId: old.claim.claimId, replacedBy: claimId };
}
