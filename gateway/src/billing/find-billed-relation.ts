import type { RelationEntry, RelationRef, SubjectRef } from '@medaccord/chaincode/model';
import { newError } from '../problem';
import { readSubject } from '../relation/read-subject';
import type { BillingOptions } from './billing-options';

export interface BilledRelation {
  readonly relation: RelationEntry;
  /** Whose it is. */
  readonly subjectRef: SubjectRef;
}

/** A relation in which this organisation bills. @throws CodedError RELATION_UNKNOWN, NOT_THE_CUSTODIAN, BINDING_MISSING */
export async function findBilledRelation(
  { mspId, store, sealed }: Pick<BillingOptions, 'mspId' | 'store' | 'sealed'>,
  relationRef: RelationRef,
): Promise<BilledRelation> {
  const relation = store.facts.find<RelationEntry>('relation', relationRef)?.value;
  if (relation === undefined) throw newError('RELATION_UNKNOWN', 'No such relation is on the ledger; the patient checks in first');
  if (relation.custodian !== mspId) throw newError('NOT_THE_CUSTODIAN', 'Only the custodian of a relation bills in it');
  const subjectRef = await readSubject(sealed, relation);
  if (subjectRef === undefined) throw newError('BINDING_MISSING', 'Whose relation it is has not arrived here; try again');
  return { relation, subjectRef };
}
