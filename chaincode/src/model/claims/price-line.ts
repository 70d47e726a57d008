import { accumulatorKeys } from './accumulators';
import type { Adjustment } from './adjudication';
import type { CountedUnits } from './count-units';
import { categoryRule, shareOf, type LineQuestion } from './line-question';
import { divide, WHOLE } from './money';
import { sum, takeFromEnd } from './parts';
import { chargeOf, eligibleOf } from './tariff';

/** What a line that may be paid comes to. */
export interface PricedLine {
  readonly eligible: number;
  readonly benefit: number;
  readonly adjustments: readonly Adjustment[];
}

/** A part of a charge while it is being divided; the parts of a line sum to its charge. */
interface Part {
  readonly name: Adjustment['reason'] | 'benefit';
  amount: number;
  readonly rule: string;
}

/**
 * Divides a line's charge, in the order of docs/reference/benefit-plan.md: what is not eligible, deductible, copay, coinsurance, the
 * maximum of the patient's own share, what the payer before paid, limits. Counts what it used.
 */
export function priceLine(question: LineQuestion, { units, cuts }: CountedUnits): PricedLine {
  const { plan, facts, line, category, tally, year } = question;
  const eligible = eligibleOf(question, units);
  const over: Part = {
    name: facts.isInNetwork ? 'over-tariff' : 'above-allowance',
    amount: chargeOf(question, units) - eligible,
    rule: 'tariffs',
  };
  const shares = divideShares(question, eligible);
  const benefit: Part = { name: 'benefit', amount: eligible - sum(shares), rule: categoryRule(question) };
  const relief = relieve(question, shares, benefit);

  const lost = cuts.map(({ reason, amount, rule: by }): Part => ({ name: reason, amount, rule: by }));
  // What the payer before paid takes the place of parts from the end of this list.
  const parts = plan.coordination === 'standard' ? [...lost, over, benefit, ...shares] : [...lost, over, ...shares, benefit];
  const prior = line.priorPaid ?? 0;
  takeFromEnd(parts, prior);

  const limited = applyLimits(question, benefit);
  const [deductible] = shares;
  tally.add(accumulatorKeys.deductible(year), deductible.amount);
  if (isUnderMaximum(question)) tally.add(accumulatorKeys.outOfPocket(year), sum(shares));
  tally.add(accumulatorKeys.benefit(year), benefit.amount);
  tally.add(accumulatorKeys.categoryBenefit(year, category?.id ?? ''), benefit.amount);

  const told = [...lost, over, ...shares, { name: 'prior-payer', amount: prior, rule: 'coordination' } as const, ...limited];
  const adjustments = told.flatMap(({ name, amount, rule: by }) =>
    name !== 'benefit' && amount > 0 ? [{ reason: name, amount, rule: by }] : [],
  );
  return { eligible, benefit: benefit.amount, adjustments: [...adjustments, ...relief] };
}

function divideShares(question: LineQuestion, eligible: number): [Part, Part, Part] {
  const { plan, tally, year } = question;
  const rule = categoryRule(question);
  const share = shareOf(question) ?? { deductible: false, copay: 0, coinsurance: WHOLE };
  const left = tally.left(plan.deductible, accumulatorKeys.deductible(year));
  const deductible = share.deductible ? Math.min(eligible, left) : 0;
  const copay = Math.min(share.copay, eligible - deductible);
  const coinsurance = divide((eligible - deductible - copay) * share.coinsurance, WHOLE, plan.rounding);
  return [
    { name: 'deductible', amount: deductible, rule: 'deductible' },
    { name: 'copay', amount: copay, rule },
    { name: 'coinsurance', amount: coinsurance, rule },
  ];
}

/** The maximum of the patient's own share stands for services inside of the network that no limit of their own bounds. */
function isUnderMaximum({ facts, category }: LineQuestion): boolean {
  return facts.isInNetwork && category?.yearLimit === null;
}

/** What is above the maximum of the year the plan bears: coinsurance first, then copay, then deductible. */
function relieve(question: LineQuestion, shares: Part[], benefit: Part): Adjustment[] {
  const { plan, tally, year } = question;
  const maximum = isUnderMaximum(question) ? plan.outOfPocketMaximum : null;
  const excess = Math.max(0, sum(shares) - tally.left(maximum, accumulatorKeys.outOfPocket(year)));
  takeFromEnd(shares, excess);
  benefit.amount += excess;
  return excess > 0 ? [{ reason: 'out-of-pocket-met', amount: 0, rule: 'outOfPocketMaximum' }] : [];
}

/** Cuts the benefit to what is left of the category's limit, then of the plan's, and tells what each cut off. */
function applyLimits(question: LineQuestion, benefit: Part): Part[] {
  const { plan, category, tally, year } = question;
  const limits = [
    {
      limit: category?.yearLimit ?? null,
      key: accumulatorKeys.categoryBenefit(year, category?.id ?? ''),
      rule: categoryRule(question),
    },
    { limit: plan.yearLimit, key: accumulatorKeys.benefit(year), rule: 'yearLimit' },
  ];
  return limits.map(({ limit, key, rule }) => {
    const excess = Math.max(0, benefit.amount - tally.left(limit, key));
    benefit.amount -= excess;
    return { name: 'limit-reached', amount: excess, rule };
  });
}
