import { newError, type Instant, type MspId, type Referral, type RelationEntry, type TransactionRequest } from '../model';
import type { Attested } from './attested';

/**
 * The entry of a referral that its custodian ends now; the standing one when it is ended. It proves nothing any more.
 *
 * @throws CALLER_NOT_CUSTODIAN, REFERRAL_NOT_FOUND
 */
export function endReferral(
  { relationRef, referralId }: TransactionRequest<'EndReferral'>,
  { relation, standing }: { relation: RelationEntry; standing: Attested<Referral> },
  caller: MspId,
  at: Instant,
): Referral {
  const { custodian } = relation;
  if (caller !== custodian) throw newError('CALLER_NOT_CUSTODIAN', { custodian });
  if (standing === undefined || standing === 'junk') throw newError('REFERRAL_NOT_FOUND', { relationRef, referralId });
  return standing.endedAt === null ? { ...standing, endedAt: at } : standing;
}
