import { accumulatorKeys } from './accumulators';
import type { BenefitPlan, PlanCategory, Quantity, Share } from './benefit-plan';
import { isSameCode } from './code-key';
import type { BilledClaim, ClaimFacts, ClaimLine } from './claim';
import type { ClaimReason } from './claim-reason';
import { yearOf, type Day } from './day';
import { isServiceOf, type Services } from './services';
import type { Tally } from './tally';

/** Everything that is looked at to decide one line. */
export interface LineQuestion {
  readonly plan: BenefitPlan;
  readonly claim: BilledClaim;
  readonly facts: ClaimFacts;
  readonly tally: Tally;
  readonly line: ClaimLine;
  readonly category: PlanCategory | undefined;
  readonly year: Day;
}

/** Why a line goes no further, and which part of the plan says so. */
export interface Stop {
  readonly outcome: 'denied' | 'review';
  readonly reason: ClaimReason;
  readonly rule: string;
}

export function questionOf(given: Pick<LineQuestion, 'plan' | 'claim' | 'facts' | 'tally'>, line: ClaimLine): LineQuestion {
  const { plan, claim } = given;
  return { ...given, line, category: findCategory(plan, claim, line), year: yearOf(line.day, plan.yearBegins) };
}

/** The first category of the plan that holds the service. */
export function findCategory(plan: BenefitPlan, claim: BilledClaim, line: ClaimLine): PlanCategory | undefined {
  const service = { ...line, claimType: claim.type, category: undefined };
  return plan.categories.find(({ services }) => isServiceOf(services, service));
}

/** Tells whether a line's service is one of those that a rule of the plan is about. */
export function isAbout(services: Services, { claim, line, category }: Pick<LineQuestion, 'claim' | 'line' | 'category'>): boolean {
  return isServiceOf(services, { ...line, claimType: claim.type, category: category?.id });
}

/** What the patient bears in the line's category, inside or outside of the network; null: nothing is paid there. */
export function shareOf({ category, facts }: LineQuestion): Share | null {
  return category === undefined ? null : facts.isInNetwork ? category.inNetwork : category.outOfNetwork;
}

/** How an answer names the line's category. */
export function categoryRule({ category }: LineQuestion): string {
  return `categories/${category?.id ?? ''}`;
}

/** The authorization that the line names, if it is one of this service. */
export function findAuthorization({ facts, line }: LineQuestion): ClaimFacts['authorizations'][number] | undefined {
  return facts.authorizations.find(({ id, service }) => id === line.authorization && isSameCode(service, line.service));
}

/** Where the units of a quantity are counted: for the day or the plan year of the service. */
export function quantityKey({ id, per }: Pick<Quantity, 'id' | 'per'>, { line, year }: LineQuestion): string {
  return per === 'day' ? accumulatorKeys.unitsOfDay(line.day, id) : accumulatorKeys.unitsOfYear(year, id);
}
