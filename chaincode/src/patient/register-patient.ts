import { isSameStatement, type Instant, type Participant, type PatientEntry, type Signed } from '../model';
import { CallerNotCustodian } from '../organisation';
import { assertDistinctKeys, assertSignedBy } from '../signature';
import { PatientAlreadyRegistered } from './patient-errors';

/**
 * The entry of a new patient, or the current one when it is of the same registration.
 *
 * @throws CallerNotCustodian, KeysNotDistinct, SignatureInvalid, PatientAlreadyRegistered
 */
export function registerPatient(
  registration: Signed<'patient'>,
  current: PatientEntry | undefined,
  caller: Participant,
  at: Instant,
): PatientEntry {
  const { subjectRef, custodian, keys, bound } = registration.payload;
  if (custodian !== caller.mspId) throw new CallerNotCustodian(custodian);
  assertDistinctKeys(keys);
  assertSignedBy(registration, keys.signing);
  if (current !== undefined) {
    if (!isSameStatement(current.jws, registration.jws)) throw new PatientAlreadyRegistered(subjectRef);
    return current;
  }
  return { subjectRef, custodian, keys, bound, jws: registration.jws, registeredAt: at, by: caller };
}
