import type { PatientEntry, PatientStatusEntry } from '../entry';
import { readSigned } from './read-signed';
import type { PatientVerifier } from './recovery-steps';
import { isOfficial } from './trust-official';
import type { PatientStatus } from '../patient-status';

/** A status as the custodian signed it, confirmed by an authority where it corrects; nothing without the signatures that it needs. */
export function trustPatientStatus(
  { subjectRef, n, jws, confirmation }: PatientStatusEntry,
  { custodian }: Pick<PatientEntry, 'custodian'>,
  verifier: PatientVerifier,
): PatientStatus | undefined {
  const signed = readSigned('patient-status', jws);
  if (signed?.payload.subjectRef !== subjectRef || signed.payload.n !== n) return undefined;
  return isOfficial('patient-status', { jws, confirmation }, custodian, verifier) ? signed.payload : undefined;
}
