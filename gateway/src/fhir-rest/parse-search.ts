import { newError } from '../problem';
import { findSearchDefinition, newCriteria, parseSought, splitValue, unescapeValue, type Criterion, type Sought } from '../search';
import type { ListOrder } from '../store';
import { parseInclude, type Include } from './parse-include';
import { intersect, parseSearchDate, type TimeRange } from './search-date';
import { searchParametersOf } from './search-parameters';
import { summaries, type Summary } from './summarise';

export const defaultCount = 20;
export const mostCount = 100;

/** A parameter as it stood in the query, in its order. */
export type Pair = readonly [name: string, value: string];

/** A search, read and checked. */
export interface Search {
  readonly type: string;
  /** Each list must hold the id. */
  readonly ids: readonly (readonly string[])[];
  /** Of each list one token must be an identifier's. */
  readonly tokens: readonly (readonly string[])[];
  /** Ids of the patients whose record it must be: of all of them, and a record has one. */
  readonly patients: readonly string[];
  /** What the search index is asked for. */
  readonly criteria: readonly Criterion[];
  readonly updated: TimeRange;
  readonly order: ListOrder;
  /** Instead: by this date of the resources. */
  readonly dateOrder: DateOrder | undefined;
  readonly includes: readonly Include[];
  readonly revIncludes: readonly Include[];
  readonly summary: Summary | undefined;
  readonly count: number;
  readonly isCountOnly: boolean;
  readonly hasTotal: boolean;
  readonly elements: readonly string[] | undefined;
  /** What was understood, for the self link. */
  readonly applied: readonly Pair[];
  /** Names of what was not. */
  readonly ignored: readonly string[];
}

export interface DateOrder {
  readonly parameter: string;
  readonly isDescending: boolean;
}

/** A search while it is read. */
type Draft = Omit<Search, 'criteria'> & { readonly sought: readonly Sought[] };
type Part = Partial<Omit<Draft, 'type' | 'applied' | 'ignored'>>;
/** What a value says; nothing when it says what is not implemented. */
type Read = (value: string, search: Draft) => Part | undefined;

const id = /^[A-Za-z0-9.-]{1,64}$/;
/** How an answer is written is no part of the search. */
const ofFormat = new Set(['_format', '_pretty']);

const finders: Readonly<Record<string, Read>> = {
  _id: (value, { ids }) => ({ ids: [...ids, splitList(value)] }),
  _lastUpdated: (value, { updated }) => ({ updated: intersect(updated, parseSearchDate(value, '_lastUpdated')) }),
  identifier: (value, { tokens }) => ({ tokens: [...tokens, splitList(value).map(parseToken)] }),
  patient: (value, { patients }) => ({ patients: [...patients, parsePatient(value, 'patient')] }),
  subject: (value, { patients }) => ({ patients: [...patients, parsePatient(value, 'subject')] }),
};

const orders: Readonly<Record<string, ListOrder>> = { _lastUpdated: 'updated', '-_lastUpdated': '-updated' };

/** Parameters that shape the answer. */
const shapers: Readonly<Record<string, Read>> = {
  _count: (value) => parseCount(value),
  _sort: parseSort,
  _total: (value) => (['none', 'estimate', 'accurate'].includes(value) ? { hasTotal: value !== 'none' } : undefined),
  _summary: parseSummary,
  _elements: (value) => ({ elements: splitList(value) }),
};

/** Names of the parameters that shape the answer. */
export const shaperNames: readonly string[] = Object.keys(shapers);

/** Parameters that let other resources come along. */
const includers: Readonly<Record<string, Read>> = {
  _include: (value, { type, includes }) => {
    const include = parseInclude(value);
    return include?.type === type ? { includes: [...includes, include] } : undefined;
  },
  _revinclude: (value, { revIncludes }) => {
    const include = parseInclude(value);
    return include && { revIncludes: [...revIncludes, include] };
  },
};

export const includerNames: readonly string[] = Object.keys(includers);

/**
 * Reads a search. What is not known is left out and told, never guessed.
 * @param base of this service: a URL below it is a resource here
 * @throws CodedError REQUEST_INVALID
 */
export function parseSearch(type: string, pairs: readonly Pair[], base?: string): Search {
  const start: Draft = { ...nothingAsked, type };
  const { sought, ...search } = pairs.reduce<Draft>((before, pair) => {
    const [name, value] = pair;
    if (ofFormat.has(name) || value === '') return before;
    const part = findRead(type, name, base)?.(value, before);
    return part === undefined
      ? { ...before, ignored: [...new Set([...before.ignored, name])] }
      : { ...before, ...part, applied: [...before.applied, pair] };
  }, start);
  // Ordered by time it is found by its index.
  const isByTime = search.updated.from !== undefined || search.updated.until !== undefined;
  const order = isByTime && search.order === 'created' ? 'updated' : search.order;
  return { ...search, order, criteria: newCriteria(type, sought) };
}

const nothingAsked: Omit<Draft, 'type'> = {
  ids: [],
  tokens: [],
  patients: [],
  sought: [],
  updated: {},
  order: 'created',
  dateOrder: undefined,
  includes: [],
  revIncludes: [],
  summary: undefined,
  count: defaultCount,
  isCountOnly: false,
  hasTotal: false,
  elements: undefined,
  applied: [],
  ignored: [],
};

function findRead(type: string, written: string, base: string | undefined): Read | undefined {
  const name = written.replace(/^(patient|subject):Patient$/, '$1');
  if (Object.hasOwn(shapers, name)) return shapers[name];
  if (Object.hasOwn(includers, name)) return includers[name];
  const isKnown = searchParametersOf(type).some((parameter) => parameter.name === name);
  return isKnown && Object.hasOwn(finders, name) ? finders[name] : findSought(type, written, base);
}

/** A parameter of the search index, with or without a modifier. */
function findSought(type: string, written: string, base: string | undefined): Read | undefined {
  const [name = '', modifier, ...more] = written.split(':');
  const definition = findSearchDefinition(type, name);
  if (definition === undefined || more.length > 0) return undefined;
  return (value, { sought }) => {
    const one = parseSought({ type, definition, modifier, value, base });
    return one && { sought: [...sought, one] };
  };
}

function parseSort(value: string, { type }: Draft): Part | undefined {
  if (Object.hasOwn(orders, value)) return { order: orders[value] ?? 'created', dateOrder: undefined };
  const isDescending = value.startsWith('-');
  const parameter = isDescending ? value.slice(1) : value;
  return findSearchDefinition(type, parameter)?.kind === 'date' ? { dateOrder: { parameter, isDescending } } : undefined;
}

function parseSummary(value: string): Part | undefined {
  if (value === 'count') return { isCountOnly: true };
  if (value === 'false') return {};
  const summary = summaries.find((one) => one === value);
  return summary && { summary };
}

function splitList(value: string): string[] {
  return splitValue(value).map(unescapeValue);
}

function parseToken(token: string): string {
  if (token === '' || token.endsWith('|')) throw newError('REQUEST_INVALID', 'query.identifier: must have a value, such as system|value');
  return token;
}

function parsePatient(value: string, name: string): string {
  const [, path = '', found = ''] = /^((?:https?:\/\/[^\s,]+\/)?(?:Patient\/)?)([^/]+)$/.exec(value) ?? [];
  if (!id.test(found) || (path !== '' && !path.endsWith('Patient/')))
    throw newError('REQUEST_INVALID', `query.${name}: must be one patient, such as Patient/123`);
  return found;
}

function parseCount(value: string): Part {
  if (!/^\d{1,9}$/.test(value)) throw newError('REQUEST_INVALID', 'query._count: must be a number');
  const count = Math.min(Number(value), mostCount);
  return count === 0 ? { isCountOnly: true } : { count };
}
