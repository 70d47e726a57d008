import {
  adjudicationPreimage,
  decidedOutcome,
  defaultClaimRules,
  newError,
  paidOf,
  type Adjudication,
  type AdjudicationEntry,
  type Commitment,
  type Instant,
  type Participant,
  type Rules,
} from '../model';
import { digestOf } from '../signature';
import type { AdjudicationQuestion, ChainPlace } from './adjudication-question';
import { advance, isSameUse, takeBack } from './advance-accumulators';
import { checkDecision } from './check-decision';
import { assertTags } from './check-items';
import { checkerOf, type Check } from './checker';

/** An adjudication, and where it leaves the chain of its coverage. */
export interface Adjudicated {
  readonly entry: AdjudicationEntry;
  readonly chain: ChainPlace;
}

/**
 * The insurer's adjudication of a claim: what the rule says of exactly what was claimed, at its place in the chain of the coverage; or that
 * the claim is taken back, by a later one of the hospital.
 *
 * @throws ADJUDICATION_NOT_NEXT, ADJUDICATION_INVALID, ADJUDICATION_NEEDS_PERSON, CLAIM_NOT_OPEN, CLAIM_TAG_WRONG
 */
export function adjudicateClaim(question: AdjudicationQuestion, rules: Rules, by: Participant, at: Instant): Adjudicated {
  const { claim, body, document, chain } = question;
  const check = checkerOf(claim);
  checkPlace(check, question);
  const before = takeBack(check, chain.used, question.previous, claim.use);
  check(isSameUse(document.before, before), 'does not begin with what is used');
  if (document.decided === null) {
    checkReversal(check, question);
    return { entry: entryOf(question, undefined, { status: 'final', by, at }), chain: advance(chain, before, {}) };
  }
  assertOpen(check, question);
  assertTags(claim, body, question.records);
  const result = checkDecision(check, document.decided, question);
  const status = needsSecond(question, result, rules) ? 'proposed' : 'final';
  return {
    entry: entryOf(question, result, { status, by, at }),
    chain: advance(chain, before, claim.use === 'claim' ? result.used : {}),
  };
}

/** That the document is of this claim, coverage and plan, and follows what stands. */
function checkPlace(check: Check, { claim, document, adjudication, chain, coverage, person, plan }: AdjudicationQuestion): void {
  const { relationRef, claimId } = claim;
  const isOfClaim = document.relationRef === relationRef && document.claimId === claimId && document.coverageId === claim.coverageId;
  check(isOfClaim, 'is of another claim');
  const position = chain.position + 1;
  if (document.position !== position || document.n !== adjudication.n + 1)
    throw newError('ADJUDICATION_NOT_NEXT', { relationRef, claimId, n: position });
  check(document.coverageVersion === coverage.versions.at(-1)?.version, 'goes by another version of the coverage');
  check(document.planId === coverage.terms.planId && document.planVersion === plan.version, 'goes by another plan than the coverage');
  if (document.manner === 'person' && person === null) throw newError('ADJUDICATION_NEEDS_PERSON', { relationRef, claimId });
}

function checkReversal(check: Check, { document, replacement, adjudication }: AdjudicationQuestion): void {
  check(document.reversedBy !== null && document.reversedBy === replacement.replacedBy, 'takes back what no later claim takes back');
  check(adjudication.outcome !== 'reversed', 'takes back what is taken back already');
}

function assertOpen(check: Check, { claim, document, replacement, acknowledgement, isOldReversed }: AdjudicationQuestion): void {
  const { relationRef, claimId, related } = claim;
  check(document.reversedBy === null, 'decides and takes back at once');
  check(related?.relationship !== 'reversal', 'decides a claim that bills nothing');
  if (replacement.replacedBy !== null) throw newError('CLAIM_NOT_OPEN', { relationRef, claimId, status: 'replaced' });
  if (acknowledgement?.outcome === 'returned') throw newError('CLAIM_NOT_OPEN', { relationRef, claimId, status: 'returned' });
  check(related === null || isOldReversed, 'comes before the claim that is corrected is taken back');
}

/** A person alone pays up to a limit of the rules. */
function needsSecond({ document, body }: AdjudicationQuestion, result: Adjudication, rules: Rules): boolean {
  const limit = (rules.claims ?? defaultClaimRules).secondPersonOver[body.currency];
  return document.manner === 'person' && limit !== undefined && paidOf(result, document.decided?.overrides ?? []) > limit;
}

function entryOf(
  { claim, document, person, sealed, adjudication: { settled } }: AdjudicationQuestion,
  result: Adjudication | undefined,
  { status, by, at }: { readonly status: AdjudicationEntry['status']; readonly by: Participant; readonly at: Instant },
): AdjudicationEntry {
  const { relationRef, claimId, hospital, insurer } = claim;
  const overrides = document.decided?.overrides ?? [];
  return {
    relationRef,
    claimId,
    n: document.n,
    outcome: result === undefined ? 'reversed' : decidedOutcome(result, overrides),
    document: digestOf(adjudicationPreimage(document)) as string as Commitment,
    sealed: { [hospital]: sealed.hospital, [insurer]: sealed.insurer },
    explanation: sealed.patient,
    coverageVersion: document.coverageVersion,
    isOverridden: overrides.length > 0,
    manner: document.manner,
    status,
    by,
    persons: document.manner === 'person' && person !== null ? [person] : [],
    at,
    ...(settled !== undefined && { settled }),
  };
}
