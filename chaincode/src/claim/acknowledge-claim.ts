import { newError, type Acknowledgement, type Instant, type Participant, type TransactionRequest } from '../model';
import type { StandingClaim } from './standing-claim';

type Answer = TransactionRequest<'AcknowledgeClaims'>['claims'][number];

/**
 * The insurer's answer that it has a claim, or why it cannot work with it; the standing one when it is the same. A claim that was received
 * can be returned until it is decided; what came back because the body was not there can still be received.
 *
 * @throws CLAIM_NOT_OPEN when it is decided or returned for good
 */
export function acknowledgeClaim(
  { reason }: Pick<Answer, 'reason'>,
  { claim, acknowledgement: standing, adjudication }: StandingClaim,
  by: Participant,
  at: Instant,
): Acknowledgement {
  const { relationRef, claimId } = claim;
  const outcome = reason === null ? 'received' : 'returned';
  if (standing?.outcome === outcome && standing.reason === reason) return standing;
  if (adjudication.n > 0) throw newError('CLAIM_NOT_OPEN', { relationRef, claimId, status: 'adjudicated' });
  if (standing?.outcome === 'returned' && standing.reason !== 'body-not-received')
    throw newError('CLAIM_NOT_OPEN', { relationRef, claimId, status: 'returned' });
  return { relationRef, claimId, outcome, reason, by, at };
}
