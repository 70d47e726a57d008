import { isSameStatement, newError, withoutHold, type Participant, type PatientEntry, type Signed } from '../model';
import { assertDistinctKeys, assertSignedBy, payloadDigestOf } from '../signature';

/**
 * The patient's entry with new keys. The statement names the one that it follows and is signed by the signing or the recovery key of
 * that one, so neither a hospital nor an old statement can replace them. It shows that she has a key, so it ends a hold.
 *
 * @throws KEYS_NOT_DISTINCT, PATIENT_KEYS_OUTDATED, SIGNATURE_INVALID
 */
export function replacePatientKeys(replacement: Signed<'patient-keys'>, current: PatientEntry, by: Participant): PatientEntry {
  if (isSameStatement(current.jws, replacement.jws)) return current;
  const { subjectRef, previous, keys } = replacement.payload;
  assertDistinctKeys(keys);
  if (previous !== payloadDigestOf(current.jws)) throw newError('PATIENT_KEYS_OUTDATED', { subjectRef });
  assertSignedBy(replacement, current.keys.signing, current.keys.recovery);
  return { ...withoutHold(current), keys, jws: replacement.jws, by };
}
