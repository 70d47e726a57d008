import {
  basisOf,
  isEnding,
  isSameStatement,
  newError,
  RequestInvalid,
  type ConsentHeader,
  type Decision,
  type Deletion,
  type Instant,
  type Jwk,
  type Participant,
  type Redisclosure,
  type Signed,
} from '../model';
import { assertSignedBy } from '../signature';

/** What the ledger says about a copy that is said to be deleted. */
export interface DeletionFacts {
  readonly decision: Decision;
  /** The signed version of the consent that the receipt names; nothing when the patient signed none there. */
  readonly consent: ConsentHeader | undefined;
  /** How many parts of the release are delivered. */
  readonly parts: number;
  /** The redisclosure that the receipt is about, if it is about one. */
  readonly redisclosure: Redisclosure | undefined;
  /** Signed by a key that the requester had when it was written. */
  readonly standing: Deletion | undefined;
  /** The requester's signing key now. */
  readonly key: Jwk;
}

/**
 * The entry of a deletion; the standing one when it is of the same receipt. Nothing is on record as deleted that the patient did not end, and
 * a copy is deleted whole.
 *
 * @throws SIGNATURE_INVALID, DELETION_ALREADY_MADE, DECISION_NOT_RELEASED, DELETION_NOT_DUE, REDISCLOSURE_NOT_FOUND, RequestInvalid
 */
export function deleteRelease(signed: Signed<'deletion-receipt'>, facts: DeletionFacts, by: Participant, at: Instant): Deletion {
  const { payload, jws } = signed;
  const { relationRef, requestId } = payload;
  const { decision, consent, standing, key } = facts;
  if (standing !== undefined && isSameStatement(standing.jws, jws)) return standing;
  assertSignedBy(signed, key);
  if (standing !== undefined) throw newError('DELETION_ALREADY_MADE', { relationRef, requestId });
  if (decision.outcome !== 'released') throw newError('DECISION_NOT_RELEASED', { relationRef, requestId });
  if (!isEnding(payload, consent, basisOf(decision), at)) throw newError('DELETION_NOT_DUE', { relationRef, requestId });
  if (payload.of === 'release') assertWhole(payload, facts.parts);
  else assertTold(payload, facts.redisclosure, at);
  return { ...payload, jws, by, at };
}

function assertWhole({ parts, told }: Signed<'deletion-receipt'>['payload'], delivered: number): void {
  if (delivered === 0 || parts !== delivered) throw new RequestInvalid('request.deletion.payload.parts', 'the number of delivered parts');
  if (told !== null) throw new RequestInvalid('request.deletion.payload.told', 'null: it is the own copy');
}

function assertTold(receipt: Signed<'deletion-receipt'>['payload'], redisclosure: Redisclosure | undefined, at: Instant): void {
  const { relationRef, requestId, parts, told } = receipt;
  if (redisclosure === undefined) throw newError('REDISCLOSURE_NOT_FOUND', { relationRef, requestId });
  if (parts !== 0) throw new RequestInvalid('request.deletion.payload.parts', '0: what was passed on has none here');
  if (told === null || told < redisclosure.at || told > at)
    throw new RequestInvalid('request.deletion.payload.told', 'a time between the redisclosure and now');
}
