import { answerOf } from '../fhir-claims';
import { isIn, isOneOf } from './is-asked';
import type { ClaimType } from './ledger-types';
import type { LedgerSearch } from './parse-ledger-search';
import type { ClaimEntries } from './read-claim';

/** Whether a search finds what is made of a claim, by its public entries alone: nothing has to be opened. */
export function isClaimAsked(
  type: ClaimType,
  entries: ClaimEntries,
  { relationRef, coverageId, created, updated, identifiers, statuses, uses, outcomes }: LedgerSearch,
): boolean {
  const { claim, replacedAt } = entries;
  const { n, at, status, outcome } = answerOf({}, { ...entries, opened: undefined });
  const isClaim = type === 'Claim';
  return [
    relationRef === undefined || claim.relationRef === relationRef,
    coverageId === undefined || claim.coverageId === coverageId,
    isIn(isClaim ? claim.submittedAt : at, created),
    isIn(isClaim ? (replacedAt ?? claim.submittedAt) : at, updated),
    isOneOf(n === 0 ? '' : `${claim.claimId}.${String(n)}`, identifiers),
    isOneOf(isClaim ? (replacedAt === undefined ? 'active' : 'cancelled') : status, statuses),
    isOneOf(claim.use, uses),
    isOneOf(outcome, outcomes),
  ].every(Boolean);
}
