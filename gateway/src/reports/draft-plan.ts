import { formatCanonical, type BenefitPlan, type MspId, type PlanEntry } from '@medaccord/chaincode/model';
import type { Facts } from '../store';

/** A plan that is not published, with those that are. */
export interface DraftPlan {
  readonly plan: BenefitPlan;
  /** The published versions of the plan, by their numbers. */
  readonly published: ReadonlyMap<number, BenefitPlan>;
}

/** @param insurer who published the versions before */
export function newDraftPlan(facts: Pick<Facts, 'list'>, insurer: MspId, plan: BenefitPlan): DraftPlan {
  const versions = facts.list<PlanEntry>('plan', insurer).filter(({ value }) => value.planId === plan.planId);
  return { plan, published: new Map(versions.map(({ value }) => [value.version, value.plan])) };
}

/**
 * The parts of a draft that go by what was used before, of which another version counted something else or nothing: what was used then is
 * not known under the draft, and taken as nothing.
 */
export function listUncounted(draft: BenefitPlan, then: BenefitPlan): readonly string[] {
  const isIn = (list: readonly object[], one: object): boolean =>
    list.some((other) => formatCanonical(counted(other)) === formatCanonical(counted(one)));
  const ofList = (name: 'categories' | 'quantities' | 'bundles' | 'companions'): string[] =>
    draft[name].filter((one) => !isIn(then[name], one)).map(({ id }) => `${name}/${id}`);
  return [
    ...(draft.yearBegins === then.yearBegins ? [] : ['yearBegins']),
    ...(['categories', 'quantities', 'bundles', 'companions'] as const).flatMap(ofList),
  ];
}

/** Of a part, what decides under which name and what is counted; not how much of it is allowed. */
function counted(part: object): object {
  const { id, services, per, whole, part: inner, service, needs } = part as Readonly<Record<string, unknown>>;
  return JSON.parse(JSON.stringify({ id, services, per, whole, part: inner, service, needs })) as object;
}
