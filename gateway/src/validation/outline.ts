import type { StructureDefinition } from '@medplum/fhirtypes';

/** Names of a resource type's elements; `value[x]` where the type is part of the name. */
export interface Outline {
  /** Those that FHIR marks as part of a summary. */
  readonly summary: readonly string[];
  /** Those that every resource of the type has. */
  readonly mandatory: readonly string[];
}

export function outlineOf({ name, snapshot }: StructureDefinition): Outline {
  const own = (snapshot?.element ?? []).filter(({ path }) => path.startsWith(`${name}.`) && path.split('.').length === 2);
  const namesOf = (elements: typeof own): string[] => elements.map(({ path }) => path.slice(name.length + 1));
  return {
    summary: namesOf(own.filter(({ isSummary }) => isSummary === true)),
    mandatory: namesOf(own.filter(({ min }) => (min ?? 0) > 0)),
  };
}
