import { newError } from '../problem';
import type { JsonObject } from '../fhir';
import type { IndexedRecord, Listed, ListQuery, Place, Store } from '../store';
import { newNotice } from './operation-outcome';
import { formatCursor, parseCursor } from './page-cursor';
import { mostCount, parseSearch, type Pair, type Search } from './parse-search';
import { pickElements } from './present-resource';
import type { ResourceReader } from './resource-reader';

export interface SearchRequest {
  readonly type: string;
  readonly pairs: readonly Pair[];
  readonly base: string;
  /** Refuse what is not known. */
  readonly isStrict: boolean;
  /** The patient among whose records alone is looked; among those of all unless given. */
  readonly within?: string;
}

type Held = Pick<Store, 'index' | 'resources' | 'key'>;

interface Page {
  readonly listed: readonly Listed[];
  readonly hasMore: boolean;
}

/**
 * Answers a search, or a further page of one (`_cursor`), with a searchset bundle.
 * @throws CodedError REQUEST_INVALID, SEARCH_PARAMETER_UNKNOWN, CONTENT_NOT_ANCHORED; DecryptFailed
 */
export async function searchResources(reader: ResourceReader, store: Held, request: SearchRequest): Promise<JsonObject> {
  const from = readCursor(store, request);
  const search = parseSearch(request.type, from?.pairs ?? request.pairs);
  if (request.isStrict && search.ignored.length > 0) throw unknownParameter();
  const query = limit(newQuery(store, search), request);
  const page = query === undefined || search.isCountOnly ? nothing : findPage(store, search, query, from?.after);
  const matches = await newMatches(reader, store, search, { base: request.base, listed: page.listed });
  const entry = [...matches, ...(from === undefined ? newNotices(search) : [])];
  return {
    resourceType: 'Bundle',
    type: 'searchset',
    ...newTotal(store, search, query),
    link: newLinks(store, request, search, page),
    ...(entry.length === 0 ? {} : { entry }),
  };
}

/** Whatever is asked for, only what is found within is counted and told. */
function limit(query: ListQuery | undefined, { within }: SearchRequest): ListQuery | undefined {
  if (query === undefined || within === undefined) return query;
  const isOfOther = query.subjectRef !== undefined && query.subjectRef !== within;
  return isOfOther ? undefined : { ...query, subjectRef: within };
}

const nothing: Page = { listed: [], hasMore: false };

function newTotal(store: Held, search: Search, query: ListQuery | undefined): JsonObject {
  if (!search.isCountOnly && !search.hasTotal) return {};
  return { total: query === undefined ? 0 : countAll(store, search, query) };
}

function readCursor({ key }: Held, { type, pairs }: SearchRequest): { pairs: readonly Pair[]; after: Place } | undefined {
  const cursor = pairs.find(([name]) => name === '_cursor');
  if (cursor === undefined) return undefined;
  if (pairs.some(([name]) => !['_cursor', '_format', '_pretty'].includes(name)))
    throw newError('REQUEST_INVALID', 'query._cursor: stands alone; follow the link as it is');
  return parseCursor(key, cursor[1], type);
}

function unknownParameter(): Error {
  return newError(
    'SEARCH_PARAMETER_UNKNOWN',
    'The search has a parameter, modifier or value that is not known here; GET /fhir/metadata lists what is',
  );
}

/** What the list is asked for; nothing when no record can match, for a patient who is not known. */
function newQuery({ index }: Held, { type, patients, updated }: Search): ListQuery | undefined {
  const subjects = new Set(patients.map((id) => index.findResource('Patient', id)?.subjectRef ?? undefined));
  const [subjectRef] = subjects;
  if (patients.length > 0 && (subjects.size !== 1 || subjectRef === undefined)) return undefined;
  return { type, subjectRef, ...updated };
}

function findPage(store: Held, search: Search, query: ListQuery, after: Place | undefined): Page {
  const { order, count } = search;
  const found = isByName(search)
    ? findNamed(store, search, query).filter(({ place }) => after === undefined || compare(search, after, place) < 0)
    : store.resources.list(query, { order, after, most: count + 1 });
  return { listed: found.slice(0, count), hasMore: found.length > count };
}

function countAll(store: Held, search: Search, query: ListQuery): number {
  return isByName(search) ? findNamed(store, search, query).length : store.resources.count(query);
}

function isByName({ ids, tokens }: Search): boolean {
  return ids.length + tokens.length > 0;
}

/** Ids and identifiers name few resources: they are found by name, then looked at. */
function findNamed({ index, resources }: Held, search: Search, { type, subjectRef, from, until }: ListQuery): Listed[] {
  const byId = search.ids.map((ids) => ids.map((id) => index.findResource(type, id)));
  const byToken = search.tokens.map((tokens) => tokens.flatMap((token) => index.findByIdentifier(type, token)));
  const [first = new Set<string>(), ...others] = [...byId, ...byToken].map(
    (records) => new Set(records.flatMap((record) => record?.recordId ?? [])),
  );
  return [...first]
    .filter((recordId) => others.every((ids) => ids.has(recordId)))
    .flatMap((recordId) => resources.find(recordId) ?? [])
    .filter((listed) => subjectRef === undefined || listed.subjectRef === subjectRef)
    .filter(({ place: { updated } }) => (from === undefined || updated >= from) && (until === undefined || updated < until))
    .sort((one, other) => compare(search, one.place, other.place));
}

function compare({ order }: Search, one: Place, other: Place): number {
  const byRank = one.rank - other.rank;
  if (order === 'created') return byRank;
  const byTime = one.updated < other.updated ? -1 : one.updated > other.updated ? 1 : byRank;
  return order === 'updated' ? byTime : -byTime;
}

async function newMatches(
  reader: ResourceReader,
  { index }: Held,
  { elements }: Search,
  { base, listed }: { readonly base: string; readonly listed: readonly Listed[] },
): Promise<JsonObject[]> {
  const records = listed.flatMap<IndexedRecord>(({ recordId, version }) => index.findVersion(recordId, version) ?? []);
  const resources = await reader.present(records);
  return records.map(({ type, id }, at) => {
    const resource = resources[at] ?? {};
    return {
      fullUrl: `${base}/${type}/${id}`,
      resource: elements === undefined ? resource : pickElements(resource, elements),
      search: { mode: 'match' },
    };
  });
}

/** Tells what was not applied. Names of parameters are the caller's own words: only what could be one is repeated. */
function newNotices({ ignored }: Search): JsonObject[] {
  if (ignored.length === 0) return [];
  const names = ignored.filter((name) => /^[A-Za-z_][A-Za-z0-9_.:-]{0,63}$/.test(name));
  const others = ignored.length - names.length;
  const text = `Not applied: ${[...names, ...(others > 0 ? [`${String(others)} more`] : [])].join(', ')}`;
  return [{ resource: newNotice('warning', 'not-supported', text), search: { mode: 'outcome' } }];
}

function newLinks({ key }: Held, { type, base, pairs }: SearchRequest, search: Search, { listed, hasMore }: Page): JsonObject[] {
  const cursor = pairs.find(([name]) => name === '_cursor');
  const query = new URLSearchParams((cursor === undefined ? search.applied : [cursor]).map(boundCount)).toString();
  const after = listed.at(-1)?.place;
  const self = { relation: 'self', url: `${base}/${type}${query === '' ? '' : `?${query}`}` };
  if (!hasMore || after === undefined) return [self];
  const next = formatCursor(key, { of: type, pairs: search.applied, after });
  return [self, { relation: 'next', url: `${base}/${type}?_cursor=${next}` }];
}

function boundCount([name, value]: Pair): [string, string] {
  return [name, name === '_count' ? String(Math.min(Number(value), mostCount)) : value];
}
