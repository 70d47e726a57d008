import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { getElementDefinitionTypeName } from '@medplum/core';
import type { CodeSystem, ElementDefinition, Resource, StructureDefinition, ValueSet } from '@medplum/fhirtypes';
import { expandValueSet, type Codes } from './expand-value-set';
import { newProfile, type Profile, type Profiles } from './profiles';
import { pruneDefinition } from './prune-definition';

export interface LoadedProfiles extends Profiles {
  /** Profiles that cannot be held against anything, with the reason. */
  readonly unusable: readonly { readonly url: string; readonly reason: string }[];
}

/**
 * Reads the profiles of a folder and its sub-folders: StructureDefinitions of resources, with snapshots, and the value sets and code systems
 * that they bind; other files are passed over. The npm package of an implementation guide, unpacked, is such a folder.
 * @throws Error when the folder cannot be read or a file of it is not JSON
 */
export function loadProfiles(folder: string, unknown: Profiles['unknown']): LoadedProfiles {
  const resources = readResources(folder);
  const byCanonical = new Map<string, Profile>();
  const unusable: { url: string; reason: string }[] = [];
  for (const definition of resources.filter(isProfile)) {
    const { url, version } = definition;
    try {
      const profile = newProfile(withBackbones(pruneDefinition(definition)));
      byCanonical.set(url, profile);
      if (version !== undefined) byCanonical.set(`${url}|${version}`, profile);
    } catch (error) {
      unusable.push({ url, reason: error instanceof Error ? error.message : 'unknown' });
    }
  }
  return { byCanonical, codes: expandAll(resources), unknown, unusable };
}

function readResources(folder: string): Resource[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.json'));
  return files.map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Resource);
}

function isProfile(resource: Resource): resource is StructureDefinition {
  return resource.resourceType === 'StructureDefinition' && resource.kind === 'resource' && resource.derivation === 'constraint';
}

function expandAll(resources: readonly Resource[]): ReadonlyMap<string, Codes> {
  const systems = new Map(resources.filter((one): one is CodeSystem => one.resourceType === 'CodeSystem').map((one) => [one.url, one]));
  const valueSets = resources.filter((one): one is ValueSet => one.resourceType === 'ValueSet');
  return new Map(
    valueSets.flatMap((valueSet) => {
      const codes = expandValueSet(valueSet, (url) => systems.get(url));
      return codes === undefined || valueSet.url === undefined ? [] : [[valueSet.url, codes] as const];
    }),
  );
}

/**
 * The library looks for the parts of backbone elements in R4's own definition, whatever a profile says of them, unless the profile
 * names their type: then it takes them for elements of the resource.
 */
function withBackbones(definition: StructureDefinition): StructureDefinition {
  const element = (definition.snapshot?.element ?? []).map((one, at) => (at === 0 ? one : withBackbone(one)));
  return { ...definition, snapshot: { element } };
}

function withBackbone(element: ElementDefinition): ElementDefinition {
  const [type] = element.type ?? [];
  if (type?.code !== 'BackboneElement' && type?.code !== 'Element') return element;
  return { ...element, type: [{ ...type, code: getElementDefinitionTypeName(element) }] };
}
