import { addAccumulators, type Accumulators } from './accumulators';
import type { AdjudicatedLine, Adjudication, Adjustment, Amounts } from './adjudication';
import type { BenefitPlan } from './benefit-plan';
import type { BilledClaim, ClaimFacts, ClaimLine } from './claim';
import { claimReasons } from './claim-reason';
import { countUnits } from './count-units';
import { checksAfterCounting, checksBeforeCounting, findStop } from './find-stop';
import { categoryRule, questionOf, type LineQuestion, type Stop } from './line-question';
import { sum, takeFromEnd } from './parts';
import { priceLine } from './price-line';
import { Tally } from './tally';

/**
 * Decides a claim by a plan, line by line in the order of their numbers: a pure function, the same in chaincode, gateways and anyone's hands.
 * The same input gives the same bytes. Amounts are minor units of the plan's currency. What the plan cannot decide goes to a person, with a
 * reason. docs/reference/benefit-plan.md says the rule in words; golden vectors stand beside this file.
 *
 * @throws RangeError when an accumulator would leave the safe integers
 */
export function adjudicate(plan: BenefitPlan, accumulators: Accumulators, claim: BilledClaim, facts: ClaimFacts): Adjudication {
  const tally = new Tally(accumulators);
  const lines = claim.lines.map((line) => adjudicateLine(questionOf({ plan, claim, facts, tally }, line)));
  const used = tally.used();
  return {
    planId: plan.planId,
    planVersion: plan.version,
    claimId: claim.claimId,
    outcome: outcomeOf(lines),
    lines,
    totals: sumAmounts(lines.map(({ amounts }) => amounts)),
    used,
    accumulators: addAccumulators(accumulators, used),
  };
}

function outcomeOf(lines: readonly AdjudicatedLine[]): Adjudication['outcome'] {
  const waiting = lines.filter(({ outcome }) => outcome === 'review').length;
  if (waiting === 0) return 'complete';
  return waiting === lines.length ? 'queued' : 'partial';
}

function adjudicateLine(question: LineQuestion): AdjudicatedLine {
  const stop = findStop(checksBeforeCounting, question);
  if (stop !== undefined) return stoppedLine(question, stop);
  const counted = countUnits(question);
  const last = counted.cuts.at(-1);
  if (counted.units === 0 && last !== undefined) return deniedLine(question, last.rule, counted.cuts);
  const laterStop = findStop(checksAfterCounting, question);
  if (laterStop !== undefined) return stoppedLine(question, laterStop);
  const { eligible, benefit, adjustments } = priceLine(question, counted);
  return {
    ...headOf(question),
    outcome: 'paid',
    rule: categoryRule(question),
    units: counted.units,
    amounts: amountsOf(question.line, { eligible, benefit, adjustments }),
    adjustments,
  };
}

function stoppedLine(question: LineQuestion, { outcome, reason, rule }: Stop): AdjudicatedLine {
  const whole: Adjustment = { reason, amount: question.line.charge, rule };
  if (outcome === 'denied') return deniedLine(question, rule, [whole]);
  const amounts = { ...amountsOf(question.line, { eligible: 0, benefit: 0, adjustments: [] }), pending: question.line.charge };
  return { ...headOf(question), outcome, rule, units: 0, amounts, adjustments: [whole] };
}

/** What another payer paid takes the place of what is denied, the last reason first. */
function deniedLine(question: LineQuestion, rule: string, reasons: readonly Adjustment[]): AdjudicatedLine {
  const prior = Math.min(question.line.priorPaid ?? 0, question.line.charge);
  const denied = reasons.map((reason) => ({ ...reason }));
  takeFromEnd(denied, prior);
  const covered = prior > 0 ? [{ reason: 'prior-payer', amount: prior, rule: 'coordination' } as const] : [];
  const adjustments: Adjustment[] = [...denied, ...covered];
  const amounts = amountsOf(question.line, { eligible: 0, benefit: 0, adjustments });
  return { ...headOf(question), outcome: 'denied', rule, units: 0, amounts, adjustments };
}

function headOf({ line, category }: LineQuestion): Pick<AdjudicatedLine, 'sequence' | 'category'> {
  return { sequence: line.sequence, category: category?.id ?? null };
}

function amountsOf(
  { charge }: ClaimLine,
  { eligible, benefit, adjustments }: Pick<Amounts, 'eligible' | 'benefit'> & { readonly adjustments: readonly Adjustment[] },
): Amounts {
  const of = (isPart: (one: Adjustment) => boolean): number => sum(adjustments.filter(isPart));
  const inCategory = (category: string): number => of(({ reason }) => claimReasons[reason].category === category);
  return {
    submitted: charge,
    eligible,
    deductible: inCategory('deductible'),
    copay: inCategory('copay'),
    coinsurance: inCategory('coinsurance'),
    noncovered: inCategory('noncovered'),
    discount: inCategory('discount'),
    priorpayerpaid: inCategory('priorpayerpaid'),
    benefit,
    pending: 0,
    memberliability: of(({ reason }) => claimReasons[reason].bears === 'patient'),
  };
}

function sumAmounts(all: readonly Amounts[]): Amounts {
  const total = (name: keyof Amounts): number => sum(all.map((amounts) => ({ amount: amounts[name] })));
  return {
    submitted: total('submitted'),
    eligible: total('eligible'),
    deductible: total('deductible'),
    copay: total('copay'),
    coinsurance: total('coinsurance'),
    noncovered: total('noncovered'),
    discount: total('discount'),
    priorpayerpaid: total('priorpayerpaid'),
    benefit: total('benefit'),
    pending: total('pending'),
    memberliability: total('memberliability'),
  };
}
