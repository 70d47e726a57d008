import type { BenefitPlan, OwnRule, PlanCategory, Services, Share } from '@medaccord/chaincode/model';
import { formatMoney } from './money-text';

type Code = { readonly system: string; readonly code?: string };

/** A plan in words, for whoever has to agree to it. */
export function describePlan(plan: BenefitPlan): string[] {
  return [...describeWhole(plan), ...describeCategories(plan), ...describeBilling(plan), ...describeCover(plan)];
}

function describeWhole(plan: BenefitPlan): string[] {
  const { currency, period, outOfPocketMaximum, yearLimit, filingDays } = plan;
  const money = (amount: number): string => formatMoney(amount, currency);
  const days = period.until === null ? `from ${period.from} on` : `from ${period.from} until before ${period.until}`;
  return [
    `${plan.title} (${plan.planId}, version ${String(plan.version)}), in ${currency}, for services ${days}.`,
    `A plan year begins on ${plan.yearBegins}. Coinsurance is rounded ${plan.rounding}.`,
    `The patient bears the first ${money(plan.deductible)} of a year where the deductible applies.`,
    outOfPocketMaximum === null
      ? "The patient's own shares have no maximum."
      : `The patient's own shares in the network end at ${money(outOfPocketMaximum)} a year.`,
    yearLimit === null ? 'The plan has no limit of its own.' : `The plan pays ${money(yearLimit)} a year at most.`,
    ...(filingDays === null ? [] : [`A claim comes within ${String(filingDays)} days.`]),
    `Beside another payer: ${plan.coordination}. What was billed before: ${plan.duplicates}.`,
    `Without a tariff: ${describePart(plan.untariffed.inNetwork)} in the network, ${describePart(plan.untariffed.outOfNetwork)} outside of it. Tariffs: ${String(plan.tariffs.length)}.`,
  ];
}

function describePart(part: number | null): string {
  return part === null ? 'a person says' : `${percent(part)} of the charge`;
}

function describeCategories(plan: BenefitPlan): string[] {
  const { categories, currency } = plan;
  return ['Covered, by the first that holds a service:', ...categories.flatMap((category) => describeCategory(category, currency))];
}

function describeCategory({ id, title, services, inNetwork, outOfNetwork, yearLimit }: PlanCategory, currency: string): string[] {
  const outside = outOfNetwork === null ? 'nothing is paid' : describeShare(outOfNetwork, currency);
  const limit =
    yearLimit === null ? '' : ` ${formatMoney(yearLimit, currency)} a year at most, outside of the maximum of the patient's shares.`;
  return [
    `  ${id}, ${title}: ${describeServices(services)}`,
    `    in the network ${describeShare(inNetwork, currency)}; outside of it ${outside}.${limit}`,
  ];
}

function describeShare({ deductible, copay, coinsurance }: Share, currency: string): string {
  const parts = [
    ...(deductible ? ['the deductible'] : []),
    ...(copay > 0 ? [`${formatMoney(copay, currency)} for each service`] : []),
    ...(coinsurance > 0 ? [`${percent(coinsurance)} of the rest`] : []),
  ];
  return parts.length === 0 ? 'the patient bears nothing' : `the patient bears ${parts.join(', ')}`;
}

function describeBilling(plan: BenefitPlan): string[] {
  return [
    ...plan.bundles.map(({ id, whole, part }) => `  ${id}: ${codeText(part)} is part of ${codeText(whole)} on the same day`),
    ...plan.companions.map(
      ({ id, service, needs }) => `  ${id}: ${codeText(service)} only beside ${needs.map(codeText).join(' or ')} on the same day`,
    ),
    ...plan.evidence.map(
      ({ id, services, recordTypes, otherwise }) =>
        `  ${id}: ${describeServices(services)}: reads ${recordTypes.join(', ')}; without it: ${otherwise}`,
    ),
    ...plan.quantities.map(
      ({ id, services, per, maximum, over }) =>
        `  ${id}: ${describeServices(services)}: ${String(maximum)} units a ${per}; what is more: ${over === 'deny' ? 'not paid' : 'review'}`,
    ),
  ];
}

function describeCover(plan: BenefitPlan): string[] {
  const money = (amount: number): string => formatMoney(amount, plan.currency);
  return [
    ...plan.waitingPeriods.map(
      ({ id, services, days }) => `  ${id}: ${describeServices(services)}: only after ${String(days)} days of coverage`,
    ),
    ...plan.authorizations.map(
      ({ id, services, chargeOver }) => `  ${id}: ${describeServices(services)}: above ${money(chargeOver)} only with an authorization`,
    ),
    ...plan.exclusions.map(({ id, title, services }) => `  ${id}, ${title}: ${describeServices(services)}: not covered`),
    ...plan.rules.map(
      ({ id, title, services, when, then }) =>
        `  ${id}, ${title}: ${services === null ? 'any service' : describeServices(services)}${describeWhen(when, money)}: ${then}`,
    ),
  ];
}

function describeWhen(when: OwnRule['when'], money: (amount: number) => string): string {
  const { chargeOver, unitsOver, network, coveredForLessThan } = when;
  return [
    ...(chargeOver === undefined ? [] : [`charged above ${money(chargeOver)}`]),
    ...(unitsOver === undefined ? [] : [`of more than ${String(unitsOver)} units`]),
    ...(network === undefined ? [] : [network === 'in' ? 'in the network' : 'outside of the network']),
    ...(coveredForLessThan === undefined ? [] : [`covered for less than ${String(coveredForLessThan)} days`]),
  ]
    .map((condition) => `, ${condition}`)
    .join('');
}

function describeServices({ codes, claimTypes, recordTypes, categories }: Services): string {
  return [
    ...(codes === undefined ? [] : [codes.map(codeText).join(', ')]),
    ...(claimTypes === undefined ? [] : [`${claimTypes.join(', ')} claims`]),
    ...(recordTypes === undefined ? [] : [`lines that name a ${recordTypes.join(', ')}`]),
    ...(categories === undefined ? [] : [`the category ${categories.join(', ')}`]),
  ].join('; ');
}

function codeText({ system, code }: Code): string {
  return code === undefined ? `every code of ${system}` : `${code} (${system})`;
}

/** `33.33%` of 3333 basis points. */
function percent(basisPoints: number): string {
  return `${formatMoney(basisPoints, 'USD').replace(/\.?0+$/, '')}%`;
}
