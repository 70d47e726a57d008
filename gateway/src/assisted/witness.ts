import { newError, type Actor, type ConsentHeader, type RelationEntry, type RelationRef } from '@medaccord/chaincode/model';
import type { LedgerIdentity } from '../ledger/ledger';
import type { LocalKey } from '../store';

/** The registrar who sees a card while it signs. */
export interface WitnessAtDesk {
  readonly identity: LedgerIdentity;
  /** The person's pseudonym in a relation. */
  readonly personIn: (relationRef: string) => Actor;
}

/**
 * The pseudonym of one of the organisation's people in one relation: it tells whether two acts there are one person's, whatever role and
 * certificate they were done with, and nothing across relations.
 */
export function newPseudonym({ name }: Pick<LocalKey, 'name'>, subject: string): WitnessAtDesk['personIn'] {
  return (relationRef) => name('assisted-person', JSON.stringify([relationRef, subject])) as Actor;
}

/**
 * What an assisted consent permits comes from the desk of the custodian, and nothing else does: the chaincode refuses it as well.
 * @throws DomainError ASSISTED_WITNESS_NEEDED, RELATION_NOT_ASSISTED
 */
export function assertWitnessed(
  { relationRef, custodian, assisted }: Pick<RelationEntry, 'relationRef' | 'custodian' | 'assisted'>,
  status: ConsentHeader['status'],
  witness: WitnessAtDesk | undefined,
): void {
  const isNeeded = assisted !== undefined && status === 'in-force';
  if (isNeeded && witness === undefined) throw newError('ASSISTED_WITNESS_NEEDED', { relationRef, custodian });
  if (!isNeeded && witness !== undefined) throw newError('RELATION_NOT_ASSISTED', { relationRef });
}

/** The part of a transaction's request that names the witness. */
export function witnessOf(relationRef: RelationRef, witness: WitnessAtDesk | undefined): { readonly witness?: Actor } {
  return witness === undefined ? {} : { witness: witness.personIn(relationRef) };
}
