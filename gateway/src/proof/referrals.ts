import type { Period, Referral, ReferralId, RelationEntry, RelationRef } from '@medaccord/chaincode/model';
import type { LedgerIdentity } from '../ledger/ledger';
import { newError } from '../problem';
import type { ProofOptions, Recorded } from './proof-options';

export interface ReferralWish {
  readonly operation: string;
  readonly relationRef: RelationRef;
  readonly validity: Period;
  /** Of the person who refers. */
  readonly identity: LedgerIdentity;
}

/**
 * Refers a patient of this organisation to the counterparty of one of her relations: it may ask to treat her until the validity ends.
 * @throws CodedError RELATION_UNKNOWN, NOT_THE_CUSTODIAN and others
 */
export async function registerReferral(options: ProofOptions, wish: ReferralWish): Promise<Recorded<Referral>> {
  const { mspId, store, transactions, projector } = options;
  const { operation, relationRef, validity, identity } = wish;
  assertCustodian(options, relationRef);
  const referralId = store.key.name('referral', JSON.stringify([mspId, operation])) as ReferralId;
  const request = { relationRef, referralId, validity };
  const { result, transactionId, block } = await transactions.submit('RegisterReferral', request, {
    ...{ operation: `referral/${referralId}`, identity, mayLag: true },
  });
  await projector.waitForBlock(block);
  return { ...result, transactionId, block };
}

/**
 * Ends a referral of this organisation; ending it again changes nothing.
 * @throws CodedError RELATION_UNKNOWN, NOT_THE_CUSTODIAN, RESOURCE_NOT_FOUND and others
 */
export async function endReferral(
  options: ProofOptions,
  {
    relationRef,
    referralId,
    identity,
  }: { readonly relationRef: RelationRef; readonly referralId: ReferralId; readonly identity: LedgerIdentity },
): Promise<Recorded<Referral>> {
  const { store, transactions, projector } = options;
  assertCustodian(options, relationRef);
  if (store.facts.find('referral', relationRef, referralId) === undefined)
    throw newError('RESOURCE_NOT_FOUND', 'There is no such referral in this relation');
  const { result, transactionId, block } = await transactions.submit(
    'EndReferral',
    { relationRef, referralId },
    { operation: `end-referral/${relationRef}/${referralId}`, identity, mayLag: true },
  );
  await projector.waitForBlock(block);
  return { ...result, transactionId, block };
}

function assertCustodian({ mspId, store }: ProofOptions, relationRef: RelationRef): void {
  const relation = store.facts.find<RelationEntry>('relation', relationRef)?.value;
  if (relation === undefined) throw newError('RELATION_UNKNOWN', 'No such relation is on the ledger; the patient checks in first');
  if (relation.custodian !== mspId) throw newError('NOT_THE_CUSTODIAN', 'Only the custodian of a relation refers in it');
}
