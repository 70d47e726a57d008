import type { MspId, PlanEntry } from '@medaccord/chaincode/model';
import type { Transactions } from '../ledger/transactions';
import { readCode } from '../problem';
import type { Facts } from '../store';

/**
 * Every version of a plan that its insurer published, as the organisation's own peer has it: what two other members wrote under the
 * insurer's name, and it does not attest to, which blocks do not show, is none.
 */
export async function listPlans(
  { facts, transactions }: { readonly facts: Facts; readonly transactions: Pick<Transactions, 'evaluate'> },
  insurer: MspId,
  planId: string,
): Promise<readonly PlanEntry[]> {
  const versions = facts.list<PlanEntry>('plan', insurer).filter(({ value }) => value.planId === planId);
  const attested = versions.map(({ value: { version } }) =>
    transactions.evaluate('GetPlan', { insurer, planId, version }).catch((error: unknown) => {
      if (readCode(error) === 'PLAN_NOT_FOUND') return undefined;
      throw error;
    }),
  );
  return (await Promise.all(attested)).filter((entry) => entry !== undefined);
}
