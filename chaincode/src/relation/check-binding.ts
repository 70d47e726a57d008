import { bindingPreimage, formatCanonical, newError, type PatientEntry, type RelationEntry, type Signed } from '../model';
import { assertOpening, isSignedBy } from '../signature';

/** Checks that a binding is the one that its relation commits to. @throws COMMITMENT_MISMATCH */
export function assertBindingOf(relation: RelationEntry, binding: Signed<'binding'>): void {
  assertOpening(relation.binding, bindingPreimage(binding.jws, binding.payload.salt), 'binding');
}

/**
 * Checks that the patient's registered key says: this relation, with these keys and this counterparty, is mine, at this custodian. What the
 * keys on a card sign is assisted: whoever saw the card could sign another relation for her.
 *
 * @throws BINDING_INVALID naming what does not hold.
 */
export function checkBinding(relation: RelationEntry, binding: Signed<'binding'>, patient: PatientEntry): void {
  const { relationRef, counterparty, keys, subjectRef } = binding.payload;
  const check = (holds: boolean, problem: string): void => {
    if (!holds) throw newError('BINDING_INVALID', { relationRef: relation.relationRef, problem });
  };
  check(relationRef === relation.relationRef, 'names another relation');
  check(counterparty === relation.counterparty, 'names another counterparty');
  check(formatCanonical(keys) === formatCanonical(relation.keys), 'names other keys');
  check(subjectRef === patient.subjectRef && patient.custodian === relation.custodian, 'names a patient of another custodian');
  check(patient.assisted === undefined || relation.assisted === true, 'is not marked as assisted, and her keys are on a card');
  check(isSignedBy(binding, patient.keys.signing), "is not signed by the patient's registered key");
}
