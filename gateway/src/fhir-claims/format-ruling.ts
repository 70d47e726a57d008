import { claimReasons, type AdjudicatedLine, type AmountCategory, type Amounts } from '@medaccord/chaincode/model';
import { formatMoney } from '../claims';
import type { JsonObject, JsonValue } from '../fhir';
import type { Ruling } from './answer';
import { concept, moneyOf, periodOf, type Coding } from './elements';
import { extensions, systems } from './systems';

/** The code system of each amount: HL7's own where it has a code, CARIN's where it has none. */
const amountSystems = {
  submitted: systems.adjudication,
  eligible: systems.adjudication,
  deductible: systems.adjudication,
  copay: systems.adjudication,
  coinsurance: systems.carin,
  noncovered: systems.carin,
  discount: systems.carin,
  priorpayerpaid: systems.carin,
  benefit: systems.adjudication,
  memberliability: systems.carin,
} as const satisfies Partial<Record<keyof Amounts, string>>;
type AmountName = keyof typeof amountSystems;
const amountNames = Object.keys(amountSystems) as AmountName[];

/** A decision in the elements that ClaimResponse and ExplanationOfBenefit have in common. */
export interface FormattedRuling {
  readonly lines: readonly { readonly sequence: number; readonly elements: JsonObject }[];
  readonly totals: readonly JsonObject[];
  /** What is paid in all, in minor units. */
  readonly paid: number;
  readonly notes: readonly JsonValue[];
}

/** What waits for a person has a note instead of amounts; what a person paid beside the rule has its own amount and a note that says so. */
export function formatRuling(ruling: Ruling, note?: string): FormattedRuling {
  const { adjudication, plan } = ruling;
  const notes = new Notes();
  if (note !== undefined) notes.add(note);
  const lines = adjudication.lines.map((line) => ({ line, amounts: amountsOf(line, ruling) }));
  const totals = amountNames.map((name) => {
    const total = lines.reduce((sum, { amounts }) => sum + amounts[name], 0);
    return { name, total };
  });
  return {
    lines: lines.map(({ line, amounts }) => ({ sequence: line.sequence, elements: formatLine({ line, amounts }, ruling, notes) })),
    totals: totals.map(({ name, total }) => amountOf(name, total, plan.currency)),
    paid: lines.reduce((sum, { amounts }) => sum + amounts.benefit, 0),
    notes: notes.list,
  };
}

type RuledLine = { readonly line: AdjudicatedLine; readonly amounts: Amounts };

class Notes {
  readonly list: JsonValue[] = [];

  /** Returns its number. */
  add(text: string): number {
    const number = this.list.length + 1;
    this.list.push({ number, type: 'display', text });
    return number;
  }
}

/** With what a person paid in the place of the rule's benefit: what she pays more is taken from what the patient bears. */
function amountsOf(line: AdjudicatedLine, { overrides }: Ruling): Amounts {
  const { amounts, sequence } = line;
  const benefit = overrides.find((one) => one.line === sequence)?.benefit;
  if (benefit === undefined) return amounts;
  const spared = Math.max(0, Math.min(amounts.memberliability, benefit - amounts.benefit));
  return { ...amounts, benefit, memberliability: amounts.memberliability - spared };
}

function formatLine({ line, amounts }: RuledLine, ruling: Ruling, notes: Notes): JsonObject {
  const { plan, overrides, authorized } = ruling;
  const override = overrides.find((one) => one.line === line.sequence);
  const isOpen = line.outcome === 'review';
  const told =
    isOpen && override === undefined ? (['submitted'] as const) : (['submitted', 'eligible', 'benefit', 'memberliability'] as const);
  const numbers = [
    ...noteReasons(line, notes),
    ...(override === undefined ? [] : [notes.add(overrideText(override, line, plan.currency))]),
  ];
  const ids = authorized.filter(({ id }) => id.endsWith(`.${String(line.sequence)}`));
  return {
    ...(ids.length > 0 && { extension: ids.flatMap(formatAuthorized) }),
    ...(numbers.length > 0 && { noteNumber: numbers }),
    adjudication: [
      ...told.map((name) => amountOf(name, amounts[name], plan.currency)),
      ...(isOpen ? [] : formatAdjustments(line, plan.currency)),
      ...(isOpen || override !== undefined ? [] : formatReasons(line)),
    ],
  };
}

function overrideText({ benefit, why }: Ruling['overrides'][number], { amounts }: AdjudicatedLine, currency: string): string {
  const [paid, ruled] = [benefit, amounts.benefit].map((amount) => `${formatMoney(amount, currency)} ${currency}`);
  return `override: a person of the insurer pays ${String(paid)} in the place of the rule's ${String(ruled)}: ${why}`;
}

function formatAuthorized({ id, days, units }: Ruling['authorized'][number]): JsonObject[] {
  return [
    { url: extensions.authorization, valueString: id },
    { url: extensions.authorizedPeriod, valuePeriod: periodOf(days) },
    { url: extensions.authorizedDetail, extension: [{ url: 'quantity', valueQuantity: { value: units } }] },
  ];
}

/** Each thing that is not paid, with its reason in every system that has one. */
function formatAdjustments({ adjustments }: AdjudicatedLine, currency: string): JsonObject[] {
  return adjustments.flatMap(({ reason, amount }) => {
    const { category } = claimReasons[reason];
    return isAmountName(category) ? [{ ...amountOf(category, amount, currency), reason: concept(...codingsOf(reason)) }] : [];
  });
}

/** Why something is not covered, a second time: CARIN's readers look for it here, beside the amounts, and know X12's codes alone. */
function formatReasons({ adjustments }: AdjudicatedLine): JsonObject[] {
  const category = concept({ system: systems.carinDiscriminator, code: 'adjustmentreason' });
  return adjustments
    .filter(({ reason }) => claimReasons[reason].category === 'noncovered' && claimReasons[reason].carc !== undefined)
    .map(({ reason }) => ({ category, reason: concept(...codingsOf(reason)) }));
}

function codingsOf(reason: keyof typeof claimReasons): Coding[] {
  const { carc, hl7 } = claimReasons[reason];
  return [
    { system: systems.reason, code: reason },
    ...(carc === undefined ? [] : [{ system: systems.carc, code: String(carc) }]),
    ...(hl7 === undefined ? [] : [{ system: systems.hl7Reason, code: hl7 }]),
  ];
}

function isAmountName(category: AmountCategory): category is AmountCategory & AmountName {
  return Object.hasOwn(amountSystems, category);
}

/** Notes what has no amount: what waits, and that a maximum was reached. Returns their numbers. */
function noteReasons({ outcome, adjustments }: AdjudicatedLine, notes: Notes): number[] {
  const told = adjustments.filter(({ reason }) => outcome === 'review' || claimReasons[reason].category === 'none');
  return told.map(({ reason }) => notes.add(`${reason}: ${claimReasons[reason].text}`));
}

function amountOf(name: AmountName, amount: number, currency: string): JsonObject {
  return { category: concept({ system: amountSystems[name], code: name }), amount: moneyOf(amount, currency) };
}
