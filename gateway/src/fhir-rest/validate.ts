import { FhirError, isObject, parseLosslessJson, type JsonObject, type JsonValue } from '../fhir';
import { newError } from '../problem';
import { isKnownProfile, validateResource, type Issue, type Profiles } from '../validation';
import { newNotice } from './operation-outcome';

const modes = ['create', 'update', 'delete', 'profile'];

export interface ValidationRequest {
  readonly type: string;
  /** Of the resource that would be updated or deleted. */
  readonly id?: string | undefined;
  /** Where the address says it; Parameters in the body may, too. */
  readonly mode?: string | undefined;
  readonly profile?: string | undefined;
}

interface Asked {
  readonly resource: JsonObject | undefined;
  readonly mode: string | undefined;
  readonly profile: string | undefined;
}

/**
 * Answers `$validate` (FHIR R4 resource-operation-validate.html): an OperationOutcome with everything that keeps the resource from being written.
 * Nothing is written, and nothing that is held here is told of.
 * @param text the resource, or Parameters with `resource`, `mode` and `profile`
 * @throws FhirError BUNDLE_NOT_JSON, BUNDLE_INVALID; CodedError REQUEST_INVALID
 */
export function answerValidation(text: string, request: ValidationRequest, profiles: Profiles | undefined): JsonObject {
  const { type } = request;
  const { resource, mode, profile } = readAsked(text, request);
  if (mode !== undefined && !modes.includes(mode)) throw newError('REQUEST_INVALID', `mode: must be ${modes.join(', ')}`);
  if (mode === 'delete' && resource === undefined)
    return newNotice('information', 'informational', 'Nothing but its being held decides whether it can be deleted');
  if (resource?.['resourceType'] !== type)
    throw new FhirError('BUNDLE_INVALID', 'resourceType', 'must be the type that the address names.');
  const issues = [...validateResource(resource, { profiles, profile }), ...checkRequest(resource, request, { mode, profile, profiles })];
  if (issues.length === 0) return newNotice('information', 'informational', 'The resource is valid');
  return { resourceType: 'OperationOutcome', issue: issues.map(newIssue) };
}

type Wanted = Pick<Asked, 'mode' | 'profile'> & { readonly profiles: Profiles | undefined };

/** What is wrong with the request for this resource, beside the resource itself. */
function checkRequest(resource: JsonObject, { type, id }: ValidationRequest, { mode, profile, profiles }: Wanted): Issue[] {
  const isOther = mode === 'update' && id !== undefined && resource['id'] !== id;
  const isUnknown = profile !== undefined && !isKnownProfile(profile, type, profiles);
  return [
    ...(isUnknown
      ? [{ path: 'profile', rule: 'profile', problem: 'is not one that resources of this type can be held against here' }]
      : []),
    ...(isOther ? [{ path: `${type}.id`, rule: 'id', problem: 'must be the id that the address names' }] : []),
  ];
}

function readAsked(text: string, request: ValidationRequest): Asked {
  const body = parseLosslessJson(text);
  if (!isObject(body)) throw new FhirError('BUNDLE_INVALID', 'The body', 'must be a resource, or Parameters.');
  const given = { mode: request.mode, profile: request.profile };
  if (body['resourceType'] !== 'Parameters' || request.type === 'Parameters') return { resource: body, ...given };
  const parts = new Map((Array.isArray(body['parameter']) ? body['parameter'] : []).filter(isObject).map((part) => [part['name'], part]));
  const resource = parts.get('resource')?.['resource'];
  return {
    resource: isObject(resource) ? resource : undefined,
    mode: given.mode ?? textOf(parts.get('mode'), ['valueCode', 'valueString']),
    profile: given.profile ?? textOf(parts.get('profile'), ['valueUri', 'valueCanonical', 'valueString']),
  };
}

function textOf(part: JsonObject | undefined, names: readonly string[]): string | undefined {
  return names.map((name): JsonValue | undefined => part?.[name]).find((value) => typeof value === 'string');
}

/** FHIR's words for the rules of validation (R4 valueset-issue-type.html); what has none is an invariant. */
const issueTypes: Readonly<Record<string, string>> = {
  'required-element': 'required',
  binding: 'code-invalid',
  format: 'value',
  'data-type': 'structure',
  'unknown-element': 'structure',
  'resource-type': 'structure',
  cardinality: 'structure',
  choice: 'structure',
  slice: 'structure',
  empty: 'structure',
  'fixed-value': 'value',
  'reference-format': 'value',
  'reference-target': 'value',
  profile: 'not-supported',
  id: 'value',
};

function newIssue({ path, rule, problem }: Issue): JsonObject {
  const code = issueTypes[rule] ?? 'invariant';
  const details = { coding: [{ system: 'urn:medaccord:error', code: 'FHIR_INVALID' }] };
  return { severity: 'error', code, details, diagnostics: `${problem} [${rule}]`, expression: [path] };
}
