import { bindingPreimage, bindingRef, parseSigned, type RelationEntry, type SubjectRef } from '@medaccord/chaincode/model';
import { assertOpens } from '../crypto';
import { newError, readCode } from '../problem';
import type { SealedReader } from '../sealed/sealed-reader';
import { isDeceased, type Facts } from '../store';

/** Whose relation it is, as the binding sealed to this organisation says; nothing as long as none has arrived that opens. */
export async function readSubject(sealed: SealedReader, relation: RelationEntry): Promise<SubjectRef | undefined> {
  try {
    const jws = await sealed.openText(bindingRef(relation.relationRef));
    if (jws === undefined) return undefined;
    const { payload } = parseSigned('binding', jws, 'binding');
    await assertOpens(relation.binding, bindingPreimage(jws, payload.salt));
    return payload.subjectRef;
  } catch (error) {
    if (readCode(error) === 'DECRYPT_FAILED' || readCode(error) === 'COMMITMENT_MISMATCH') return undefined;
    throw error;
  }
}

/** Checks at the custodian that the patient of a relation is not recorded as deceased. @throws CodedError PATIENT_DECEASED */
export async function assertLiving(facts: Facts, sealed: SealedReader, relation: RelationEntry): Promise<void> {
  const subjectRef = await readSubject(sealed, relation);
  if (subjectRef !== undefined && isDeceased(facts, subjectRef))
    throw newError('PATIENT_DECEASED', "The patient's death is recorded: nobody consents or acts for her any more");
}
