import type { Assistance, RelationEntry } from '@medaccord/chaincode/model';
import type { Transactions } from '../ledger/transactions';

/**
 * What stands beside the patient's signature on a version of an assisted consent, as the organisation's own peer has it: a witness or notice
 * that the custodian does not attest to, which blocks do not show, is none. Undefined for any other consent.
 */
export async function readAssistance(
  transactions: Pick<Transactions, 'evaluate'>,
  { relationRef, assisted }: Pick<RelationEntry, 'relationRef' | 'assisted'>,
  version: number,
): Promise<Assistance | undefined> {
  if (assisted === undefined) return undefined;
  const { assistance } = await transactions.evaluate('GetAssistance', { relationRef, version });
  return assistance ?? undefined;
}
