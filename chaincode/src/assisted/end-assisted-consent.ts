import { newError, type ConsentEnd, type Instant, type Participant, type RelationEntry, type TransactionRequest } from '../model';

/**
 * The entry by which a registrar of any member ends, on the patient's word and without her signature, what an assisted consent permits; the
 * standing one when it is the same. It can only take away: the patient's own consents, made without assistance, are not ended so.
 *
 * @throws RELATION_NOT_ASSISTED, END_ALREADY_RECORDED
 */
export function endAssistedConsent(
  { relationRef, version, endId }: TransactionRequest<'EndAssistedConsent'>,
  { relation, standing }: { readonly relation: RelationEntry; readonly standing: ConsentEnd | 'junk' | undefined },
  by: Participant,
  at: Instant,
): ConsentEnd {
  if (relation.assisted === undefined) throw newError('RELATION_NOT_ASSISTED', { relationRef });
  if (standing !== undefined) {
    const isSame = standing !== 'junk' && standing.version === version && standing.by.mspId === by.mspId;
    if (!isSame) throw newError('END_ALREADY_RECORDED', { relationRef });
    return standing;
  }
  return { relationRef, endId, version, by, at };
}
