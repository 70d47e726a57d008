import {
  addMinutes,
  formatInstant,
  parseSigned,
  payloadBytes,
  type Digest,
  type Instant,
  type MspId,
  type PatientEntry,
  type Rules,
  type SubjectRef,
} from '@medaccord/chaincode/model';
import { signJws, verifyJws, type SigningKey } from '../crypto';
import { digestOf } from '../ledger/digest';
import type { LedgerIdentity } from '../ledger/ledger';
import { newError } from '../problem';
import type { Facts } from '../store';
import type { PatientStep, StatementOptions } from './patient-statements';

export interface RecoverOptions extends StatementOptions {
  readonly mspId: MspId;
  readonly facts: Facts;
  /** Signs in the organisation's name; a registrar asks for each signature. */
  readonly signing: SigningKey;
}

/** What a registrar does about a patient. */
export interface RegistrarAct {
  readonly subjectRef: SubjectRef;
  readonly operation: string;
  readonly identity: LedgerIdentity;
}

/** Stops all releases of a patient's records at once. @throws CodedError */
export async function placeHold(options: RecoverOptions, act: RegistrarAct): Promise<PatientStep> {
  const patient = findOwnPatient(options, act.subjectRef);
  const hold = await signJws('patient-hold', newStep(patient), options.signing);
  return finish(options, act, await options.transactions.submit('PlaceHold', { hold }, optionsOf('hold', act)));
}

/** Opens the recovery of a patient whose keys are lost; `keys` is what her new wallet signed. @throws CodedError */
export async function openRecovery(
  options: RecoverOptions,
  { keys, ...act }: RegistrarAct & { readonly keys: string },
): Promise<PatientStep> {
  const patient = findOwnPatient(options, act.subjectRef);
  const { payload } = parseSigned('recovery-keys', keys, 'body.keys');
  await verifyJws('recovery-keys', keys, payload.keys.signing, 'body.keys');
  const step = newStep(patient);
  const hours = options.facts.find<Rules>('rules')?.value.deadlines.recoveryHours ?? 0;
  const statement = { ...step, keys: digestOfPayload(keys), effectiveAt: addMinutes(step.issuedAt, hours * 60) };
  const opening = await signJws('recovery-opening', statement, options.signing);
  return finish(options, act, await options.transactions.submit('OpenRecovery', { opening, keys }, optionsOf('recovery', act)));
}

/** Agrees, as an authority, to the recovery that is open: to its keys and to its delay, which the rules must allow. @throws CodedError */
export async function approveRecovery(options: RecoverOptions, act: RegistrarAct): Promise<PatientStep> {
  const patient = findPatient(options.facts, act.subjectRef);
  const recovery = patient.hold?.recovery;
  if (recovery === undefined || recovery === null) throw newError('RECOVERY_UNKNOWN', 'No recovery of this patient is open');
  assertDelay(recovery.opening, options.facts);
  const { subjectRef } = act;
  const statement = { subjectRef, opening: digestOfPayload(recovery.opening), by: options.mspId, issuedAt: formatInstant(Date.now()) };
  const approval = await signJws('recovery-approval', statement, options.signing);
  return finish(options, act, await options.transactions.submit('ApproveRecovery', { approval }, optionsOf('approval', act)));
}

/** Gives the patient her new keys, once the recovery is approved and its delay over. @throws CodedError */
export async function completeRecovery(options: RecoverOptions, act: RegistrarAct): Promise<PatientStep> {
  const patient = findOwnPatient(options, act.subjectRef);
  const completion = await signJws('recovery-completion', newStep(patient), options.signing);
  return finish(options, act, await options.transactions.submit('CompleteRecovery', { completion }, optionsOf('completion', act)));
}

/** @throws CodedError PATIENT_UNKNOWN */
export function findPatient(facts: Facts, subjectRef: string): PatientEntry {
  const patient = facts.find<PatientEntry>('patient', subjectRef)?.value;
  if (patient === undefined) throw newError('PATIENT_UNKNOWN', 'No patient is registered under this reference');
  return patient;
}

function findOwnPatient({ facts, mspId }: RecoverOptions, subjectRef: string): PatientEntry {
  const patient = findPatient(facts, subjectRef);
  if (patient.custodian !== mspId) throw newError('NOT_THE_CUSTODIAN', 'This patient is registered at another organisation');
  return patient;
}

/** A custodian and another member can write an opening with a shorter delay than the rules say: an authority does not agree to it. */
function assertDelay(opening: string, facts: Facts): void {
  const { issuedAt, effectiveAt } = parseSigned('recovery-opening', opening, 'opening').payload;
  const hours = facts.find<Rules>('rules')?.value.deadlines.recoveryHours ?? Number.POSITIVE_INFINITY;
  if (effectiveAt < addMinutes(issuedAt, hours * 60))
    throw newError('RECOVERY_DELAY_SHORT', 'This recovery would take effect sooner than the rules of the consortium allow');
}

function newStep({ subjectRef, jws }: PatientEntry): {
  readonly subjectRef: SubjectRef;
  readonly previous: Digest;
  readonly issuedAt: Instant;
} {
  return { subjectRef, previous: digestOfPayload(jws), issuedAt: formatInstant(Date.now()) };
}

function digestOfPayload(jws: string): Digest {
  return digestOf(payloadBytes(jws));
}

function optionsOf(kind: string, { operation, identity }: RegistrarAct): { operation: string; identity: LedgerIdentity; mayLag: true } {
  return { operation: `${kind}/${operation}`, identity, mayLag: true };
}

async function finish(
  { projector }: StatementOptions,
  { subjectRef }: RegistrarAct,
  { transactionId, block }: { readonly transactionId: string; readonly block: number },
): Promise<PatientStep> {
  await projector.waitForBlock(block);
  return { subjectRef, transactionId, block };
}
