import {
  claimReasons,
  type AdjudicatedLine,
  type Adjudication,
  type Adjustment,
  type BenefitPlan,
  type BilledClaim,
} from '@medaccord/chaincode/model';
import { formatMoney } from './money-text';

const bearers = { patient: ', borne by the patient', hospital: ', written off', nobody: '' } as const;

/** An adjudication in words, line by line. */
export function describeAdjudication(adjudication: Adjudication, plan: BenefitPlan, claim: BilledClaim): string[] {
  const { totals, outcome } = adjudication;
  const money = (amount: number): string => formatMoney(amount, plan.currency);
  const writtenOff = totals.submitted - totals.benefit - totals.memberliability - totals.priorpayerpaid - totals.pending;
  const parts = [
    `the plan pays ${money(totals.benefit)}`,
    `the patient bears ${money(totals.memberliability)}`,
    ...(totals.priorpayerpaid > 0 ? [`another payer paid ${money(totals.priorpayerpaid)}`] : []),
    ...(writtenOff > 0 ? [`nobody owes ${money(writtenOff)}`] : []),
    ...(totals.pending > 0 ? [`${money(totals.pending)} wait for a person`] : []),
  ];
  return [
    `Claim ${claim.claimId} by ${plan.title} (${plan.planId}, version ${String(plan.version)}), in ${plan.currency}: ${outcome}`,
    ...adjudication.lines.flatMap((line) => describeLine(line, plan, claim)),
    `Of ${money(totals.submitted)}: ${parts.join('; ')}.`,
  ];
}

const endings = { paid: 'paid', denied: 'denied: nothing is paid', review: 'paid so far' } as const;

function describeLine(line: AdjudicatedLine, plan: BenefitPlan, claim: BilledClaim): string[] {
  const row = (amount: number, words: string): string => `     ${formatMoney(amount, plan.currency).padStart(12)}  ${words}`;
  return [
    `${String(line.sequence).padStart(3)}  ${describeService(line, plan, claim)}`,
    row(line.amounts.submitted, 'submitted'),
    ...line.adjustments.map((one) => row(one.amount, describeAdjustment(one, line))),
    row(line.amounts.benefit, endings[line.outcome]),
  ];
}

function describeService({ sequence, category }: AdjudicatedLine, { categories }: BenefitPlan, { lines }: BilledClaim): string {
  const title = categories.find(({ id }) => id === category)?.title ?? 'no category';
  return lines
    .filter((billed) => billed.sequence === sequence)
    .map(({ day, service, units }) => `${day}  ${service.code}${units === 1 ? '' : `, ${String(units)} units`}  ${title}`)
    .join();
}

function describeAdjustment({ reason, rule }: Adjustment, { outcome }: AdjudicatedLine): string {
  const { text, bears } = claimReasons[reason];
  const bearer = outcome === 'review' ? ', waits for a person' : bearers[bears];
  return `${reason}${bearer} (${rule}): ${text}`;
}
