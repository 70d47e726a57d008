import { newError, parseSigned, type PatientEntry, type Signed, type SignedKind, type SubjectRef } from '../model';
import { isSignedBy, payloadDigestOf } from '../signature';

/**
 * The patient as her own statements made her: the first valid registration, then every replacement that the keys of its time signed.
 * Anything else that stands in the key's history (oldest first) is passed over, so two members that write there together change nothing.
 *
 * @throws PATIENT_HISTORY_BROKEN when there is no valid registration.
 */
export function tracePatient(subjectRef: SubjectRef, history: readonly PatientEntry[]): PatientEntry {
  let patient: PatientEntry | undefined;
  for (const entry of history) patient = patient === undefined ? registered(subjectRef, entry) : (replaced(patient, entry) ?? patient);
  if (patient === undefined) throw newError('PATIENT_HISTORY_BROKEN', { subjectRef });
  return patient;
}

function registered(subjectRef: SubjectRef, entry: PatientEntry): PatientEntry | undefined {
  const registration = readSigned('patient', entry.jws);
  if (registration?.payload.subjectRef !== subjectRef) return undefined;
  const { custodian, keys, bound } = registration.payload;
  return isSignedBy(registration, keys.signing) ? { ...entry, subjectRef, custodian, keys, bound } : undefined;
}

function replaced(patient: PatientEntry, entry: PatientEntry): PatientEntry | undefined {
  const replacement = readSigned('patient-keys', entry.jws);
  if (replacement?.payload.subjectRef !== patient.subjectRef) return undefined;
  if (replacement.payload.previous !== payloadDigestOf(patient.jws)) return undefined;
  const isValid = isSignedBy(replacement, patient.keys.signing) || isSignedBy(replacement, patient.keys.recovery);
  return isValid ? { ...patient, keys: replacement.payload.keys, jws: replacement.jws } : undefined;
}

function readSigned<K extends SignedKind>(kind: K, jws: string): Signed<K> | undefined {
  try {
    return parseSigned(kind, jws, kind);
  } catch {
    return undefined;
  }
}
