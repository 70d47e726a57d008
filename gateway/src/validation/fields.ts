import { capitalize, type InternalSchemaElement, type InternalTypeSchema } from '@medplum/core';

/** A property that an object may have in JSON: of a choice, one of its types. */
export interface Field {
  /** The element's name in its definition: `value[x]`. */
  readonly name: string;
  readonly element: InternalSchemaElement;
  /** The FHIR type of its values. */
  readonly type: string;
}

const known = new WeakMap<InternalTypeSchema, ReadonlyMap<string, Field>>();

/** The properties of a type's JSON by their names. */
export function fieldsOf(schema: InternalTypeSchema): ReadonlyMap<string, Field> {
  const before = known.get(schema);
  if (before !== undefined) return before;
  const fields = new Map(Object.entries(schema.elements).flatMap(([name, element]) => fieldsOfElement(name, element)));
  known.set(schema, fields);
  return fields;
}

function fieldsOfElement(name: string, element: InternalSchemaElement): [string, Field][] {
  if (!name.endsWith('[x]')) return [[name, { name, element, type: element.type[0]?.code ?? '' }]];
  return element.type.map(({ code }) => [name.slice(0, -3) + capitalize(code), { name, element, type: code }]);
}
