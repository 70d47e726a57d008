import {
  isOfficial,
  isSameStatement,
  newError,
  type Instant,
  type Participant,
  type PatientEntry,
  type PatientStatus,
  type PatientStatusEntry,
  type PatientVerifier,
  type Signed,
} from '../model';

/** What a status stands beside. */
export interface StatusFacts {
  readonly patient: PatientEntry;
  /** What counts of the patient's chain. */
  readonly chain: readonly PatientStatus[];
  readonly standing: PatientStatusEntry | 'junk' | undefined;
  readonly isContinued: boolean;
  /** Who the members are now. */
  readonly verifier: PatientVerifier;
}

/**
 * The entry of the next status of a patient, or the standing one when it is of the same statement: her custodian says that she has died; an
 * authority signs with it that this was wrong.
 *
 * @throws SIGNATURE_INVALID, PATIENT_STATUS_INVALID
 */
export function setPatientStatus(
  signed: Signed<'patient-status'>,
  confirmation: string | null,
  facts: StatusFacts,
  { by, at }: { readonly by: Participant; readonly at: Instant },
): PatientStatusEntry {
  const { subjectRef, n, confirmedBy } = signed.payload;
  const { patient, standing, verifier } = facts;
  const isSigned = isOfficial('patient-status', { jws: signed.jws, confirmation }, patient.custodian, verifier);
  if (!isSigned) throw newError('SIGNATURE_INVALID', { kind: 'patient-status' });
  if (standing !== undefined && standing !== 'junk' && isSameStatement(standing.jws, signed.jws)) return standing;
  const problem =
    by.mspId !== patient.custodian && by.mspId !== confirmedBy
      ? 'is brought by neither custodian nor authority'
      : findProblem(signed.payload, facts, at);
  if (problem !== undefined) throw newError('PATIENT_STATUS_INVALID', { subjectRef, problem });
  return { subjectRef, n, jws: signed.jws, confirmation, recordedAt: at, by };
}

function findProblem({ status, submitBy }: PatientStatus, { chain, standing, isContinued }: StatusFacts, at: Instant): string | undefined {
  if (standing !== undefined) return 'has a number that is taken: sign the next one';
  if (!isContinued) return 'leaves a number out';
  if (submitBy < at) return 'had to be submitted earlier: sign it anew';
  return (chain.at(-1)?.status ?? 'living') === status ? 'changes nothing' : undefined;
}
