import { isSameCode } from './code-key';
import type { LineQuestion } from './line-question';
import { divide, WHOLE } from './money';

/** What one unit of the line's service is worth here; undefined: no tariff says. */
export function findTariff({ plan, facts, line }: LineQuestion): { readonly amount: number; readonly unit: string | null } | undefined {
  const row = plan.tariffs.find(({ service }) => isSameCode(service, line.service));
  const amount = facts.isInNetwork ? row?.inNetwork : row?.outOfNetwork;
  return row === undefined || amount === undefined || amount === null ? undefined : { amount, unit: row.unit };
}

/** Which part of a charge is eligible here that no tariff names; null: a person says. */
export function untariffedOf({ plan, facts }: LineQuestion): number | null {
  return facts.isInNetwork ? plan.untariffed.inNetwork : plan.untariffed.outOfNetwork;
}

/** What of a line's charge falls on so many of its units. */
export function chargeOf({ line }: LineQuestion, units: number): number {
  return divide(line.charge * units, line.units, 'down');
}

/** What of the charge of so many units is eligible: never more than the charge. */
export function eligibleOf(question: LineQuestion, units: number): number {
  const charge = chargeOf(question, units);
  const tariff = findTariff(question);
  if (tariff !== undefined) return Math.min(charge, tariff.amount * units);
  return divide(charge * (untariffedOf(question) ?? 0), WHOLE, 'down');
}
