import { FhirError } from './fhir-error';

/** What a conditional create, update or reference asks for: a resource with this id or these identifier tokens (all of them). */
export type Condition = { readonly id: string | undefined; readonly tokens: readonly string[] };

/**
 * Reads the search of a condition, `identifier=system|value` (FHIR R4 http.html#cond-update). An import answers `identifier` and `_id`.
 * @throws {FhirError} BUNDLE_INVALID, BUNDLE_NOT_SUPPORTED
 */
export function parseCondition(query: string, place: string): Condition {
  const pairs = [...new URLSearchParams(query)];
  if (pairs.length === 0) throw new FhirError('BUNDLE_INVALID', place, 'must be a search such as identifier=system|value.');
  let id: string | undefined;
  const tokens: string[] = [];
  for (const [name, value] of pairs) {
    if (value === '' || value === '|') throw new FhirError('BUNDLE_INVALID', place, 'must have a value for each parameter.');
    if (name === 'identifier' && !value.includes(',')) tokens.push(value);
    else if (name === '_id' && id === undefined) id = value;
    else throw new FhirError('BUNDLE_NOT_SUPPORTED', place, 'may search by identifier (one value each) and _id only.');
  }
  return { id, tokens };
}

/** Tells whether a resource with this id and these tokens fulfils the condition. */
export function isFulfilled(condition: Condition, id: string, tokens: readonly string[]): boolean {
  return (condition.id === undefined || condition.id === id) && condition.tokens.every((token) => tokens.includes(token));
}
