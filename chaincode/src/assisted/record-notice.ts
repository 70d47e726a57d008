import {
  addMinutes,
  newError,
  type ConsentEntry,
  type ConsentNotice,
  type Instant,
  type Participant,
  type RelationEntry,
  type Rules,
  type TransactionRequest,
  type Witness,
} from '../model';

/** What a notice rests on. */
export interface NoticeFacts {
  readonly relation: RelationEntry;
  /** The newest version of the consent, if the custodian attests to its witness. */
  readonly consent: ConsentEntry | undefined;
  /** What stands, if the custodian attests to it. */
  readonly standing: ConsentNotice | undefined;
  readonly rules: Rules;
}

/**
 * The entry of a notice: somebody of the custodian other than the witness told the patient what was signed with her card. The version counts
 * from its validity on, and no earlier than the delay of the rules after the notice. The standing entry when it is the same.
 *
 * @throws RELATION_NOT_ASSISTED, CALLER_NOT_CUSTODIAN, NOTICE_NOT_DUE, NOTICE_BY_WITNESS, NOTICE_ALREADY_RECORDED
 */
export function recordNotice(
  { relationRef, version, channel, person }: TransactionRequest<'RecordNotice'>,
  { relation, consent, standing, rules }: NoticeFacts,
  by: Participant,
  at: Instant,
): ConsentNotice {
  assertTelling(relation, by);
  if (standing !== undefined) {
    if (standing.channel !== channel || standing.person !== person) throw newError('NOTICE_ALREADY_RECORDED', { relationRef, version });
    return standing;
  }
  if (consent?.status !== 'in-force' || consent.witness === undefined) throw newError('NOTICE_NOT_DUE', { relationRef, version });
  const { witness, validity } = consent;
  if (isWitness(witness, { by, person })) throw newError('NOTICE_BY_WITNESS', { relationRef, version });
  const delayed = addMinutes(at, rules.deadlines.assistedHours * 60);
  return { relationRef, version, channel, by, person, at, effectiveAt: laterOf(validity?.from ?? delayed, delayed) };
}

function assertTelling({ relationRef, custodian, assisted }: RelationEntry, { mspId }: Participant): void {
  if (assisted === undefined) throw newError('RELATION_NOT_ASSISTED', { relationRef });
  if (mspId !== custodian) throw newError('CALLER_NOT_CUSTODIAN', { custodian });
}

/** The same certificate, or the same person under another one. */
function isWitness(witness: Witness, { by, person }: Witness): boolean {
  return witness.by.actor === by.actor || witness.person === person;
}

function laterOf(one: Instant, other: Instant): Instant {
  return one > other ? one : other;
}
