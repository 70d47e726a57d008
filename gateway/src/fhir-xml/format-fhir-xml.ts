import { isPrimitiveType, type InternalTypeSchema } from '@medplum/core';
import { formatJson, isObject, type JsonObject, type JsonValue } from '../fhir/json-value';
import { newError, readCode } from '../problem';
import { isResource } from './is-resource';
import { fieldsOf, findType, type Field } from '../validation';
import { fhirNamespace } from './namespaces';
import { isNarrative } from './read-narrative';
import { isXmlText, readXml } from './xml-reader';

/**
 * Writes a resource in FHIR's XML (R4 xml.html): elements in the order of their definitions, values as they stand in the JSON.
 * @throws CodedError MEDIA_TYPE_NOT_OFFERED when XML cannot hold it: a narrative that is not XHTML, a character that XML forbids, an element without a
 *   definition. It names the element and repeats no value
 */
export function formatFhirXml(resource: JsonObject): string {
  return `<?xml version="1.0" encoding="UTF-8"?>${formatResource(resource, '', ` xmlns="${fhirNamespace}"`)}`;
}

function formatResource(resource: JsonObject, path: string, attributes = ''): string {
  const { resourceType: name, ...elements } = resource;
  const schema = typeof name === 'string' && /^[A-Z]\w*$/.test(name) ? findType(name) : undefined;
  if (typeof name !== 'string' || schema?.kind !== 'resource') throw impossible(path, 'is not a resource of FHIR R4');
  return formatElement(name, attributes, formatChildren(elements, schema, path === '' ? name : path));
}

function formatChildren(object: JsonObject, schema: InternalTypeSchema, path: string): string {
  const fields = fieldsOf(schema);
  const unknown = Object.keys(object).some((name) => !fields.has(name.replace(/^_/, '')));
  if (unknown) throw impossible(path, 'has an element without a definition');
  const parts: string[] = [];
  for (const [name, field] of fields) {
    const [value, more] = [object[name], object[`_${name}`]];
    if (value !== undefined || more !== undefined) parts.push(formatProperty({ name, value, more }, field, `${path}.${name}`));
  }
  return parts.join('');
}

interface Property {
  readonly name: string;
  readonly value: JsonValue | undefined;
  /** Ids and extensions of primitive values. */
  readonly more: JsonValue | undefined;
}

function formatProperty({ name, value, more }: Property, field: Field, path: string): string {
  const values = listOf(value);
  const mores = listOf(more);
  const items = Array.from({ length: Math.max(values.length, mores.length) }, (_, at) => ({ name, value: values[at], more: mores[at] }));
  return items.map((item, at) => formatItem(item, field, items.length === 1 ? path : `${path}[${String(at)}]`)).join('');
}

function formatItem({ name, value, more }: Property, { type }: Field, path: string): string {
  if (type === 'xhtml') return formatNarrative(value, path);
  if (isPrimitiveType(type)) return formatPrimitive({ name, value, more }, path);
  if (!isObject(value)) throw impossible(path, 'is not an object');
  if (isResource(type)) return formatElement(name, '', formatResource(value, path));
  return formatObject(name, value, type, path);
}

/** An element of a complex type: its id, and the url of an extension, are attributes. */
function formatObject(name: string, value: JsonObject, type: string, path: string): string {
  const own = type === 'Extension' ? ['id', 'url'] : ['id'];
  const attributes = own.map((attribute) => formatAttribute(attribute, value[attribute], path)).join('');
  const rest = Object.fromEntries(Object.entries(value).filter(([property]) => !own.includes(property)));
  return formatElement(name, attributes, formatChildren(rest, schemaOf(type, path), path));
}

function formatPrimitive({ name, value, more }: Property, path: string): string {
  const { id, ...rest } = isObject(more) ? more : {};
  const attributes = formatAttribute('id', id, path) + formatAttribute('value', value ?? undefined, path);
  return formatElement(name, attributes, formatChildren(rest, schemaOf('Element', path), path));
}

function formatNarrative(value: JsonValue | undefined, path: string): string {
  if (typeof value !== 'string' || !isSound(value)) throw impossible(path, 'is not a div of XHTML that declares its namespace');
  return value.trim();
}

function isSound(text: string): boolean {
  try {
    const root = readXml(text);
    return root.start === text.search(/\S/) && text.slice(root.end).trim() === '' && isNarrative(root);
  } catch (error) {
    if (readCode(error) !== 'FHIR_XML_INVALID') throw error;
    return false;
  }
}

function formatElement(name: string, attributes: string, content: string): string {
  return content === '' ? `<${name}${attributes}/>` : `<${name}${attributes}>${content}</${name}>`;
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

function formatAttribute(name: string, value: JsonValue | undefined, path: string): string {
  if (value === undefined) return '';
  const text = typeof value === 'string' ? value : formatJson(value);
  if (isObject(value) || Array.isArray(value) || value === null || !isXmlText(text))
    throw impossible(path, 'has a value that XML cannot hold');
  return ` ${name}="${text.replaceAll(/[&<>"\t\n\r]/g, (character) => escapes[character] ?? character)}"`;
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

function schemaOf(type: string, path: string): InternalTypeSchema {
  const schema = findType(type);
  if (schema === undefined) throw impossible(path, 'has no definition here');
  return schema;
}

function impossible(path: string, problem: string): Error {
  const place = path === '' ? 'The answer' : path;
  return newError('MEDIA_TYPE_NOT_OFFERED', `${place} ${problem}: it cannot be written in XML; accept application/fhir+json`, {
    details: { place },
  });
}
