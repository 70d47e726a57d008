import {
  claimReasons,
  type AdjudicatedLine,
  type Adjudication,
  type AmountCategory,
  type Amounts,
  type BenefitPlan,
  type Instant,
} from '@medaccord/chaincode/model';
import { isObject, parseNumber, type JsonObject, type JsonValue } from '../fhir';
import { formatMoney } from './money-text';
import { listOf } from './parse-fhir-claim';

const HL7 = 'http://terminology.hl7.org/CodeSystem/adjudication';
const C4BB = 'http://hl7.org/fhir/us/carin-bb/CodeSystem/C4BBAdjudication';
const HL7_REASON = 'http://terminology.hl7.org/CodeSystem/adjudication-reason';
const CARC = 'https://x12.org/codes/claim-adjustment-reason-codes';
const REASON = 'urn:medaccord:claim-reason';

/** The code system of each amount: HL7's own where it has a code, CARIN's where it has none. */
const systems = {
  submitted: HL7,
  eligible: HL7,
  deductible: HL7,
  copay: HL7,
  coinsurance: C4BB,
  noncovered: C4BB,
  discount: C4BB,
  priorpayerpaid: C4BB,
  benefit: HL7,
  memberliability: C4BB,
} as const satisfies Partial<Record<keyof Amounts, string>>;
type AmountName = keyof typeof systems;

type Context = { readonly plan: BenefitPlan; readonly claim: JsonObject; readonly at: Instant };

/** An adjudication as a FHIR R4 ExplanationOfBenefit of the claim. What waits for a person has a note instead of amounts. */
export function formatExplanation(adjudication: Adjudication, { plan, claim, at }: Context): JsonObject {
  const notes: JsonValue[] = [];
  const items = adjudication.lines.map((line) => formatItem(line, { plan, claim, at }, notes));
  const [focal] = listOf(claim['insurance'], 'Claim.insurance').filter(({ value }) => value['focal'] === true);
  return {
    resourceType: 'ExplanationOfBenefit',
    status: 'active',
    insurer: { display: plan.title },
    ...takeFrom(claim, ['type', 'use', 'patient', 'billablePeriod', 'insurer', 'provider']),
    created: at,
    claim: { reference: `Claim/${adjudication.claimId}` },
    outcome: adjudication.outcome,
    disposition: `${plan.planId}, version ${String(plan.version)}`,
    insurance: [{ focal: true, coverage: focal?.value['coverage'] ?? { display: plan.title } }],
    item: items,
    total: amountNames.map((name) => amountOf(name, adjudication.totals[name], plan)),
    payment: { amount: moneyOf(adjudication.totals.benefit, plan) },
    ...(notes.length > 0 && { processNote: notes }),
  };
}

function takeFrom(claim: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(claim).filter(([name]) => names.includes(name)));
}

const amountNames = Object.keys(systems) as AmountName[];

function formatItem(line: AdjudicatedLine, { plan, claim }: Context, notes: JsonValue[]): JsonObject {
  const billed = listOf(claim['item'], 'Claim.item').find(({ value }) => value['sequence'] === line.sequence)?.value;
  const numbers = noteReasons(line, notes);
  const amounts =
    line.outcome === 'review'
      ? [amountOf('submitted', line.amounts.submitted, plan)]
      : [
          ...(['submitted', 'eligible', 'benefit', 'memberliability'] as const).map((name) => amountOf(name, line.amounts[name], plan)),
          ...formatAdjustments(line, plan),
        ];
  return {
    sequence: line.sequence,
    productOrService: isObject(billed?.['productOrService']) ? billed['productOrService'] : {},
    ...(numbers.length > 0 && { noteNumber: numbers }),
    adjudication: amounts,
  };
}

/** Each thing that is not paid, with its reason in every system that has one. */
function formatAdjustments({ adjustments }: AdjudicatedLine, plan: BenefitPlan): JsonObject[] {
  return adjustments.flatMap(({ reason, amount }) => {
    const { category, carc, hl7 } = claimReasons[reason];
    if (!isAmountName(category)) return [];
    const codings = [
      { system: REASON, code: reason },
      ...(carc === undefined ? [] : [{ system: CARC, code: String(carc) }]),
      ...(hl7 === undefined ? [] : [{ system: HL7_REASON, code: hl7 }]),
    ];
    return [{ ...amountOf(category, amount, plan), reason: { coding: codings } }];
  });
}

function isAmountName(category: AmountCategory): category is AmountCategory & AmountName {
  return Object.hasOwn(systems, category);
}

/** Notes what has no amount: what waits, and that a maximum was reached. Returns their numbers. */
function noteReasons({ outcome, adjustments }: AdjudicatedLine, notes: JsonValue[]): number[] {
  const told = adjustments.filter(({ reason }) => outcome === 'review' || claimReasons[reason].category === 'none');
  return told.map(({ reason }) => {
    const number = notes.length + 1;
    notes.push({ number, type: 'display', text: `${reason}: ${claimReasons[reason].text}` });
    return number;
  });
}

function amountOf(name: AmountName, amount: number, plan: BenefitPlan): JsonObject {
  return { category: { coding: [{ system: systems[name], code: name }] }, amount: moneyOf(amount, plan) };
}

function moneyOf(amount: number, { currency }: BenefitPlan): JsonObject {
  return { value: parseNumber(formatMoney(amount, currency)), currency };
}
