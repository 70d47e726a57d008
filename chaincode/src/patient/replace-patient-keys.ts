import type { Participant, PatientEntry, Signed } from '../model';
import { assertDistinctKeys, assertSignedBy, thumbprintOf } from '../signature';
import { PatientKeysOutdated } from './patient-errors';

/**
 * The patient's entry with new keys. The statement names the signing key that it replaces and is signed by that key or by the recovery
 * key, so neither a hospital nor an old statement can replace them.
 *
 * @throws KeysNotDistinct, PatientKeysOutdated, SignatureInvalid
 */
export function replacePatientKeys(replacement: Signed<'patient-keys'>, current: PatientEntry, by: Participant): PatientEntry {
  if (current.jws === replacement.jws) return current;
  const { subjectRef, previous, keys } = replacement.payload;
  assertDistinctKeys(keys);
  if (previous !== thumbprintOf(current.keys.signing)) throw new PatientKeysOutdated(subjectRef);
  assertSignedBy(replacement, current.keys.signing, current.keys.recovery);
  return { ...current, keys, jws: replacement.jws, by };
}
