import { newError, parsePlanEntry, planKey, type PlanEntry, type TransactionRequest, type TransactionResponse } from '../model';
import { publishPlan } from '../coverage';
import type { Ledger } from '../ledger';
import { planOf } from './coverage-facts';
import { participantOf, rulesOf, sealForGood } from './facts';
import { entryOf } from './attested';

/** Publishes a version under a policy of all members: not even the insurer with another one changes it. */
export async function publishPlanDesk(
  ledger: Ledger,
  { plan }: TransactionRequest<'PublishPlan'>,
): Promise<TransactionResponse<'PublishPlan'>> {
  const { planId, version } = plan;
  const insurer = ledger.caller.mspId;
  const rules = await rulesOf(ledger);
  const standing = await planOf(ledger, insurer, planId, version);
  const isContinued = version > 1 && (await ledger.readOrJunk(planKey(insurer, planId, version - 1), parsePlanEntry)) !== undefined;
  const entry = publishPlan(plan, { rules, standing, isContinued }, participantOf(ledger.caller), ledger.now);
  if (entry !== standing) {
    const key = planKey(insurer, planId, version);
    await ledger.write(key, entry);
    await ledger.attest(insurer, key, entry);
    await sealForGood(ledger, rules, [key]);
    ledger.emit({ name: 'PlanPublished', ids: { insurer, planId, version } });
  }
  return { insurer, planId, version };
}

/** As its insurer attests to it. */
export async function getPlanDesk(ledger: Ledger, { insurer, planId, version }: TransactionRequest<'GetPlan'>): Promise<PlanEntry> {
  const plan = entryOf(await planOf(ledger, insurer, planId, version));
  if (plan === undefined) throw newError('PLAN_NOT_FOUND', { planId, version });
  return plan;
}
