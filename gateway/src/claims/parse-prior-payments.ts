import { isObject, type JsonValue } from '../fhir';
import { invalid } from './fhir-claim-error';
import { parseFhirMoney } from './money-text';
import { listOf } from './list-of';

const ADJUDICATION = 'http://terminology.hl7.org/CodeSystem/adjudication';

/** What the payer before paid, by the number of the item, in minor units. */
export type PriorPayments = ReadonlyMap<number, number>;

/** How the items of an answer name those of the claim. */
const numberNames: Readonly<Record<string, string>> = { ExplanationOfBenefit: 'sequence', ClaimResponse: 'itemSequence' };

/** What the payer before paid for each item, by its ExplanationOfBenefit or ClaimResponse. @throws {FhirClaimError} */
export function parsePriorPayments(answer: JsonValue, currency: string): PriorPayments {
  const type = isObject(answer) && typeof answer['resourceType'] === 'string' ? answer['resourceType'] : '';
  const number = numberNames[type];
  if (!isObject(answer) || number === undefined) {
    throw invalid('ExplanationOfBenefit', 'must be an ExplanationOfBenefit or a ClaimResponse.');
  }
  const rows = listOf(answer['item'], `${type}.item`).map(({ value, path }) => {
    const benefit = listOf(value['adjudication'], `${path}.adjudication`).find(({ value: one }) => isBenefit(one['category']));
    return [
      Number(value[number]),
      benefit === undefined ? 0 : parseFhirMoney(benefit.value['amount'], `${benefit.path}.amount`, currency),
    ] as const;
  });
  return new Map(rows);
}

function isBenefit(category: JsonValue | undefined): boolean {
  const codings = isObject(category) ? listOf(category['coding'], 'category') : [];
  return codings.some(({ value }) => value['system'] === ADJUDICATION && value['code'] === 'benefit');
}
