import { formatCanonical, type BenefitPlan, type MspId, type PlanEntry } from '@medaccord/chaincode/model';
import { digestOf } from '../ledger/digest';
import type { LedgerIdentity } from '../ledger/ledger';
import { newError } from '../problem';
import type { Fact } from '../store';
import type { CoverageOptions, Recorded } from './coverage-options';

/**
 * Publishes the next version of one of this insurer's plans, for good. The same version once more is the same publication.
 * @param identity of the person who publishes it
 * @throws CodedError of the ledger: PLAN_VERSION_TAKEN, PLAN_VERSION_SKIPPED, CALLER_NOT_INSURER
 */
export async function publishPlan(options: CoverageOptions, plan: BenefitPlan, identity: LedgerIdentity): Promise<Recorded<PlanEntry>> {
  const operation = `plan/${plan.planId}/${String(plan.version)}/${digestOf(formatCanonical(plan))}`;
  const { block, result } = await options.transactions.submit('PublishPlan', { plan }, { operation, identity });
  await options.projector.waitForBlock(block);
  return findPublished(options, result.insurer, { planId: plan.planId, version: String(plan.version) });
}

/** A version of a plan, whole. @throws CodedError RESOURCE_NOT_FOUND */
export function findPublished(
  { store }: Pick<CoverageOptions, 'store'>,
  insurer: MspId,
  { planId, version }: { readonly planId: string; readonly version: string },
): Recorded<PlanEntry> {
  const fact = store.facts.find<PlanEntry>('plan', insurer, `${planId}/${version}`);
  if (fact === undefined) throw newError('RESOURCE_NOT_FOUND', 'No such version of a plan is published');
  return describePublished(fact);
}

export function describePublished({ value, transactionId, block }: Fact<PlanEntry>): Recorded<PlanEntry> {
  return { ...value, transactionId, block };
}
