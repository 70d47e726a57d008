import {
  newError,
  type AccessRequest,
  type BreakGlass,
  type Instant,
  type Participant,
  type Review,
  type TransactionRequest,
} from '../model';

/**
 * The review of a declared emergency by a person of another organisation; the standing one when it is the same. It is due by the time that
 * the request states, and taken after it too: a late one shows, and ends the block.
 *
 * @throws BREAK_GLASS_NOT_DECLARED, REVIEWER_NOT_INDEPENDENT, REVIEW_ALREADY_MADE
 */
export function reviewBreakGlass(
  { relationRef, requester, requestId, outcome }: TransactionRequest<'ReviewBreakGlass'>,
  { request, standing }: { request: AccessRequest; standing: Review | undefined },
  by: Participant,
  at: Instant,
): Review {
  if (request.breakGlass === undefined) throw newError('BREAK_GLASS_NOT_DECLARED', { relationRef, requestId });
  if (by.mspId === requester) throw newError('REVIEWER_NOT_INDEPENDENT', { requester });
  if (standing === undefined) return { relationRef, requester, requestId, outcome, by, reviewBy: request.breakGlass.reviewBy, at };
  if (standing.outcome !== outcome || standing.by.mspId !== by.mspId)
    throw newError('REVIEW_ALREADY_MADE', { relationRef, requestId, outcome: standing.outcome });
  return standing;
}

/** The unit's list without what was reviewed. */
export function endOpenReview(unit: BreakGlass, { relationRef, requestId }: Review): BreakGlass {
  return { ...unit, open: unit.open.filter((one) => one.relationRef !== relationRef || one.requestId !== requestId) };
}
