import type { Coding } from '../record-details';
import { accumulatorKeys } from './accumulators';
import type { OwnRule } from './benefit-plan';
import { isSameCode } from './code-key';
import { claimReasons, type ClaimReason } from './claim-reason';
import { addDays, dayOf, isAmong } from './day';
import { categoryRule, findAuthorization, isAbout, quantityKey, shareOf, type LineQuestion, type Stop } from './line-question';
import { findTariff, untariffedOf } from './tariff';

/** Everything by which one check would stop the line, the first in the plan first. */
type Check = (question: LineQuestion) => readonly Stop[];

const denied = (reason: ClaimReason, rule: string): Stop => ({ outcome: 'denied', reason, rule });
const review = (reason: ClaimReason, rule: string): Stop => ({ outcome: 'review', reason, rule });
const stopped = (effect: 'deny' | 'review', reason: ClaimReason, rule: string): Stop =>
  effect === 'deny' ? denied(reason, rule) : review(reason, rule);
const when = (isSo: boolean, stop: Stop): readonly Stop[] => (isSo ? [stop] : []);

/** Before anything is counted: may the plan decide the line, was it billed as it should be, and does the plan pay such a service now? */
export const checksBeforeCounting: readonly Check[] = [
  ({ plan, claim }) => when(claim.currency !== plan.currency, review('currency-mismatch', 'currency')),
  ({ plan, line }) => when(!isAmong(plan.period, line.day), review('plan-not-in-force', 'period')),
  ({ facts, line }) => when(line.day < facts.coverage.from, denied('coverage-not-begun', 'coverage')),
  ({ facts, line }) => when(!isAmong(facts.coverage, line.day), denied('coverage-ended', 'coverage')),
  ({ facts, line }) => when(facts.deceasedOn !== null && line.day > facts.deceasedOn, review('after-death', 'patient')),
  ({ facts, line }) => when(line.day > dayOf(facts.at), denied('not-yet-served', 'claim')),
  checkFiling,
  ({ plan, facts, line }) => when(facts.duplicates.includes(line.sequence), stopped(plan.duplicates, 'duplicate', 'duplicates')),
  ({ category }) => when(category === undefined, review('category-unknown', 'categories')),
  checkBundles,
  checkCompanions,
  checkIntact,
  checkEvidence,
  checkCoordination,
  checkWaiting,
  (question) => when(shareOf(question) === null, denied('out-of-network', categoryRule(question))),
  checkTariff,
  checkAuthorization,
  checkPlausible,
];

/** After the line's units are counted, so that a service that is not covered makes no room for another. */
export const checksAfterCounting: readonly Check[] = [checkExclusions, checkOwnRules];

/** The first stop of the first check that has one. What a person said of a line that was put before one comes in here. */
export function findStop(checks: readonly Check[], question: LineQuestion): Stop | undefined {
  for (const check of checks) {
    for (const stop of check(question)) {
      const decided = withDecision(stop, question);
      if (decided !== undefined) return decided;
    }
  }
  return undefined;
}

function withDecision(stop: Stop, { facts, line }: LineQuestion): Stop | undefined {
  const found = facts.decisions.find((one) => one.line === line.sequence && one.reason === stop.reason);
  if (stop.outcome === 'denied' || found === undefined) return stop;
  if (found.decision === 'deny') return { ...stop, outcome: 'denied' };
  return claimReasons[stop.reason].canClear === true ? undefined : stop;
}

function checkFiling({ plan, facts, line }: LineQuestion): readonly Stop[] {
  const isLate = plan.filingDays !== null && addDays(line.day, plan.filingDays) < dayOf(facts.at);
  return when(isLate, denied('filed-late', 'filingDays'));
}

function checkBundles({ plan, line, tally }: LineQuestion): readonly Stop[] {
  const isThis = (service: Coding): boolean => isSameCode(service, line.service);
  const isBilled = (service: Coding): boolean => tally.of(accumulatorKeys.billed(line.day, service)) > 0;
  return [
    ...plan.bundles.flatMap(({ id, whole, part }) => when(isThis(part) && isBilled(whole), denied('bundled', `bundles/${id}`))),
    ...plan.bundles.flatMap(({ id, whole, part }) => when(isThis(whole) && isBilled(part), review('bundled-reversed', `bundles/${id}`))),
  ];
}

/** The other service may stand anywhere in the claim, or have been billed before. */
function checkCompanions({ plan, claim, line, tally }: LineQuestion): readonly Stop[] {
  const isHere = (needed: Coding): boolean => claim.lines.some(({ day, service }) => day === line.day && isSameCode(service, needed));
  const isBilled = (needed: Coding): boolean => tally.of(accumulatorKeys.billed(line.day, needed)) > 0;
  return plan.companions
    .filter(({ service, needs }) => isSameCode(service, line.service) && !needs.some((needed) => isHere(needed) || isBilled(needed)))
    .map(({ id }) => denied('companion-missing', `companions/${id}`));
}

function checkIntact({ facts, line }: LineQuestion): readonly Stop[] {
  const isTampered = facts.evidence.some((record) => record.line === line.sequence && !record.isIntact);
  return when(isTampered, review('evidence-tampered', 'evidence'));
}

function checkEvidence(question: LineQuestion): readonly Stop[] {
  const { plan, facts, line } = question;
  const types = facts.evidence.filter((record) => record.line === line.sequence).map(({ recordType }) => recordType);
  return plan.evidence
    .filter(({ services }) => isAbout(services, question))
    .flatMap(({ id, recordTypes, otherwise }) => {
      const missing = recordTypes.find((type) => !types.includes(type));
      const reason = missing === 'Encounter' ? 'encounter-missing' : 'evidence-missing';
      return when(missing !== undefined, stopped(otherwise, reason, `evidence/${id}`));
    });
}

function checkCoordination({ facts, line }: LineQuestion): readonly Stop[] {
  const { priorPaid } = line;
  const isClear = facts.order === 'primary' ? priorPaid === undefined : priorPaid !== undefined && priorPaid <= line.charge;
  return when(!isClear, review('coordination-unclear', 'coordination'));
}

function checkWaiting(question: LineQuestion): readonly Stop[] {
  const { plan, facts, line } = question;
  return plan.waitingPeriods
    .filter(({ services, days }) => isAbout(services, question) && line.day < addDays(facts.coverage.from, days))
    .map(({ id }) => denied('waiting-period', `waitingPeriods/${id}`));
}

function checkTariff(question: LineQuestion): readonly Stop[] {
  const tariff = findTariff(question);
  if (tariff === undefined) return when(untariffedOf(question) === null, review('tariff-unknown', 'untariffed'));
  return when(tariff.unit !== null && tariff.unit !== question.line.unit, review('unit-mismatch', 'tariffs'));
}

function checkAuthorization(question: LineQuestion): readonly Stop[] {
  const { plan, line } = question;
  const given = findAuthorization(question);
  const isGiven = given !== undefined && isAmong(given.days, line.day);
  return plan.authorizations
    .filter(({ services, chargeOver }) => !isGiven && line.charge > chargeOver && isAbout(services, question))
    .map(({ id }) => denied('not-authorized', `authorizations/${id}`));
}

function checkPlausible(question: LineQuestion): readonly Stop[] {
  const { plan, line, tally } = question;
  return plan.quantities
    .filter(({ over, services }) => over === 'review' && isAbout(services, question))
    .filter((quantity) => line.units > tally.left(quantity.maximum, quantityKey(quantity, question)))
    .map(({ id }) => review('units-implausible', `quantities/${id}`));
}

function checkExclusions(question: LineQuestion): readonly Stop[] {
  return question.plan.exclusions
    .filter(({ services }) => isAbout(services, question))
    .map(({ id }) => denied('excluded', `exclusions/${id}`));
}

/** Those that deny come before those that do not. */
function checkOwnRules(question: LineQuestion): readonly Stop[] {
  const met = question.plan.rules.filter((rule) => isMet(rule, question));
  const inOrder = [...met.filter(({ then }) => then === 'deny'), ...met.filter(({ then }) => then === 'review')];
  return inOrder.map(({ id, then }) => stopped(then, 'own-rule', `rules/${id}`));
}

function isMet({ services, when: bounds }: OwnRule, question: LineQuestion): boolean {
  const { facts, line } = question;
  const { chargeOver, unitsOver, network, coveredForLessThan: days } = bounds;
  return (
    (services === null || isAbout(services, question)) &&
    (chargeOver === undefined || line.charge > chargeOver) &&
    (unitsOver === undefined || line.units > unitsOver) &&
    (network === undefined || (network === 'in') === facts.isInNetwork) &&
    (days === undefined || line.day < addDays(facts.coverage.from, days))
  );
}
