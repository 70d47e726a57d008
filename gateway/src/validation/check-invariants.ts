import { evalFhirPathTyped, parseFhirPath, UCUM, type FhirPathAtom, type InternalTypeSchema, type TypedValue } from '@medplum/core';
import type { JsonObject } from '../fhir/json-value';
import { invariantIssue, typeOf, type Issue } from './issue';

/** Held against every element by the library (ext-1), by this room (ref-1), or by nobody: see docs/reference/fhir-validation.md. */
const ELSEWHERE = new Set(['ext-1', 'ref-1', 'dom-3', 'txt-1', 'txt-2']);
const parsed = new Map<string, FhirPathAtom>();

/** The object that invariants are held against, the resource it is in, and the one that contains that. */
export interface Scope {
  readonly object: JsonObject;
  readonly path: string;
  readonly resource: JsonObject;
  readonly root: JsonObject;
}

/**
 * The invariants that an object's own type brings with it (per-1 of every Period), which the library leaves out below the root.
 * One that cannot be told, by FHIRPath an empty answer, is not broken.
 */
export function checkInvariants(schema: InternalTypeSchema, scope: Scope): Issue[] {
  return (schema.constraints ?? []).flatMap(({ key, description, expression }) => {
    if (ELSEWHERE.has(key) || !isFalse(expression, schema.name, scope)) return [];
    return [invariantIssue(scope.path, key, description)];
  });
}

function isFalse(expression: string, type: string, { object, resource, root }: Scope): boolean {
  const atom = parsed.get(expression) ?? parseFhirPath(expression);
  parsed.set(expression, atom);
  const context: TypedValue = { type, value: object };
  const variables = {
    '%context': context,
    '%resource': typed(resource),
    '%rootResource': typed(root),
    '%ucum': { type: 'string', value: UCUM },
  };
  try {
    const [answer, ...more] = evalFhirPathTyped(atom, [context], variables);
    return answer?.value === false && more.length === 0;
  } catch {
    return false;
  }
}

function typed(resource: JsonObject): TypedValue {
  return { type: typeOf(resource), value: resource };
}
