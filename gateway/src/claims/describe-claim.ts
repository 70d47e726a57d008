import {
  billedClaimOf,
  type Adjudication,
  type AdjudicationDocument,
  type ClaimBody,
  type ClaimEntry,
  type PlanEntry,
} from '@medaccord/chaincode/model';
import { adjudicationProblems } from './check-adjudication';
import type { CheckedAppeal, CheckedClaim } from './check-claims';
import { describeAdjudication } from './describe-adjudication';
import { formatMoney } from './money-text';

const standings = {
  submitted: 'the insurer has not answered yet',
  received: 'the insurer has it and decides',
  returned: 'the insurer gave it back undecided',
  queued: 'it waits for a person of the insurer',
  partial: 'part of it waits for a person of the insurer',
  proposed: 'a second person of the insurer has to agree',
  complete: 'decided',
  reversed: 'taken back: nothing of it is paid or owed',
  reopened: 'an appeal was granted: the insurer decides it again',
} as const;
/** Where a claim stands. */
export type ClaimStatus = keyof typeof standings;

/** A claim in plain words, for the patient: what was billed, what is paid, what she owes, and whether that is what her plan says. */
export function describeClaim(checked: CheckedClaim, plans: readonly PlanEntry[]): string[] {
  const { claim, status, replacedBy, body, newest, acknowledgement, isUnreadable, appeals } = checked;
  const reason = acknowledgement?.reason ?? null;
  return [
    `${claim.submittedAt.slice(0, 10)}  ${claim.hospital} billed ${claim.insurer}: ${standings[status]}${reason === null ? '' : ` (${reason})`}`,
    ...(claim.duplicates.length > 0 ? [`  ${String(claim.duplicates.length)} of its services had been billed before.`] : []),
    ...(replacedBy === null ? [] : [`  Claim ${replacedBy} takes its place.`]),
    ...(isUnreadable ? ['  DIFFERS from what your plan says: the decision that your insurer sent you cannot be read.'] : []),
    ...(body === null ? ['  What was billed cannot be shown.'] : []),
    ...(body !== null && newest !== null ? describeDecision(body, newest, plans) : []),
    ...appeals.flatMap((one) => describeAppeal(one, claim)),
  ];
}

function describeDecision(body: ClaimBody, newest: NonNullable<CheckedClaim['newest']>, plans: readonly PlanEntry[]): string[] {
  return [...describeResult(body, newest.document, plans), ...describeCheck(newest)].map((line) => `  ${line}`);
}

function describeResult(
  body: ClaimBody,
  { decided, planId, planVersion, note }: AdjudicationDocument,
  plans: readonly PlanEntry[],
): string[] {
  const plan = plans.find((entry) => entry.planId === planId && entry.version === planVersion)?.plan;
  if (decided === null || plan === undefined) return [];
  const adjudication = JSON.parse(decided.result) as Adjudication;
  const money = (amount: number): string => `${formatMoney(amount, body.currency)} ${body.currency}`;
  return [
    ...describeAdjudication(adjudication, plan, billedClaimOf(body)),
    ...decided.overrides.map(({ line, benefit, why }) => `A person of the insurer pays ${money(benefit)} for line ${String(line)}: ${why}`),
    ...(note === undefined ? [] : [note]),
    `You owe ${money(owedOf(adjudication, decided.overrides))}.`,
  ];
}

/** What a person pays more than the rule for a line is taken from what the patient bears of it. */
function owedOf({ lines, totals }: Adjudication, overrides: readonly { readonly line: number; readonly benefit: number }[]): number {
  const spared = overrides.map(({ line, benefit }) => {
    const amounts = lines.find(({ sequence }) => sequence === line)?.amounts;
    return amounts === undefined ? 0 : Math.max(0, Math.min(amounts.memberliability, benefit - amounts.benefit));
  });
  return spared.reduce((owed, one) => owed - one, totals.memberliability);
}

function describeAppeal({ appeal, decision, opinion, isUnreadable }: CheckedAppeal, { hospital, insurer }: ClaimEntry): string[] {
  const who = appeal.party === 'patient' ? 'you' : hospital;
  const made = `  ${appeal.at.slice(0, 10)}  ${who} appealed to ${appeal.authority ?? insurer}: `;
  if (decision === null) return [`${made}to be decided by ${appeal.decideBy.slice(0, 10)}`];
  const next =
    decision.adjudicateBy === null ? 'the decision stands' : `${insurer} decides the claim again by ${decision.adjudicateBy.slice(0, 10)}`;
  return [
    `${made}${decision.outcome} on ${decision.at.slice(0, 10)}; ${next}`,
    ...(opinion === null ? [] : [`    ${opinion}`]),
    ...(isUnreadable ? ['    The reasons that were sent to you cannot be read.'] : []),
  ];
}

function describeCheck({ verdict, problems }: NonNullable<CheckedClaim['newest']>): string[] {
  if (verdict === 'agrees') return ['Worked out again by your wallet: the same.'];
  if (verdict === 'incomplete') return ['Your wallet cannot work it out again yet: an earlier decision has not arrived.'];
  return ['DIFFERS from what your plan says:', ...problems.map((problem) => `  ${adjudicationProblems[problem]}`)];
}
