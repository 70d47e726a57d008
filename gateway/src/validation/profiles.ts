import { getNestedProperty, parseStructureDefinition, type InternalTypeSchema, type TypedValue } from '@medplum/core';
import type { StructureDefinition } from '@medplum/fhirtypes';
import { isObject, type JsonObject, type JsonValue } from '../fhir/json-value';
import { isBound } from './check-binding';
import { checkDefinition } from './check-definition';
import { findCodes } from './definitions';
import type { Codes } from './expand-value-set';
import { newIssue, typeOf, type Issue } from './issue';

/** A profile that resources may name. */
export interface Profile {
  readonly definition: StructureDefinition;
  readonly schema: InternalTypeSchema;
}

/** The profiles of an organisation, and what a resource gets that names another one. */
export interface Profiles {
  /** By canonical URL, and by URL and version. */
  readonly byCanonical: ReadonlyMap<string, Profile>;
  readonly codes: ReadonlyMap<string, Codes>;
  readonly unknown: 'ignore' | 'refuse';
}

/** A profile as it is held against resources. @throws Error for one that the library cannot use */
export function newProfile(definition: StructureDefinition): Profile {
  return { definition, schema: parseStructureDefinition(definition) };
}

/** Whether a resource of this type can be held against a profile: one that was configured, or the type's own definition. */
export function isKnownProfile(canonical: string, type: string, profiles: Profiles | undefined): boolean {
  return isOwnDefinition(canonical, type) || profiles?.byCanonical.get(canonical)?.definition.type === type;
}

/** Holds a resource against one profile, named by its sender or not. */
export function checkAgainst(resource: JsonObject, canonical: string, profiles: Profiles | undefined): Issue[] {
  const profile = profiles?.byCanonical.get(canonical);
  return profile?.definition.type === typeOf(resource) && profiles !== undefined ? checkProfile(resource, profile, profiles.codes) : [];
}

function isOwnDefinition(canonical: string, type: string): boolean {
  return canonical.split('|', 1)[0] === `http://hl7.org/fhir/StructureDefinition/${type}`;
}

/** Holds a resource against the profiles that its meta.profile names. */
export function checkProfiles(resource: JsonObject, profiles: Profiles | undefined): Issue[] {
  if (profiles === undefined) return [];
  const type = typeOf(resource);
  return namedBy(resource).flatMap((canonical, at) => {
    const profile = profiles.byCanonical.get(canonical);
    if (profile?.definition.type === type) return checkProfile(resource, profile, profiles.codes);
    return profile !== undefined || profiles.unknown === 'refuse' ? [newIssue(`${type}.meta.profile[${String(at)}]`, 'profile')] : [];
  });
}

function namedBy(resource: JsonObject): string[] {
  const named = isObject(resource['meta']) ? resource['meta']['profile'] : undefined;
  return Array.isArray(named) ? named.filter((one) => typeof one === 'string') : [];
}

function checkProfile(resource: JsonObject, { definition, schema }: Profile, codes: ReadonlyMap<string, Codes>): Issue[] {
  const root = { type: schema.type, value: resource, path: schema.type };
  const unbound = Object.entries(schema.elements).flatMap(([name, { binding }]) => {
    const listed = binding?.strength === 'required' ? findIn(codes, binding.valueSet ?? '') : undefined;
    if (listed === undefined) return [];
    const values = getNestedProperty(root, name, { withPath: true }).flat();
    return values.filter((value) => !isOf(listed, value)).map(({ path }) => newIssue(path, 'binding'));
  });
  return [...checkDefinition(resource, definition), ...unbound];
}

function findIn(codes: ReadonlyMap<string, Codes>, canonical: string): Codes | undefined {
  return codes.get(canonical.split('|', 1)[0] ?? canonical) ?? findCodes(canonical);
}

function isOf(codes: Codes, { type, value }: TypedValue): boolean {
  return value === undefined || isBound(type, value as JsonValue, codes);
}
