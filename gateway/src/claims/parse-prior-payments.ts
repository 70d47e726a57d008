import { isObject, type JsonValue } from '../fhir';
import { invalid } from './fhir-claim-error';
import { parseFhirMoney } from './money-text';
import { listOf, type PriorPayments } from './parse-fhir-claim';

const ADJUDICATION = 'http://terminology.hl7.org/CodeSystem/adjudication';

/** What the payer before paid for each item, by its ExplanationOfBenefit. @throws {FhirClaimError} */
export function parsePriorPayments(explanation: JsonValue, currency: string): PriorPayments {
  if (!isObject(explanation) || explanation['resourceType'] !== 'ExplanationOfBenefit') {
    throw invalid('ExplanationOfBenefit', 'must be an ExplanationOfBenefit.');
  }
  const rows = listOf(explanation['item'], 'ExplanationOfBenefit.item').map(({ value, path }) => {
    const benefit = listOf(value['adjudication'], `${path}.adjudication`).find(({ value: one }) => isBenefit(one['category']));
    return [
      Number(value['sequence']),
      benefit === undefined ? 0 : parseFhirMoney(benefit.value['amount'], `${benefit.path}.amount`, currency),
    ] as const;
  });
  return new Map(rows);
}

function isBenefit(category: JsonValue | undefined): boolean {
  const codings = isObject(category) ? listOf(category['coding'], 'category') : [];
  return codings.some(({ value }) => value['system'] === ADJUDICATION && value['code'] === 'benefit');
}
