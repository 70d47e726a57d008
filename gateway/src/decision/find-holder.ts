import type { RelationEntry } from '@medaccord/chaincode/model';
import { newError } from '../problem';
import { loadStanding, type StandingOptions } from './standing';

/**
 * Whose records the holder of a relation's key may read at this custodian: those of the patient whose registered key signed its binding. A key
 * may be a thief's while she is held, and is not hers after her death.
 * @returns the reference of the patient
 * @throws CodedError RELATION_UNKNOWN, NOT_THE_CUSTODIAN, PATIENT_DECEASED; ROLE_NOT_ALLOWED while she is held, or without a binding that holds
 */
export async function findHolder(options: StandingOptions, relationRef: string): Promise<string> {
  const { facts, mspId } = options;
  const custodian = facts.find<RelationEntry>('relation', relationRef)?.value.custodian;
  if (custodian !== undefined && custodian !== mspId)
    throw newError('NOT_THE_CUSTODIAN', 'The records of this relation are at another organisation; ask its gateway');
  const { subjectRef, patient, isDeceased } = await loadStanding(options, relationRef);
  if (subjectRef === undefined) throw newError('ROLE_NOT_ALLOWED', "The patient's registered key has not signed this relation");
  if (isDeceased) throw newError('PATIENT_DECEASED', "The patient's death is recorded: nobody reads with her keys any more");
  if (patient.hold !== undefined) throw newError('ROLE_NOT_ALLOWED', 'The patient is under a hold: her keys open nothing until it ends');
  return subjectRef;
}
