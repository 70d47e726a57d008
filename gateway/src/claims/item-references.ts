import { isObject, type JsonObject, type JsonValue } from '../fhir';
import { listOf } from './list-of';

/** A record that an item of a claim names: its FHIR type and its reference, as far as the claim tells them. */
export interface ItemReference {
  readonly type: string | undefined;
  readonly reference: string | undefined;
}

/** The records that an item of a FHIR Claim names: what was done, its encounter, what it was for. @throws {FhirClaimError} */
export function itemReferencesOf(claim: JsonObject, item: JsonObject): ItemReference[] {
  const bySequence = (numbers: string, list: string, element: string): ItemReference[] => {
    const sequences = item[numbers];
    if (!Array.isArray(sequences)) return [];
    return listOf(claim[list], `Claim.${list}`)
      .filter(({ value }) => sequences.includes(value['sequence'] ?? null))
      .map(({ value }) => readReference(value[element]));
  };
  const ofType = (type: string, references: readonly ItemReference[]): ItemReference[] =>
    references.map(({ reference }) => ({ type, reference }));
  const named = (numbers: string, type: string): ItemReference[] => (item[numbers] === undefined ? [] : [{ type, reference: undefined }]);
  const prescription = claim['prescription'] === undefined ? [] : [readReference(claim['prescription'])];
  return [
    ...named('procedureSequence', 'Procedure'),
    ...ofType('Procedure', bySequence('procedureSequence', 'procedure', 'procedureReference')),
    ...bySequence('informationSequence', 'supportingInfo', 'valueReference'),
    ...prescription.map(({ type = 'MedicationRequest', reference }) => ({ type, reference })),
    ...ofType(
      'Encounter',
      listOf(item['encounter'], 'Claim.item.encounter').map(({ value }) => readReference(value)),
    ),
    ...named('diagnosisSequence', 'Condition'),
    ...ofType('Condition', bySequence('diagnosisSequence', 'diagnosis', 'diagnosisReference')),
  ];
}

function readReference(value: JsonValue | undefined): ItemReference {
  const { type, reference: text } = isObject(value) ? value : {};
  const reference = typeof text === 'string' ? text : undefined;
  const named = reference === undefined ? undefined : /(?:^|\/)([A-Z][A-Za-z]+)\/[A-Za-z0-9.-]{1,64}$/.exec(reference)?.[1];
  return { type: typeof type === 'string' ? type : named, reference };
}
