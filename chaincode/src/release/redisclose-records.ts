import {
  findReasonAgainst,
  formatCanonical,
  isBreakGlass,
  newError,
  recordsPreimage,
  RequestInvalid,
  type Assistance,
  type Commitment,
  type ConsentHeader,
  type Decision,
  type Instant,
  type Participant,
  type PatientEntry,
  type ProofFacts,
  type Redisclosure,
  type RelationEntry,
  type ReleasedRecord,
  type Rules,
  type TransactionRequest,
  type TransientInput,
} from '../model';
import { assertOpening, digestOf } from '../signature';

type Request = TransactionRequest<'RecordRedisclosure'>;
type Opening = TransientInput<'RecordRedisclosure'>;

/** What a redisclosure rests on. */
export interface RedisclosureFacts {
  readonly relation: RelationEntry;
  readonly decision: Decision;
  /** The version of the consent that counts now. */
  readonly consent: ConsentHeader;
  readonly assistance: Assistance | undefined;
  /** Whether a registrar ended it, a version after the decision's was no longer in force, or the copy is deleted already. */
  readonly isEnded: boolean;
  readonly patient: Pick<PatientEntry, 'hold'>;
  /** Her custodian has recorded the patient's death: what she permitted is over. */
  readonly isDeceased: boolean;
  readonly rules: Rules;
  /** What proved the purpose of the release. */
  readonly proof: ProofFacts | null;
}

/**
 * The standing redisclosure when it is this one of this member; nothing when there is none yet.
 *
 * @throws REDISCLOSURE_ALREADY_MADE
 */
export function sameRedisclosure(request: Request, standing: Redisclosure | undefined, by: Participant): Redisclosure | undefined {
  const { relationRef, requestId } = request;
  if (standing !== undefined && standing.requestHash !== hashOf(request, by))
    throw newError('REDISCLOSURE_ALREADY_MADE', { relationRef, requestId });
  return standing;
}

/**
 * The entry of a redisclosure. What may be disclosed to nobody else is not, and nothing is after the patient ended the release.
 *
 * @throws DECISION_NOT_RELEASED, RELEASE_ENDED, RELEASE_NOT_PERMITTED, COMMITMENT_MISMATCH, REDISCLOSURE_FORBIDDEN, RequestInvalid
 */
export function rediscloseRecords(
  request: Request,
  opening: Opening,
  facts: RedisclosureFacts,
  { by, now }: { readonly by: Participant; readonly now: Instant },
): Redisclosure {
  const { relationRef, requestId, redisclosureId, recipient, purpose, consentVersion } = request;
  const { relation, decision, consent, assistance, rules, proof, isDeceased } = facts;
  if (decision.outcome !== 'released') throw newError('DECISION_NOT_RELEASED', { relationRef, requestId });
  if (facts.isEnded) throw newError('RELEASE_ENDED', { relationRef, requestId });
  const standing = findReasonAgainst({ relation, consent, assistance, rules, proof, now, purpose, isDeceased });
  const reason = standing ?? (isHeld(facts.patient, purpose) ? 'held' : undefined);
  if (reason !== undefined) throw newError('RELEASE_NOT_PERMITTED', { reason, at: 0 });
  assertOpening(decision.records, recordsPreimage(opening.records, opening.recordsSalt), 'released records');
  const passedOn = passedOnOf(opening);
  const commitment = digestOf(recordsPreimage(passedOn, opening.recordsSalt)) as string as Commitment;
  return {
    ...{ relationRef, requester: by.mspId, requestId, redisclosureId, recipient, purpose, consentVersion },
    ...{ records: commitment, count: passedOn.length, requestHash: hashOf(request, by), by, at: now },
  };
}

/** As in a decision: a hold stops what rests on a consent, and an emergency does not. */
function isHeld({ hold }: RedisclosureFacts['patient'], purpose: Request['purpose']): boolean {
  return hold !== undefined && !isBreakGlass(purpose);
}

function passedOnOf({ records, redisclosed }: Opening): readonly ReleasedRecord[] {
  return redisclosed.map((place, index) => {
    const record = records[place];
    if (record === undefined || redisclosed.indexOf(place) !== index)
      throw new RequestInvalid(`input.redisclosed[${String(index)}]`, 'the place of a record of the release, each once');
    if (record.obligations.includes('NORDSCLCD')) throw newError('REDISCLOSURE_FORBIDDEN', { at: place });
    return record;
  });
}

function hashOf(request: Request, { mspId }: Participant): Redisclosure['requestHash'] {
  return digestOf(formatCanonical({ ...request, mspId }));
}
