import { isPrimitiveType, type InternalTypeSchema } from '@medplum/core';
import { parseNumber, type JsonObject, type JsonValue } from '../fhir/json-value';
import { newError } from '../problem';
import { isResource } from './is-resource';
import { fieldsOf, findType, type Field } from '../validation';
import { fhirNamespace, schemaInstanceNamespace } from './namespaces';
import { isNarrative } from './read-narrative';
import { readXml, type XmlElement } from './xml-reader';

const numbers = new Set(['decimal', 'integer', 'positiveInt', 'unsignedInt']);
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/**
 * Reads a resource in FHIR's XML (R4 xml.html) as what it is in JSON, losing nothing: digits of numbers, ids and extensions of primitive elements, the
 * narrative as it stands. What the definitions do not have is refused; whether the resource is valid is not asked here.
 * @throws CodedError FHIR_XML_INVALID; it names the element and repeats no value
 */
export function parseFhirXml(text: string): JsonObject {
  return new FhirXmlReader(text).resource(readXml(text), '');
}

class FhirXmlReader {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  resource(element: XmlElement, path: string): JsonObject {
    const { name } = element;
    const schema = namespaceOf(element) === fhirNamespace && /^[A-Z]\w*$/.test(name) ? findType(name) : undefined;
    if (schema?.kind !== 'resource') throw invalid(path === '' ? 'The document' : path, 'must be a resource of FHIR R4 in its namespace');
    const place = path === '' ? name : path;
    assertAttributes(element, [], place);
    return { resourceType: name, ...this.#children(element, schema, place) };
  }

  /** An element of a complex type: its id, and the url of an extension, are attributes. */
  #object(element: XmlElement, schema: InternalTypeSchema, path: string): JsonObject {
    const own = schema.name === 'Extension' ? ['id', 'url'] : ['id'];
    assertAttributes(element, own, path);
    const attributes = own.flatMap<[string, JsonValue]>((name) => {
      const value = element.attributes.get(name);
      return value === undefined ? [] : [[name, value]];
    });
    return { ...Object.fromEntries(attributes), ...this.#children(element, schema, path, own) };
  }

  #children(element: XmlElement, schema: InternalTypeSchema, path: string, attributes: readonly string[] = []): JsonObject {
    if (element.hasText) throw invalid(path, 'must hold elements only');
    const fields = fieldsOf(schema);
    const object: JsonObject = {};
    for (const [name, children] of groupByName(element.children)) {
      const field = attributes.includes(name) ? undefined : fields.get(name);
      const place = `${path}.${field === undefined ? '(an unknown name)' : name}`;
      if (field === undefined) throw invalid(place, 'is not an element that this type has');
      if (children.length > 1 && field.element.isArray !== true) throw invalid(place, 'occurs more than once');
      Object.assign(object, this.#property(children, field, { name, path: place }));
    }
    return object;
  }

  #property(children: readonly XmlElement[], field: Field, { name, path }: { readonly name: string; readonly path: string }): JsonObject {
    const { isArray = false } = field.element;
    if (isPrimitiveType(field.type) && field.type !== 'xhtml') return this.#primitives(children, field, { name, path });
    const values = children.map((child, at) => this.#complex(child, field, isArray ? `${path}[${String(at)}]` : path));
    return { [name]: isArray ? values : (values[0] ?? null) };
  }

  #complex(child: XmlElement, { type }: Field, path: string): JsonValue {
    if (type === 'xhtml') {
      if (!isNarrative(child)) throw invalid(path, 'must be a div of XHTML that declares its namespace itself, without prefixes');
      return this.#text.slice(child.start, child.end);
    }
    assertNamespace(child, path);
    if (!isResource(type)) return this.#object(child, schemaOf(type, path), path);
    const [resource, ...others] = child.children;
    assertAttributes(child, [], path);
    if (resource === undefined || others.length > 0 || child.hasText) throw invalid(path, 'must hold one resource');
    return this.resource(resource, path);
  }

  /** Values, and beside them ids and extensions (FHIR R4 json.html#primitive). */
  #primitives(
    children: readonly XmlElement[],
    { type, element }: Field,
    { name, path }: { readonly name: string; readonly path: string },
  ): JsonObject {
    const read = children.map((child) => {
      assertNamespace(child, path);
      assertAttributes(child, ['id', 'value'], path);
      const id = child.attributes.get('id');
      const more = { ...(id === undefined ? {} : { id }), ...this.#children(child, schemaOf('Element', path), path, ['id']) };
      return { value: parseValue(child.attributes.get('value'), type), more: Object.keys(more).length === 0 ? null : more };
    });
    const values = read.map(({ value }) => value);
    const mores = read.map(({ more }) => more);
    if (values.every((value) => value === null) && mores.every((more) => more === null)) throw invalid(path, 'must not be empty');
    const isArray = element.isArray === true;
    return {
      ...(values.some((value) => value !== null) ? { [name]: isArray ? values : (values[0] ?? null) } : {}),
      ...(mores.some((more) => more !== null) ? { [`_${name}`]: isArray ? mores : (mores[0] ?? null) } : {}),
    };
  }
}

function groupByName(elements: readonly XmlElement[]): ReadonlyMap<string, readonly XmlElement[]> {
  const groups = new Map<string, XmlElement[]>();
  for (const element of elements) {
    const group = groups.get(element.name);
    if (group === undefined) groups.set(element.name, [element]);
    else group.push(element);
  }
  return groups;
}

/** A value that is not of its type stays a text, for the validation to refuse. */
function parseValue(text: string | undefined, type: string): JsonValue {
  if (text === undefined) return null;
  if (numbers.has(type) && NUMBER.test(text)) return parseNumber(text);
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

function schemaOf(type: string, path: string): InternalTypeSchema {
  const schema = findType(type);
  if (schema === undefined) throw invalid(path, 'has no definition here');
  return schema;
}

function namespaceOf({ namespaces, prefix }: XmlElement): string | undefined {
  return namespaces.get(prefix);
}

function assertNamespace(element: XmlElement, path: string): void {
  if (namespaceOf(element) !== fhirNamespace) throw invalid(path, 'must be in the namespace of FHIR');
}

/** Declarations of namespaces, and where their schemas are, say nothing. */
function assertAttributes({ attributes, namespaces }: XmlElement, allowed: readonly string[], path: string): void {
  for (const name of attributes.keys()) {
    const [prefix = '', ...rest] = name.split(':');
    const isAside = name === 'xmlns' || prefix === 'xmlns' || (rest.length > 0 && namespaces.get(prefix) === schemaInstanceNamespace);
    if (!isAside && !allowed.includes(name)) throw invalid(path, 'has an attribute that it must not have');
  }
}

function invalid(path: string, problem: string): Error {
  return newError('FHIR_XML_INVALID', `${path} ${problem}`, { details: { place: path } });
}
