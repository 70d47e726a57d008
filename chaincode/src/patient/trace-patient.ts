import { continuePatient, newError, type PatientEntry, type PatientVerifier, type SubjectRef } from '../model';

/**
 * The patient as her own statements made her: the first valid registration, then every replacement that the keys of its time signed,
 * and every step of guardians, hold and recovery that those who may signed.
 * Anything else that stands in the key's history (oldest first) is passed over, so two members that write there together change nothing.
 *
 * @throws PATIENT_HISTORY_BROKEN when there is no valid registration.
 */
export function tracePatient(subjectRef: SubjectRef, history: readonly PatientEntry[], verifier: PatientVerifier): PatientEntry {
  let patient: PatientEntry | undefined;
  for (const entry of history) patient = continuePatient(patient, { ...entry, subjectRef }, verifier) ?? patient;
  if (patient === undefined) throw newError('PATIENT_HISTORY_BROKEN', { subjectRef });
  return patient;
}
