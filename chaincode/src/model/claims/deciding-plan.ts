import type { Instant } from '../instant';
import type { BenefitPlan } from './benefit-plan';
import type { PlanEntry } from './claim-entry';
import { isAmong, type Day } from './day';

type Published = Pick<PlanEntry, 'version' | 'publishedAt'> & { readonly plan: Pick<BenefitPlan, 'period'> };

/**
 * The version of a plan by which a claim is decided: the newest that was published when the claim came and whose days hold its first service;
 * without one, the newest that was published then, and without that the first. A version that is published later changes no claim before it.
 *
 * @param versions those that the insurer published, in any order
 * @param day of the claim's first line
 */
export function decidingPlan<T extends Published>(versions: readonly T[], submittedAt: Instant, day: Day): T | undefined {
  const inOrder = versions.toSorted((one, other) => one.version - other.version);
  const published = inOrder.filter(({ publishedAt }) => publishedAt <= submittedAt);
  return published.findLast(({ plan }) => isAmong(plan.period, day)) ?? published.at(-1) ?? inOrder[0];
}
