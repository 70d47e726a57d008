import { isSameStatement, newError, type Instant, type Participant, type PatientEntry, type Signed } from '../model';
import { assertDistinctKeys, assertSignedBy } from '../signature';

/**
 * The entry of a new patient, or the current one when it is of the same registration.
 *
 * @throws CALLER_NOT_CUSTODIAN, KEYS_NOT_DISTINCT, SIGNATURE_INVALID, PATIENT_ALREADY_REGISTERED
 */
export function registerPatient(
  registration: Signed<'patient'>,
  current: PatientEntry | undefined,
  caller: Participant,
  at: Instant,
): PatientEntry {
  const { subjectRef, custodian, keys, bound, assisted } = registration.payload;
  if (custodian !== caller.mspId) throw newError('CALLER_NOT_CUSTODIAN', { custodian });
  assertDistinctKeys(keys);
  assertSignedBy(registration, keys.signing);
  if (current !== undefined) {
    if (!isSameStatement(current.jws, registration.jws)) throw newError('PATIENT_ALREADY_REGISTERED', { subjectRef });
    return current;
  }
  const marked = assisted && { assisted };
  return { subjectRef, custodian, keys, bound, ...marked, jws: registration.jws, registeredAt: at, by: caller };
}
