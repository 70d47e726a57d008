import { FhirError, placeIn } from './fhir-error';
import { isObject, type JsonObject, type JsonValue } from './json-value';
import { isResourceType } from './resource-type';

const ELEMENT = /^_?[A-Za-z][A-Za-z0-9]{0,63}$/;
/** Elements that are objects or lists of objects wherever they occur in R4; import relies on what is in them. */
const COMPLEX = new Set(['meta', 'text', 'contained', 'extension', 'modifierExtension', 'subject', 'patient', 'identifier', 'coding']);
/** Elements of those names that are text in some types. */
const ALSO_TEXT = new Set(['text', 'identifier']);

/**
 * Checks what FHIR's JSON format asks of every element, whatever its type (https://hl7.org/fhir/R4/json.html): names of elements, nothing
 * empty, null only inside lists of primitives, no list in a list, known types of contained resources.
 * @throws {FhirError} BUNDLE_INVALID
 */
export function assertElements(resource: JsonObject, place: string): void {
  checkObject(resource, place);
}

function checkObject(object: JsonObject, place: string): void {
  const names = Object.keys(object);
  if (names.length === 0) throw invalid(place, 'must not be an empty object');
  const { resourceType } = object;
  if (resourceType !== undefined && (typeof resourceType !== 'string' || !isResourceType(resourceType))) {
    throw invalid(placeIn(place, 'resourceType'), 'must be a resource type of FHIR R4');
  }
  for (const name of names) {
    const inside = placeIn(place, name);
    if (!ELEMENT.test(name)) throw invalid(inside, 'is not the name of an element');
    checkElement(object[name], { name, place: inside });
  }
}

type Element = { readonly name: string; readonly place: string };

function checkElement(value: JsonValue | undefined, { name, place }: Element): void {
  if (Array.isArray(value)) checkList(value, { name, place });
  else if (value === null) throw invalid(place, 'must not be null');
  else checkItem(value, { name, place });
}

function checkList(list: readonly JsonValue[], { name, place }: Element): void {
  if (list.length === 0) throw invalid(place, 'must not be an empty list');
  list.forEach((item, at) => {
    const inside = placeIn(place, at);
    if (Array.isArray(item)) throw invalid(inside, 'must not be a list in a list');
    // A primitive that has only extensions is null here, its extensions stand in _name (json.html#primitive).
    if (item !== null) checkItem(item, { name, place: inside });
  });
}

function checkItem(value: JsonValue | undefined, { name, place }: Element): void {
  if (value === '') throw invalid(place, 'must not be an empty string');
  if (isObject(value)) checkObject(value, place);
  else if (isMeantComplex(name, value)) throw invalid(place, 'must be an object');
}

function isMeantComplex(name: string, value: JsonValue | undefined): boolean {
  if (!COMPLEX.has(name) || value === undefined) return false;
  return typeof value !== 'string' || !ALSO_TEXT.has(name);
}

function invalid(place: string, problem: string): FhirError {
  return new FhirError('BUNDLE_INVALID', place, `${problem}.`);
}
