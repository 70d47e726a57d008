import { placeIn } from '../fhir/fhir-error';
import type { JsonObject } from '../fhir/json-value';

/** What keeps a resource from being valid. It never repeats a value of the resource: that is somebody's health. */
export interface Issue {
  /** The element: `Patient.contact[0].gender`. */
  readonly path: string;
  /** The key of the FHIR invariant that is broken (`pat-1`), or one of this list's. */
  readonly rule: string;
  /** What must be there, as the rest of a sentence that the path begins. */
  readonly problem: string;
}

/** Rules of FHIR's format, types and element definitions that have no key there. */
export const rules = {
  'resource-type': 'must be a resource type of FHIR R4',
  'unknown-element': 'is not an element that this type has',
  'data-type': 'must have the JSON type of its FHIR type',
  cardinality: 'must occur as often as its definition says',
  'required-element': 'is required',
  empty: 'must not be empty or null',
  format: 'must have the format of its FHIR type',
  choice: 'must be given in one of its types only',
  binding: 'must be of the value set that is required here',
  'fixed-value': 'must have the value that the profile fixes',
  slice: 'must occur as often as the profile says of each of its slices',
  'reference-format': 'must be relative (Type/id), an absolute URI, or # and the id of a contained resource',
  'reference-target': 'must refer to a resource of a type that is allowed here',
  'not-evaluated': 'could not be held against an invariant of its definition',
  profile: 'names a profile that this organisation does not know',
} as const satisfies Readonly<Record<string, string>>;

export type Rule = keyof typeof rules;

export function newIssue(path: string, rule: Rule): Issue {
  return { path, rule, problem: rules[rule] };
}

/** The place as it is told: names that no FHIR element could have are not repeated. */
export function tellPath(path: string): string {
  return path.split('.').reduce((place, segment) => {
    const [, name = '', index = ''] = /^([A-Za-z_][A-Za-z0-9]*(?:\[x\])?)((?:\[\d+\])?)$/.exec(segment) ?? [];
    return name.endsWith('[x]') ? `${place}.${name}${index}` : `${placeIn(place, name)}${index}`;
  }, '');
}

/** An invariant of FHIR's own or of a profile that is not kept; its text is the definition's. */
export function invariantIssue(path: string, key: string, text: string): Issue {
  return { path, rule: key, problem: `must keep this: ${text}` };
}

/** The type of a resource, where the path of each of its elements begins. */
export function typeOf({ resourceType }: JsonObject): string {
  return typeof resourceType === 'string' ? resourceType : 'Resource';
}
