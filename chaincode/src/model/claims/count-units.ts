import { accumulatorKeys } from './accumulators';
import type { ClaimLine } from './claim';
import { isSameCode } from './code-key';
import type { Adjustment } from './adjudication';
import { findAuthorization, isAbout, quantityKey, type LineQuestion } from './line-question';
import { chargeOf } from './tariff';

/** The units of a line that are paid for, and what of the charge falls on the others. */
export interface CountedUnits {
  readonly units: number;
  readonly cuts: readonly Adjustment[];
}

/** Cuts a line's units to what is authorized, then to what the plan's quantities leave, and counts them. */
export function countUnits(question: LineQuestion): CountedUnits {
  const { line } = question;
  const authorized = Math.min(line.units, leftOfAuthorization(question));
  const { left, rule } = leftOfQuantities(question);
  const units = Math.min(authorized, left);
  const cuts: Adjustment[] = [];
  const cut = (reason: Adjustment['reason'], [from, to]: readonly [number, number], by: string): void => {
    if (to < from) cuts.push({ reason, amount: chargeOf(question, from) - chargeOf(question, to), rule: by });
  };
  cut('authorization-exceeded', [line.units, authorized], 'authorizations');
  cut('units-exceeded', [authorized, units], rule);
  if (units > 0) count(question, units);
  return { units, cuts };
}

/** An authorization that a line names counts also where the plan would not ask for it: it was given for so much and no more. */
function leftOfAuthorization(question: LineQuestion): number {
  const given = findAuthorization(question);
  return given === undefined ? question.line.units : question.tally.left(given.units, accumulatorKeys.authorized(given.id));
}

function leftOfQuantities(question: LineQuestion): { readonly left: number; readonly rule: string } {
  let least = { left: question.line.units, rule: '' };
  for (const quantity of question.plan.quantities) {
    if (quantity.over === 'review' || !isAbout(quantity.services, question)) continue;
    const left = question.tally.left(quantity.maximum, quantityKey(quantity, question));
    if (left < least.left) least = { left, rule: `quantities/${quantity.id}` };
  }
  return least;
}

function count(question: LineQuestion, units: number): void {
  const { plan, line, tally } = question;
  for (const quantity of plan.quantities) if (isAbout(quantity.services, question)) tally.add(quantityKey(quantity, question), units);
  const authorization = findAuthorization(question);
  if (authorization !== undefined) tally.add(accumulatorKeys.authorized(authorization.id), units);
  const isThis = (service: ClaimLine['service']): boolean => isSameCode(service, line.service);
  const isNamed =
    plan.bundles.some(({ whole, part }) => isThis(whole) || isThis(part)) || plan.companions.some(({ needs }) => needs.some(isThis));
  if (isNamed) tally.add(accumulatorKeys.billed(line.day, line.service), units);
}
