import { formatCanonical, newError, type BenefitPlan, type Instant, type Participant, type PlanEntry, type Rules } from '../model';
import type { Attested } from '../proof';
import { assertInsurer } from './assert-insurer';

/** The versions around one that is to be published. */
interface PlanChain {
  readonly rules: Rules;
  readonly standing: Attested<PlanEntry>;
  /** Whether anything stands at the version before: what others wrote there stops that number only. */
  readonly isContinued: boolean;
}

/**
 * The entry of a plan's next version; the standing one when it is the same.
 *
 * @throws CALLER_NOT_INSURER, PLAN_VERSION_TAKEN, PLAN_VERSION_SKIPPED
 */
export function publishPlan(plan: BenefitPlan, { rules, standing, isContinued }: PlanChain, by: Participant, at: Instant): PlanEntry {
  const { planId, version } = plan;
  assertInsurer(by.mspId, rules);
  if (standing !== undefined) {
    if (standing === 'junk' || formatCanonical(standing.plan) !== formatCanonical(plan))
      throw newError('PLAN_VERSION_TAKEN', { planId, version });
    return standing;
  }
  if (version > 1 && !isContinued) throw newError('PLAN_VERSION_SKIPPED', { planId, version });
  return { insurer: by.mspId, planId, version, plan, by, publishedAt: at };
}
