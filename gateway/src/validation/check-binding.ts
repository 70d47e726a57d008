import { isObject, type JsonValue } from '../fhir/json-value';
import type { Codes } from './expand-value-set';

/** Whether a code, Coding or CodeableConcept is of a value set; of a concept's codings one must be. Other types are not held against one. */
export function isBound(code: string, value: JsonValue, codes: Codes): boolean {
  if (code === 'CodeableConcept') {
    const codings = isObject(value) ? value['coding'] : undefined;
    return Array.isArray(codings) && codings.some((coding) => hasCoding(codes, coding));
  }
  if (code === 'Coding') return hasCoding(codes, value);
  return typeof value !== 'string' || Object.values(codes).some((listed) => listed.includes(value));
}

function hasCoding(codes: Codes, coding: JsonValue): boolean {
  if (!isObject(coding)) return false;
  const { system, code } = coding;
  return typeof system === 'string' && typeof code === 'string' && Object.hasOwn(codes, system) && (codes[system] ?? []).includes(code);
}
