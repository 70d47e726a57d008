import {
  approveRecovery,
  completeRecovery,
  isSameStatement,
  nameGuardians,
  newError,
  openRecovery,
  parsePatientEntry,
  parseSigned,
  patientKey,
  placeHold,
  veto,
  type EventName,
  type MspId,
  type PatientEntry,
  type PatientVerifier,
  type Signed,
  type SignedKind,
  type SubjectRef,
  type TransactionRequest,
} from '../model';
import type { Ledger } from '../ledger';
import { assertStanding } from '../organisation';
import { assertDelay, assertFresh, assertMayApprove } from '../patient';
import { assertDistinctKeys } from '../signature';
import { organisationOf, participantOf, rulesOf, tracedPatientOf } from './facts';
import { patientVerifierOf } from './patient-verifier';

type Step = (current: PatientEntry, verifier: PatientVerifier) => PatientEntry;
type StepEvent = Extract<EventName, `${'Guardians' | 'Hold' | 'Recovery'}${string}`>;

export function nameGuardiansDesk(ledger: Ledger, request: TransactionRequest<'NameGuardians'>): Promise<PatientEntry> {
  const signed = parseSigned('patient-guardians', request.guardians, 'request.guardians');
  return write(ledger, signed, 'GuardiansNamed', (current, verifier) => nameGuardians(current, signed, verifier));
}

export async function placeHoldDesk(ledger: Ledger, request: TransactionRequest<'PlaceHold'>): Promise<PatientEntry> {
  const signed = parseSigned('patient-hold', request.hold, 'request.hold');
  await assertCustodianActs(ledger, signed);
  return write(ledger, signed, 'HoldPlaced', (current, verifier) => placeHold(current, signed, verifier));
}

export async function openRecoveryDesk(ledger: Ledger, request: TransactionRequest<'OpenRecovery'>): Promise<PatientEntry> {
  const signed = parseSigned('recovery-opening', request.opening, 'request.opening');
  const keys = parseSigned('recovery-keys', request.keys, 'request.keys');
  await assertCustodianActs(ledger, signed);
  assertDelay(signed, await rulesOf(ledger));
  assertDistinctKeys(keys.payload.keys);
  return write(ledger, signed, 'RecoveryOpened', (current, verifier) => openRecovery(current, signed, keys, verifier));
}

export async function approveRecoveryDesk(ledger: Ledger, request: TransactionRequest<'ApproveRecovery'>): Promise<PatientEntry> {
  const signed = parseSigned('recovery-approval', request.approval, 'request.approval');
  assertMayApprove(signed, ledger.caller);
  if (signed.payload.by !== null) await assertOrganisationActs(ledger, signed.payload.by);
  return write(ledger, signed, 'RecoveryApproved', (current, verifier) => approveRecovery(current, signed, verifier));
}

export function vetoDesk(ledger: Ledger, request: TransactionRequest<'Veto'>): Promise<PatientEntry> {
  const signed = parseSigned('patient-veto', request.veto, 'request.veto');
  return write(ledger, signed, 'RecoveryVetoed', (current, verifier) => veto(current, signed, verifier));
}

export async function completeRecoveryDesk(ledger: Ledger, request: TransactionRequest<'CompleteRecovery'>): Promise<PatientEntry> {
  const signed = parseSigned('recovery-completion', request.completion, 'request.completion');
  await assertCustodianActs(ledger, signed);
  return write(ledger, signed, 'RecoveryCompleted', (current, verifier) => completeRecovery(current, signed, verifier));
}

/** A step of the custodian is its registrar's, signed now, and endorsed by its own peer. */
async function assertCustodianActs(
  ledger: Ledger,
  signed: Signed<'patient-hold' | 'recovery-opening' | 'recovery-completion'>,
): Promise<void> {
  const { custodian } = await tracedPatientOf(ledger, signed.payload.subjectRef);
  if (custodian !== ledger.caller.mspId) throw newError('CALLER_NOT_CUSTODIAN', { custodian });
  assertFresh(signed, ledger.now);
  await assertOrganisationActs(ledger, custodian);
}

async function assertOrganisationActs(ledger: Ledger, mspId: MspId): Promise<void> {
  assertStanding(await organisationOf(ledger, mspId), await rulesOf(ledger));
  await ledger.requirePresence(mspId);
}

/** Takes a step from where the patient's own statements, and the steps before, have led; a repeat changes nothing. */
async function write(
  ledger: Ledger,
  signed: Signed<SignedKind> & { readonly payload: { readonly subjectRef: SubjectRef } },
  name: StepEvent,
  step: Step,
): Promise<PatientEntry> {
  const { subjectRef } = signed.payload;
  const key = patientKey(subjectRef);
  // Read for the conflict check alone: whatever two others wrote there, or that they deleted it, keeps nobody from a veto.
  await ledger.readOrJunk(key, parsePatientEntry);
  const current = await tracedPatientOf(ledger, subjectRef);
  if (isSameStatement(current.jws, signed.jws)) return current;
  const next = step(current, await patientVerifierOf(ledger, [current.custodian]));
  if (next === current) return current;
  const entry = { ...next, by: participantOf(ledger.caller) };
  await ledger.write(key, entry);
  ledger.emit({ name, ids: { subjectRef } });
  return entry;
}
