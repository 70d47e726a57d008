import { searchTable } from './search-table';

/** How values are compared; `code` is a token without a system of its own, `dates` a date that may be there several times. */
export type SearchKind = 'token' | 'code' | 'string' | 'date' | 'dates' | 'reference';

/** A search parameter of FHIR R4 that is answered from the search index. */
export interface SearchDefinition {
  readonly name: string;
  readonly kind: SearchKind;
  /** Elements whose values are searched, as steps; `telecom[phone]` is those of that system. */
  readonly paths: readonly (readonly string[])[];
}

const definitions = new Map(
  Object.entries(searchTable).map(([type, rows]) => [type, Object.entries(rows).map(([name, row]) => parseDefinition(name, row))]),
);

function parseDefinition(name: string, row: string): SearchDefinition {
  const [kind = '', ...paths] = row.split(' ');
  return { name, kind: kind as SearchKind, paths: paths.map((path) => path.split('.')) };
}

/** Every type that has search parameters of its own. */
export const searchedTypes: readonly string[] = [...definitions.keys()];

/** The search parameters of a type, by their names' order. */
export function searchDefinitionsOf(type: string): readonly SearchDefinition[] {
  return definitions.get(type) ?? [];
}

export function findSearchDefinition(type: string, name: string): SearchDefinition | undefined {
  return searchDefinitionsOf(type).find((definition) => definition.name === name);
}
