import { OperationOutcomeError, validateResource } from '@medplum/core';
import type { OperationOutcomeIssue, Resource, StructureDefinition } from '@medplum/fhirtypes';
import { isObject, type JsonObject, type JsonValue } from '../fhir/json-value';
import { invariantIssue, newIssue, typeOf, type Issue, type Rule } from './issue';

/** What the library's sentences stand for; they are not repeated, for some quote the resource. */
const SENTENCES: readonly (readonly [RegExp, Rule])[] = [
  [/^Missing required property/, 'required-element'],
  [/^Invalid number of values/, 'cardinality'],
  [/^Value did not match/, 'fixed-value'],
  [/^Invalid (?:empty|null|undefined)/, 'empty'],
  [/^Invalid additional/, 'unknown-element'],
  [/^Incorrect number of values provided for slice/, 'slice'],
  [/^(?:Expected (?:array|single)|Invalid JSON type)/, 'data-type'],
];

/**
 * Holds a resource against the definition of its type, or a profile's: structure, cardinality, formats, fixed values, slices and
 * invariants, as `@medplum/core` does. What it calls warnings is left out.
 */
export function checkDefinition(resource: JsonObject, profile?: StructureDefinition): Issue[] {
  const found = collect(resource, profile);
  const unevaluated = new Set(found.filter(({ code }) => code === 'processing').map(keyOf));
  return found.flatMap((issue) => {
    // An expression that the library cannot evaluate says nothing of the resource.
    if (issue.severity !== 'error' || unevaluated.has(keyOf(issue))) return [];
    return [translate(issue, resource)];
  });
}

function collect(resource: JsonObject, profile: StructureDefinition | undefined): readonly OperationOutcomeIssue[] {
  try {
    return validateResource(resource as unknown as Resource, profile && { profile });
  } catch (error) {
    if (error instanceof OperationOutcomeError) return error.outcome.issue;
    // It stumbles over shapes that are reported already.
    return [{ severity: 'error', code: 'structure', details: { text: 'Invalid JSON type' }, expression: [typeOf(resource)] }];
  }
}

function keyOf({ expression, diagnostics }: OperationOutcomeIssue): string {
  const { fhirpath } = JSON.parse(diagnostics ?? '{}') as { fhirpath?: string };
  return JSON.stringify([expression, fhirpath]);
}

function translate({ code, details, expression }: OperationOutcomeIssue, resource: JsonObject): Issue {
  const path = nameChoices(expression?.[0] ?? '', resource);
  const text = details?.text ?? '';
  const [, key, rule = ''] = (code === 'invariant' && /^Constraint (\S+) not met: (.*)$/s.exec(text)) || [];
  return key === undefined ? newIssue(path, ruleOf(text)) : invariantIssue(path, key, rule);
}

function ruleOf(text: string): Rule {
  return SENTENCES.find(([sentence]) => sentence.test(text))?.[1] ?? 'format';
}

/** The path with choices by the name they have in the resource: `Observation.valueQuantity` for `Observation.value[x]`. */
function nameChoices(path: string, resource: JsonObject): string {
  if (!path.includes('[x]')) return path;
  let at: JsonValue | undefined = resource;
  const [type = '', ...segments] = path.split('.');
  return segments.reduce((place, segment) => {
    const [, stem = segment, index] = /^(\w+)(?:\[x\])?(?:\[(\d+)\])?$/.exec(segment) ?? [];
    const name = segment.includes('[x]') ? nameOfChoice(at, stem) : stem;
    at = isObject(at) ? at[name] : undefined;
    if (index !== undefined && Array.isArray(at)) at = at[Number(index)];
    return `${place}.${name}${index === undefined ? '' : `[${index}]`}`;
  }, type);
}

function nameOfChoice(object: JsonValue | undefined, stem: string): string {
  const names = isObject(object) ? Object.keys(object) : [];
  return names.find((name) => name.startsWith(stem) && /^[A-Z]/.test(name.slice(stem.length))) ?? `${stem}[x]`;
}
