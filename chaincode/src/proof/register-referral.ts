import {
  formatCanonical,
  newError,
  type Instant,
  type Participant,
  type Referral,
  type RelationEntry,
  type TransactionRequest,
} from '../model';
import type { Attested } from './attested';

/**
 * The entry of a custodian's referral; the standing one when it is the same.
 *
 * @throws CALLER_NOT_CUSTODIAN, REFERRAL_ALREADY_MADE
 */
export function registerReferral(
  { relationRef, referralId, validity }: TransactionRequest<'RegisterReferral'>,
  { relation, standing }: { relation: RelationEntry; standing: Attested<Referral> },
  by: Participant,
  at: Instant,
): Referral {
  const { custodian, counterparty } = relation;
  if (by.mspId !== custodian) throw newError('CALLER_NOT_CUSTODIAN', { custodian });
  if (standing === undefined) return { relationRef, referralId, custodian, counterparty, by, validity, registeredAt: at, endedAt: null };
  if (standing === 'junk' || formatCanonical(standing.validity) !== formatCanonical(validity))
    throw newError('REFERRAL_ALREADY_MADE', { relationRef, referralId });
  return standing;
}
