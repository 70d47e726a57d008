import { isObject, type JsonObject, type JsonValue } from '../fhir';
import { bucketsOfRange } from './date-buckets';
import { parseDateSpan, type DateRange, type DateSpan } from './date-range';
import { searchDefinitionsOf, type SearchDefinition } from './search-definitions';
import { newTerm, type Searchable } from './searchable';
import { prefixesOf } from './text-terms';

/** What a resource is searched by: the values of every search parameter of its type. */
export function extractSearchable(resource: JsonObject): Searchable {
  const { resourceType } = resource;
  const type = typeof resourceType === 'string' ? resourceType : '';
  const terms = new Set<string>();
  const dates: Record<string, readonly DateRange[]> = {};
  const texts: Record<string, readonly string[]> = {};
  for (const definition of searchDefinitionsOf(type)) {
    const { name, kind } = definition;
    const values = valuesAt(resource, definition);
    if (values.length === 0) continue;
    if (kind === 'date' || kind === 'dates') dates[name] = values.flatMap(rangesOf);
    if (kind === 'string') texts[name] = [...new Set(values.flatMap(textsOf))];
    for (const text of values.flatMap(namersOf[kind])) terms.add(newTerm(type, name, text));
  }
  return { terms: [...terms], exact: { dates, texts } };
}

/** The values of a parameter in a resource. */
export function valuesAt(resource: JsonObject, { paths }: Pick<SearchDefinition, 'paths'>): JsonValue[] {
  return paths.flatMap((path) => walk(resource, path, 0));
}

function walk(value: JsonValue | undefined, path: readonly string[], at: number): JsonValue[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item) => walk(item, path, at));
  const step = path[at];
  if (step === undefined) return [value];
  if (!isObject(value)) return [];
  const open = step.indexOf('[');
  if (open < 0) return walk(value[step], path, at + 1);
  const system = step.slice(open + 1, -1);
  return walk(value[step.slice(0, open)], path, at + 1).filter((item) => isObject(item) && item['system'] === system);
}

const namersOf: Readonly<Record<SearchDefinition['kind'], (value: JsonValue) => string[]>> = {
  token: tokensOf,
  code: (value) => (typeof value === 'string' || typeof value === 'boolean' ? [formatCode(undefined, String(value))] : []),
  reference: (value) => {
    const reference = isObject(value) ? value['reference'] : value;
    return typeof reference === 'string' ? namesOfReference(reference) : [];
  },
  string: (value) => textsOf(value).flatMap(prefixesOf),
  date: (value) => rangesOf(value).flatMap(bucketsOfRange),
  dates: (value) => rangesOf(value).flatMap(bucketsOfRange),
};

/** The text of a token's value; of a system alone (`code` empty), of a code under any (`system` undefined) or no system (empty). */
export function formatCode(system: string | undefined, code: string): string {
  return system === undefined ? code : `${system}\n${code}`;
}

/** Tokens of a Coding, CodeableConcept, Identifier or ContactPoint. */
function tokensOf(value: JsonValue): string[] {
  if (!isObject(value)) return [];
  if (Array.isArray(value['coding'])) return value['coding'].flatMap(tokensOf);
  const code = value['code'] ?? value['value'];
  if (typeof code !== 'string') return [];
  // The system of a ContactPoint is its kind, no namespace.
  const system = typeof value['system'] === 'string' ? value['system'] : '';
  return [formatCode(system, code), formatCode(undefined, code), ...(system === '' ? [] : [formatCode(system, '')])];
}

/** `Type/id` and `id` of a reference to a resource here, else the reference as it stands; none of what is contained. */
function namesOfReference(reference: string): string[] {
  if (reference.startsWith('#')) return [];
  const [, path, id] = /^([A-Za-z]+\/([A-Za-z0-9.-]+))(?:\/_history\/.*)?$/.exec(reference) ?? [];
  return path === undefined || id === undefined ? [reference] : [path, id];
}

const textElements = ['family', 'given', 'prefix', 'suffix', 'line', 'city', 'district', 'state', 'postalCode', 'country', 'text'];

/** The texts of a string, a HumanName or an Address. */
function textsOf(value: JsonValue): string[] {
  if (typeof value === 'string') return [value];
  if (!isObject(value)) return [];
  return textElements.flatMap((name) => [value[name]].flat().filter((text) => typeof text === 'string'));
}

/** The range of a date, a Period or the outer bounds of a Timing's events. */
function rangesOf(value: JsonValue): DateRange[] {
  if (!isObject(value)) return [spanOf(value)].filter((span) => span !== undefined);
  if (Array.isArray(value['event'])) {
    const spans = value['event'].map(spanOf).filter((span) => span !== undefined);
    if (spans.length === 0) return [];
    return [{ from: Math.min(...spans.map(({ from }) => from)), until: Math.max(...spans.map(({ until }) => until)) }];
  }
  const [start, stop] = [spanOf(value['start']), spanOf(value['end'])];
  return start === undefined && stop === undefined ? [] : [{ from: start?.from ?? null, until: stop?.until ?? null }];
}

function spanOf(value: JsonValue | undefined): DateSpan | undefined {
  return typeof value === 'string' ? parseDateSpan(value) : undefined;
}
