import { newError } from '../domain-error';
import type { PatientEntry } from '../entry';
import type { MspId } from '../identifiers';
import type { Jwk } from '../jwk';
import type { OpenRecovery } from '../recovery';
import { isSameStatement, parseSigned, type Signed } from '../signed';
import type { SignedKind } from '../signed-payload';
import type { StatementVerifier } from './trust-statement';

// How guardians, hold and recovery change a patient's entry. Chaincode takes these steps when they are written, and every reader takes them
// again on the entry's history, whoever endorsed it: what a step throws when it is written makes it count for nothing when it is read.

/** Who the members are, beside what a verifier of statements knows. */
export interface PatientVerifier extends StatementVerifier {
  /** The keys that an organisation has published for its own signatures. */
  readonly signingKeysOf: (mspId: MspId) => readonly Jwk[];
  /** Whether the rules call a member an authority. */
  readonly isAuthority: (mspId: MspId) => boolean;
}

/** @throws SIGNATURE_INVALID, PATIENT_STATEMENT_OUTDATED */
export function nameGuardians(current: PatientEntry, signed: Signed<'patient-guardians'>, verifier: PatientVerifier): PatientEntry {
  assertFollows(current, signed, verifier);
  assertSigned(signed, [current.keys.signing], verifier);
  return { ...withoutHold(current), guardians: signed.payload.guardians, jws: signed.jws };
}

/** @throws SIGNATURE_INVALID, PATIENT_STATEMENT_OUTDATED, HOLD_ALREADY_PLACED */
export function placeHold(current: PatientEntry, signed: Signed<'patient-hold'>, verifier: PatientVerifier): PatientEntry {
  const { subjectRef, hold, custodian } = current;
  if (hold !== undefined) throw newError('HOLD_ALREADY_PLACED', { subjectRef });
  assertFollows(current, signed, verifier);
  assertSigned(signed, verifier.signingKeysOf(custodian), verifier);
  return { ...current, hold: { at: signed.payload.issuedAt, recovery: null }, jws: signed.jws };
}

/** @throws SIGNATURE_INVALID, PATIENT_STATEMENT_OUTDATED, HOLD_NOT_PLACED */
export function veto(current: PatientEntry, signed: Signed<'patient-veto'>, verifier: PatientVerifier): PatientEntry {
  const { subjectRef, hold, keys } = current;
  if (hold === undefined) throw newError('HOLD_NOT_PLACED', { subjectRef });
  assertFollows(current, signed, verifier);
  assertSigned(signed, [keys.signing, keys.recovery], verifier);
  return { ...withoutHold(current), jws: signed.jws };
}

/** @throws SIGNATURE_INVALID, PATIENT_STATEMENT_OUTDATED, HOLD_NOT_PLACED, RECOVERY_ALREADY_OPEN, COMMITMENT_MISMATCH */
export function openRecovery(
  current: PatientEntry,
  signed: Signed<'recovery-opening'>,
  keys: Signed<'recovery-keys'>,
  verifier: PatientVerifier,
): PatientEntry {
  const { subjectRef, hold, custodian } = current;
  if (hold === undefined) throw newError('HOLD_NOT_PLACED', { subjectRef });
  if (hold.recovery !== null) throw newError('RECOVERY_ALREADY_OPEN', { subjectRef });
  assertFollows(current, signed, verifier);
  assertSigned(signed, verifier.signingKeysOf(custodian), verifier);
  if (keys.payload.subjectRef !== subjectRef || signed.payload.keys !== verifier.payloadDigestOf(keys.jws))
    throw newError('COMMITMENT_MISMATCH', { of: 'statement of new keys' });
  assertSigned(keys, [keys.payload.keys.signing], verifier);
  const { effectiveAt } = signed.payload;
  const recovery = { effectiveAt, keys: keys.jws, opening: signed.jws, approvals: [], isApproved: false };
  return { ...current, hold: { ...hold, recovery }, jws: signed.jws };
}

/** One who approved before, and whoever comes when enough have, changes nothing. @throws APPROVER_NOT_NAMED, RECOVERY_NOT_OPEN, PATIENT_STATEMENT_OUTDATED */
export function approveRecovery(current: PatientEntry, signed: Signed<'recovery-approval'>, verifier: PatientVerifier): PatientEntry {
  const { subjectRef, hold } = current;
  if (hold?.recovery === undefined || hold.recovery === null) throw newError('RECOVERY_NOT_OPEN', { subjectRef });
  if (signed.payload.subjectRef !== subjectRef || signed.payload.opening !== verifier.payloadDigestOf(hold.recovery.opening))
    throw newError('PATIENT_STATEMENT_OUTDATED', { subjectRef });
  const approver = approverOf(current, signed, verifier);
  if (approver === undefined) throw newError('APPROVER_NOT_NAMED', { subjectRef });
  const approvers = approversOf(current, hold.recovery, verifier);
  if (approvers.includes(approver) || hold.recovery.isApproved) return current;
  const approvals = [...hold.recovery.approvals, signed.jws];
  const recovery = { ...hold.recovery, approvals, isApproved: areEnough(current, [...approvers, approver]) };
  return { ...current, hold: { ...hold, recovery } };
}

/** @throws SIGNATURE_INVALID, PATIENT_STATEMENT_OUTDATED, RECOVERY_NOT_OPEN, RECOVERY_NOT_APPROVED, RECOVERY_NOT_DUE */
export function completeRecovery(current: PatientEntry, signed: Signed<'recovery-completion'>, verifier: PatientVerifier): PatientEntry {
  const { subjectRef, hold, custodian } = current;
  if (hold?.recovery === undefined || hold.recovery === null) throw newError('RECOVERY_NOT_OPEN', { subjectRef });
  const { recovery } = hold;
  assertFollows(current, signed, verifier);
  assertSigned(signed, verifier.signingKeysOf(custodian), verifier);
  if (!recovery.isApproved) throw newError('RECOVERY_NOT_APPROVED', { subjectRef });
  if (signed.payload.issuedAt < recovery.effectiveAt) throw newError('RECOVERY_NOT_DUE', { subjectRef, deadline: recovery.effectiveAt });
  const { keys } = parseSigned('recovery-keys', recovery.keys, 'recovery.keys').payload;
  return { ...withoutHold(current), keys, jws: signed.jws };
}

/** The entry without its hold and the recovery under it. */
export function withoutHold(patient: PatientEntry): PatientEntry {
  const { hold: _, ...rest } = patient;
  return rest;
}

/**
 * The patient after an entry that holds one of these steps, or more approvals of the recovery that is open; nothing when it does not.
 * Of the entry only its signed statements are believed.
 */
export function takeStep(current: PatientEntry, entry: PatientEntry, verifier: PatientVerifier): PatientEntry | undefined {
  if (isSameStatement(current.jws, entry.jws)) return takeApprovals(current, entry, verifier);
  const steps = [
    () => nameGuardians(current, parseSigned('patient-guardians', entry.jws, 'jws'), verifier),
    () => placeHold(current, parseSigned('patient-hold', entry.jws, 'jws'), verifier),
    () => veto(current, parseSigned('patient-veto', entry.jws, 'jws'), verifier),
    () => {
      const keys = parseSigned('recovery-keys', entry.hold?.recovery?.keys, 'keys');
      return openRecovery(current, parseSigned('recovery-opening', entry.jws, 'jws'), keys, verifier);
    },
    () => completeRecovery(current, parseSigned('recovery-completion', entry.jws, 'jws'), verifier),
  ];
  return steps.reduce<PatientEntry | undefined>((found, take) => found ?? attempt(take), undefined);
}

function takeApprovals(current: PatientEntry, entry: PatientEntry, verifier: PatientVerifier): PatientEntry | undefined {
  const approvals = entry.hold?.recovery?.approvals ?? [];
  const next = approvals.reduce(
    (patient, jws) => attempt(() => approveRecovery(patient, parseSigned('recovery-approval', jws, 'approval'), verifier)) ?? patient,
    current,
  );
  return next === current ? undefined : next;
}

function attempt(take: () => PatientEntry): PatientEntry | undefined {
  try {
    return take();
  } catch {
    return undefined;
  }
}

/** Who an approval is of: a guardian by the place of the key, or an authority; undefined when it is of nobody who may. */
function approverOf(patient: PatientEntry, signed: Signed<'recovery-approval'>, verifier: PatientVerifier): string | undefined {
  const { by } = signed.payload;
  if (by !== null) {
    const isOne = by !== patient.custodian && verifier.isAuthority(by);
    return isOne && verifier.signingKeysOf(by).some((key) => verifier.isSignedBy(signed, key)) ? by : undefined;
  }
  const guardian = (patient.guardians?.keys ?? []).find((key) => verifier.isSignedBy(signed, key));
  return guardian && guardianName(guardian);
}

function approversOf(patient: PatientEntry, { approvals }: OpenRecovery, verifier: PatientVerifier): readonly string[] {
  return approvals.flatMap((jws) => approverOf(patient, parseSigned('recovery-approval', jws, 'approval'), verifier) ?? []);
}

/** One authority, or as many guardians as the patient said. */
function areEnough({ guardians }: PatientEntry, approvers: readonly string[]): boolean {
  const names = (guardians?.keys ?? []).map(guardianName);
  const [theirs, others] = [approvers.filter((one) => names.includes(one)), approvers.filter((one) => !names.includes(one))];
  return others.length > 0 || theirs.length >= (guardians?.threshold ?? Number.POSITIVE_INFINITY);
}

function guardianName({ x, y }: Jwk): string {
  return `${x}.${y}`;
}

/** Checks that a statement is this patient's and follows the latest one. */
function assertFollows(
  { subjectRef, jws }: PatientEntry,
  { payload }: { readonly payload: { readonly subjectRef: string; readonly previous: string } },
  { payloadDigestOf }: StatementVerifier,
): void {
  if (payload.subjectRef !== subjectRef || payload.previous !== payloadDigestOf(jws))
    throw newError('PATIENT_STATEMENT_OUTDATED', { subjectRef });
}

function assertSigned(signed: Signed<SignedKind>, keys: readonly Jwk[], { isSignedBy }: StatementVerifier): void {
  if (!keys.some((key) => isSignedBy(signed, key))) throw newError('SIGNATURE_INVALID', { kind: signed.kind });
}
