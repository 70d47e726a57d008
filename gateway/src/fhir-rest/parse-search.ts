import { newError } from '../problem';
import type { ListOrder } from '../store';
import { intersect, parseSearchDate, type TimeRange } from './search-date';
import { searchParameters } from './search-parameters';

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
  readonly updated: TimeRange;
  readonly order: ListOrder;
  readonly count: number;
  readonly isCountOnly: boolean;
  readonly hasTotal: boolean;
  readonly elements: readonly string[] | undefined;
  /** What was understood, for the self link. */
  readonly applied: readonly Pair[];
  /** Names of what was not. */
  readonly ignored: readonly string[];
}

type Part = Partial<Omit<Search, 'type' | 'applied' | 'ignored'>>;
/** What a value says; nothing when it says what is not implemented. */
type Read = (value: string, search: Search) => Part | undefined;

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
  _sort: (value) => (Object.hasOwn(orders, value) ? { order: orders[value] ?? 'created' } : undefined),
  _total: (value) => (['none', 'estimate', 'accurate'].includes(value) ? { hasTotal: value !== 'none' } : undefined),
  _summary: (value) => (value === 'count' ? { isCountOnly: true } : value === 'false' ? {} : undefined),
  _elements: (value) => ({ elements: splitList(value) }),
};

/** Names of the parameters that shape the answer. */
export const shaperNames: readonly string[] = Object.keys(shapers);

/**
 * Reads a search. What is not known is left out and told, never guessed.
 * @throws CodedError REQUEST_INVALID
 */
export function parseSearch(type: string, pairs: readonly Pair[]): Search {
  const start: Search = { ...nothingAsked, type };
  const search = pairs.reduce<Search>((before, pair) => {
    const [name, value] = pair;
    if (ofFormat.has(name) || value === '') return before;
    const part = findRead(type, name)?.(value, before);
    return part === undefined
      ? { ...before, ignored: [...new Set([...before.ignored, name])] }
      : { ...before, ...part, applied: [...before.applied, pair] };
  }, start);
  // Ordered by time it is found by its index.
  const isByTime = search.updated.from !== undefined || search.updated.until !== undefined;
  return isByTime && search.order === 'created' ? { ...search, order: 'updated' } : search;
}

const nothingAsked: Omit<Search, 'type'> = {
  ids: [],
  tokens: [],
  patients: [],
  updated: {},
  order: 'created',
  count: defaultCount,
  isCountOnly: false,
  hasTotal: false,
  elements: undefined,
  applied: [],
  ignored: [],
};

function findRead(type: string, written: string): Read | undefined {
  const name = written.replace(/^(patient|subject):Patient$/, '$1');
  if (Object.hasOwn(shapers, name)) return shapers[name];
  const isKnown = searchParameters.some((parameter) => parameter.name === name && parameter.isOf(type));
  return isKnown ? finders[name] : undefined;
}

/** Splits at commas that are not escaped (FHIR R4 search.html#escaping). */
function splitList(value: string): string[] {
  const parts = value.match(/(?:\\.|[^,\\])+/g) ?? [];
  return parts.map((part) => part.replaceAll(/\\([,|$\\])/g, '$1'));
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
