import { accumulatorKeys, type Accumulators, type BenefitPlan, type Day, type PlanCategory } from '@medaccord/chaincode/model';

/** What a plan allows in a year and how much of it is used: money in minor units, or units of service. */
export interface Balance {
  readonly kind: 'deductible' | 'outOfPocket' | 'benefit' | 'units';
  /** Undefined: of the whole plan. */
  readonly category: PlanCategory | undefined;
  /** Of units: the id of the plan's quantity. */
  readonly quantity?: string;
  readonly allowed: number;
  readonly used: number;
}

/**
 * Everything that a plan counts by the year.
 *
 * @param year the first day of the plan year
 */
export function listBalances(plan: BenefitPlan, accumulators: Accumulators, year: Day): Balance[] {
  const usedOf = (key: string): number => accumulators[key] ?? 0;
  const limits: readonly (Omit<Balance, 'allowed' | 'used'> & { readonly allowed: number | null; readonly key: string })[] = [
    { kind: 'deductible', category: undefined, allowed: plan.deductible, key: accumulatorKeys.deductible(year) },
    { kind: 'outOfPocket', category: undefined, allowed: plan.outOfPocketMaximum, key: accumulatorKeys.outOfPocket(year) },
    { kind: 'benefit', category: undefined, allowed: plan.yearLimit, key: accumulatorKeys.benefit(year) },
    ...plan.categories.map(
      (category) =>
        ({ kind: 'benefit', category, allowed: category.yearLimit, key: accumulatorKeys.categoryBenefit(year, category.id) }) as const,
    ),
    ...plan.quantities.flatMap(({ id, per, maximum }) =>
      per === 'year'
        ? [{ kind: 'units', category: undefined, quantity: id, allowed: maximum, key: accumulatorKeys.unitsOfYear(year, id) } as const]
        : [],
    ),
  ];
  return limits.flatMap(({ key, allowed, ...limit }) => (allowed === null ? [] : [{ ...limit, allowed, used: usedOf(key) }]));
}
