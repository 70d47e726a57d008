import { flag, integer, list, nullable, object, oneOf, opaque, optional, text, type Parsed, type Parser } from '../encoding/parser';
import { parseCoding, parseResourceType } from '../record-details';
import { checkPlan } from './check-plan';
import { parseDays } from './day';
import { MOST_UNITS, parseBasisPoints, parseCurrency, parseMoney, roundings } from './money';
import { parseCategoryServices, parsePartId, parseServices } from './services';

const MOST_PARTS = 1000;
const MOST_TARIFFS = 50_000;
const MOST_DAYS = 36_500;

/** The codes of http://terminology.hl7.org/CodeSystem/ex-benefitcategory, which are X12's service type codes where X12 has one. */
const benefitCategories = [
  ...['1', '2', '3', '4', '5', '14', '23', '24', '25', '26', '27', '28', '30', '35', '36', '37', '49', '55', '56', '61', '62', '63'],
  ...['69', '76', 'F1', 'F3', 'F4', 'F6'],
] as const;

const parseTitle = opaque(200);
const parseEffect = oneOf(['deny', 'review']);
const parseUnit = opaque(64);
const parts = <T>(parse: Parser<T>): Parser<readonly T[]> => list(parse, 0, MOST_PARTS);

/** What the patient bears of one line, in the order in which it is taken. */
const parseShare = object({ deductible: flag, copay: parseMoney, coinsurance: parseBasisPoints });
export type Share = Parsed<typeof parseShare>;

const parseCategory = object({
  id: parsePartId,
  title: parseTitle,
  benefitCategory: oneOf(benefitCategories),
  services: parseCategoryServices,
  inNetwork: parseShare,
  /** null: nothing is paid out of the network. */
  outOfNetwork: nullable(parseShare),
  yearLimit: nullable(parseMoney),
});
export type PlanCategory = Parsed<typeof parseCategory>;

/** What one unit of a service is worth. */
const parseTariff = object({
  service: parseCoding,
  unit: nullable(parseUnit),
  inNetwork: parseMoney,
  outOfNetwork: nullable(parseMoney),
});
export type Tariff = Parsed<typeof parseTariff>;

const parseQuantity = object({
  id: parsePartId,
  services: parseServices,
  per: oneOf(['day', 'year']),
  maximum: integer(0, 1_000_000),
  over: parseEffect,
});
export type Quantity = Parsed<typeof parseQuantity>;

/** An insurer's own rule: it is about a line where everything in `when` holds. */
const parseOwnRule = object({
  id: parsePartId,
  title: parseTitle,
  services: nullable(parseServices),
  when: object({
    chargeOver: optional(parseMoney),
    unitsOver: optional(integer(0, MOST_UNITS)),
    network: optional(oneOf(['in', 'out'])),
    coveredForLessThan: optional(integer(1, MOST_DAYS)),
  }),
  then: parseEffect,
});
export type OwnRule = Parsed<typeof parseOwnRule>;

const parseShape = object({
  planId: parsePartId,
  version: integer(1, 1_000_000),
  title: parseTitle,
  currency: parseCurrency,
  /** The days of service that this version decides. */
  period: parseDays,
  yearBegins: text(/^(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])$/, 'a month and a day such as 01-01, the 28th at the latest'),
  rounding: oneOf(roundings),
  deductible: parseMoney,
  outOfPocketMaximum: nullable(parseMoney),
  yearLimit: nullable(parseMoney),
  filingDays: nullable(integer(1, MOST_DAYS)),
  coordination: oneOf(['standard', 'non-duplication']),
  duplicates: parseEffect,
  /** What of a charge is eligible that no tariff names; null: a person says. */
  untariffed: object({ inNetwork: nullable(parseBasisPoints), outOfNetwork: nullable(parseBasisPoints) }),
  categories: list(parseCategory, 1, MOST_PARTS),
  tariffs: list(parseTariff, 0, MOST_TARIFFS),
  bundles: parts(object({ id: parsePartId, whole: parseCoding, part: parseCoding })),
  companions: parts(object({ id: parsePartId, service: parseCoding, needs: list(parseCoding, 1, 20) })),
  evidence: parts(
    object({ id: parsePartId, services: parseServices, recordTypes: list(parseResourceType, 1, 20), otherwise: parseEffect }),
  ),
  waitingPeriods: parts(object({ id: parsePartId, services: parseServices, days: integer(1, MOST_DAYS) })),
  authorizations: parts(object({ id: parsePartId, services: parseServices, chargeOver: parseMoney })),
  quantities: parts(parseQuantity),
  exclusions: parts(object({ id: parsePartId, title: parseTitle, services: parseServices })),
  rules: parts(parseOwnRule),
});
export type BenefitPlan = Parsed<typeof parseShape>;

/**
 * A benefit plan, as docs/reference/benefit-plan.md describes it: money in minor units, percentages in basis points, days exclusive of the
 * last. Every part is named, also the empty ones, so that a plan has one text.
 * @throws RequestInvalid with the path of what is wrong
 */
export const parseBenefitPlan: Parser<BenefitPlan> = (value, place) => {
  const plan = parseShape(value, place);
  checkPlan(plan, place);
  return plan;
};
