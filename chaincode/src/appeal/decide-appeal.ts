import {
  addMinutes,
  defaultClaimRules,
  formatCanonical,
  newError,
  RequestInvalid,
  type AdjudicationEntry,
  type Appeal,
  type AppealDecision,
  type AppealEntry,
  type Instant,
  type Participant,
  type RelationEntry,
  type Rules,
  type TransactionRequest,
} from '../model';
import { checkOpen } from './check-open';

type Request = TransactionRequest<'DecideAppeal'>;

/** What the decision of an appeal rests on. */
export interface DecisionFacts {
  readonly relation: RelationEntry;
  readonly rules: Rules;
  readonly adjudication: AdjudicationEntry;
  readonly appeal: AppealEntry;
  /** All of the claim that count. */
  readonly appeals: readonly Appeal[];
  readonly standing: AppealDecision | undefined;
}

const MINUTES_PER_DAY = 24 * 60;

/**
 * The decision of an appeal; the standing one when it is the same: by a clerk of the insurer who did not adjudicate, or by the committee of
 * the authority that it names. A late decision counts as long as the appeal has not gone on to an authority.
 *
 * @throws CALLER_NOT_INSURER, CALLER_NOT_AUTHORITY, CALLER_NOT_ALLOWED, APPEAL_ALREADY_DECIDED, APPEAL_NOT_OPEN, APPEAL_BY_SAME_PERSON; RequestInvalid
 */
export function decideAppeal(
  request: Request,
  facts: DecisionFacts,
  { by, at }: { readonly by: Participant; readonly at: Instant },
): AppealDecision {
  const { relationRef, claimId, number, person, outcome } = request;
  const { appeal, adjudication, standing } = facts;
  assertDecides(facts, by);
  if (standing !== undefined) {
    if (!isSame(standing, request)) throw newError('APPEAL_ALREADY_DECIDED', { relationRef, claimId, n: number });
    return standing;
  }
  if (formatCanonical(Object.keys(request.sealed).sort()) !== formatCanonical(Object.keys(appeal.sealed).sort()))
    throw new RequestInvalid('request.sealed', 'of those to whom the grounds are sealed');
  const goesOn = facts.appeals.some((one) => one.appeal.n === appeal.n && one.appeal.party === appeal.party && one.appeal.number > number);
  checkOpen(request, [
    [adjudication.n === appeal.n, 'is against an adjudication that does not stand'],
    [appeal.level === 'authority' || !goesOn, 'is before an authority'],
  ]);
  if (adjudication.persons.includes(person)) throw newError('APPEAL_BY_SAME_PERSON', { relationRef, claimId, n: number });
  const { adjudicateDays } = facts.rules.claims ?? defaultClaimRules;
  return { ...request, by, at, adjudicateBy: outcome === 'granted' ? addMinutes(at, adjudicateDays * MINUTES_PER_DAY) : null };
}

function assertDecides({ appeal, relation, rules }: DecisionFacts, { mspId, role }: Participant): void {
  const isInsurers = appeal.level === 'insurer';
  if (isInsurers && mspId !== relation.counterparty) throw newError('CALLER_NOT_INSURER', { mspId });
  if (!isInsurers && (mspId !== appeal.authority || rules.roles[mspId] !== 'authority' || rules.suspended.includes(mspId)))
    throw newError('CALLER_NOT_AUTHORITY', { mspId });
  const decider = isInsurers ? 'insurer-clerk' : 'ethics-officer';
  if (role !== decider) throw newError('CALLER_NOT_ALLOWED', { transaction: 'DecideAppeal', allowed: `role:${decider}` });
}

function isSame({ by, at, adjudicateBy, ...standing }: AppealDecision, request: Request): boolean {
  return formatCanonical({ by, at, adjudicateBy, ...request }) === formatCanonical({ by, at, adjudicateBy, ...standing });
}
