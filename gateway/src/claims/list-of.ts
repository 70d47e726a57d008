import { isObject, type JsonObject, type JsonValue } from '../fhir';
import { invalid } from './fhir-claim-error';

/** An element of a list, and where it stands. */
export type Item = { readonly value: JsonObject; readonly path: string };

/** The elements of a list that may be left out. @throws {FhirClaimError} for what is no list of elements */
export function listOf(value: JsonValue | undefined, path: string): Item[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw invalid(path, 'must be a list.');
  return value.map((item, at) => {
    if (!isObject(item)) throw invalid(`${path}[${String(at)}]`, 'must be an element.');
    return { value: item, path: `${path}[${String(at)}]` };
  });
}
