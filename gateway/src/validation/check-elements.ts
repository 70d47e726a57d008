import { isPrimitiveType, type ElementType, type InternalTypeSchema } from '@medplum/core';
import { isObject, type JsonObject, type JsonValue } from '../fhir/json-value';
import { isBound } from './check-binding';
import { checkInvariants } from './check-invariants';
import { checkPrimitive } from './check-primitive';
import { checkReference } from './check-reference';
import { findCodes, findType } from './definitions';
import { fieldsOf, type Field } from './fields';
import { newIssue, typeOf, type Issue, type Rule } from './issue';

/** What a walk over a resource found: issues, and the elements of types whose format is judged here and not by the library. */
export interface Walked {
  readonly issues: readonly Issue[];
  readonly judged: ReadonlySet<string>;
}

/** Holds a resource against what the library does not check: docs/reference/fhir-validation.md lists it. */
export function checkElements(resource: JsonObject): Walked {
  const walk = new Walk(resource);
  walk.resource(resource, typeOf(resource));
  return walk;
}

const ID = /^[A-Za-z0-9.-]{1,64}$/;
const JUDGED_HERE = new Set(['base64Binary', 'xhtml']);

class Walk implements Walked {
  readonly issues: Issue[] = [];
  readonly judged = new Set<string>();
  readonly #root: JsonObject;
  readonly #contained: ReadonlySet<string>;
  #resource: JsonObject;

  constructor(root: JsonObject) {
    this.#root = root;
    this.#resource = root;
    const contained = Array.isArray(root['contained']) ? root['contained'] : [];
    this.#contained = new Set(contained.flatMap((one) => (isObject(one) && typeof one['id'] === 'string' ? [one['id']] : [])));
  }

  resource(resource: JsonObject, path: string): void {
    const schema = findResourceType(resource['resourceType']);
    if (schema === undefined) {
      this.#report(`${path}.resourceType`, 'resource-type');
      return;
    }
    const outer = this.#resource;
    this.#resource = resource;
    this.#object(resource, schema, path);
    this.#resource = outer;
  }

  #object(object: JsonObject, schema: InternalTypeSchema, path: string): void {
    const fields = fieldsOf(schema);
    const chosen = new Map<string, string>();
    for (const [property, value] of Object.entries(object)) {
      const name = property.startsWith('_') ? property.slice(1) : property;
      const field = fields.get(name);
      const place = `${path}.${property}`;
      if (field !== undefined) {
        if ((chosen.get(field.name) ?? name) !== name) this.#report(place, 'choice');
        chosen.set(field.name, name);
        this.#property(value, property === name ? field : extensionsOf(field), place);
      } else if (property !== 'resourceType') this.#report(place, 'unknown-element');
    }
    this.#id(object, schema, path);
    // Those of backbone elements stand in the resource's definition, those of the root are the library's.
    if (schema.kind === undefined || object === this.#root) return;
    this.issues.push(...checkInvariants(schema, { object, path, resource: this.#resource, root: this.#root }));
  }

  /** R4 writes down the type of a resource's id as string, and means id. */
  #id({ id }: JsonObject, { kind }: InternalTypeSchema, path: string): void {
    if (kind === 'resource' && typeof id === 'string' && !ID.test(id)) this.#report(`${path}.id`, 'format');
  }

  #property(value: JsonValue, field: Field, place: string): void {
    if (Array.isArray(value) !== Boolean(field.element.isArray)) this.#report(place, 'data-type');
    else if (isEmpty(value)) this.#report(place, 'empty');
    else if (Array.isArray(value)) value.forEach((item, at) => this.#value(item, field, `${place}[${String(at)}]`));
    else this.#value(value, field, place);
  }

  #value(value: JsonValue, field: Field, place: string): void {
    if (value === null) return;
    if (isEmpty(value)) this.#report(place, 'empty');
    else if (isPrimitiveType(field.type)) this.#primitive(value, field, place);
    else if (!isObject(value)) this.#report(place, 'data-type');
    else this.#complex(value, field, place);
    this.#binding(value, field, place);
  }

  #primitive(value: JsonValue, { type }: Field, place: string): void {
    if (JUDGED_HERE.has(type)) this.judged.add(place);
    this.#report(place, checkPrimitive(type, value));
  }

  #complex(value: JsonObject, { type, element }: Field, place: string): void {
    if (type === 'Resource') {
      this.resource(value, place);
      return;
    }
    const schema = findType(type);
    if (schema !== undefined) this.#object(value, schema, place);
    if (type === 'Reference') this.#report(place, checkReference(value, referenceTypes(element.type), this.#contained));
  }

  #binding(value: JsonValue, { type, element }: Field, place: string): void {
    if (element.binding?.strength !== 'required') return;
    const codes = findCodes(element.binding.valueSet ?? '');
    if (codes !== undefined && !isBound(type, value, codes)) this.#report(place, 'binding');
  }

  #report(path: string, rule: Rule | undefined): void {
    if (rule !== undefined) this.issues.push(newIssue(path, rule));
  }
}

function isEmpty(value: JsonValue): boolean {
  return value === '' || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);
}

function findResourceType(name: JsonValue | undefined): InternalTypeSchema | undefined {
  const schema = typeof name === 'string' ? findType(name) : undefined;
  return schema?.kind === 'resource' ? schema : undefined;
}

/** The `_name` beside a primitive element: its id and extensions. */
function extensionsOf({ name, element }: Field): Field {
  const { binding: _binding, ...rest } = element;
  return { name, element: rest, type: 'Element' };
}

function referenceTypes(types: readonly ElementType[]): readonly ElementType[] {
  return types.filter(({ code }) => code === 'Reference');
}
