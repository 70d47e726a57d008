import { newError } from '../problem';
import type { JsonObject } from '../fhir';
import type { IndexedRecord, Listed, ListedPage, ListQuery, Place } from '../store';
import { findIncluded, mostIncluded } from './find-included';
import { countAll, findPage, newQuery } from './find-resources';
import type { Held } from './held';
import { newNotice } from './operation-outcome';
import { formatCursor, parseCursor } from './page-cursor';
import { mostCount, parseSearch, type Pair, type Search } from './parse-search';
import { pickElements } from './present-resource';
import type { ResourceReader } from './resource-reader';
import { summarise } from './summarise';

export interface SearchRequest {
  readonly type: string;
  readonly pairs: readonly Pair[];
  readonly base: string;
  /** Refuse what is not known. */
  readonly isStrict: boolean;
  /** The patient among whose records alone is looked; among those of all unless given. */
  readonly within?: string;
}

/**
 * Answers a search, or a further page of one (`_cursor`), with a searchset bundle.
 * @throws CodedError REQUEST_INVALID, SEARCH_PARAMETER_UNKNOWN, SEARCH_TOO_WIDE, CONTENT_NOT_ANCHORED; DecryptFailed
 */
export async function searchResources(reader: ResourceReader, store: Held, request: SearchRequest): Promise<JsonObject> {
  const from = readCursor(store, request);
  const search = parseSearch(request.type, from?.pairs ?? request.pairs, request.base);
  if (request.isStrict && search.ignored.length > 0) throw unknownParameter();
  const query = limit(newQuery(store, search), request);
  const page = query === undefined || search.isCountOnly ? nothing : await findPage(store, search, query, from?.after);
  const entry = [
    ...(await newEntries(reader, store, search, { base: request.base, listed: page.listed })),
    ...(from === undefined ? newNotices(search) : []),
  ];
  return {
    resourceType: 'Bundle',
    type: 'searchset',
    ...(await newTotal(store, search, query)),
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

const nothing: ListedPage = { listed: [], next: undefined };

async function newTotal(store: Held, search: Search, query: ListQuery | undefined): Promise<JsonObject> {
  if (!search.isCountOnly && !search.hasTotal) return {};
  const total = query === undefined ? 0 : await countAll(store, query);
  if (total === undefined && search.isCountOnly) throw newError('SEARCH_TOO_WIDE', 'Too many to be counted; narrow the search, by patient');
  return total === undefined ? {} : { total };
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

/** The matches of a page, and what comes along with them. */
async function newEntries(
  reader: ResourceReader,
  held: Held,
  search: Search,
  { base, listed }: { readonly base: string; readonly listed: readonly Listed[] },
): Promise<JsonObject[]> {
  const { elements, summary } = search;
  const records = listed.flatMap<IndexedRecord>(({ recordId, version }) => held.index.findVersion(recordId, version) ?? []);
  const resources = await reader.present(records);
  const included = findIncluded(held, search, { records, resources });
  const others = await reader.present(included.records);
  const shorten = (resource: JsonObject): JsonObject => (summary === undefined ? resource : summarise(resource, summary));
  const pick = (resource: JsonObject): JsonObject => (elements === undefined ? shorten(resource) : pickElements(resource, elements));
  const newEntry = (mode: 'match' | 'include', resource: JsonObject, record: IndexedRecord | undefined): JsonObject => ({
    fullUrl: `${base}/${record?.type ?? ''}/${record?.id ?? ''}`,
    resource,
    search: { mode },
  });
  return [
    ...resources.map((resource, at) => newEntry('match', pick(resource), records[at])),
    ...others.map((resource, at) => newEntry('include', shorten(resource), included.records[at])),
    ...(included.isCutOff ? [newCutOffNotice()] : []),
  ];
}

function newCutOffNotice(): JsonObject {
  const text = `Not all that was to be included: at most ${String(mostIncluded)} come along with a page; ask for smaller pages, or for the rest itself`;
  return { resource: newNotice('warning', 'too-costly', text), search: { mode: 'outcome' } };
}

/** Tells what was not applied. Names of parameters are the caller's own words: only what could be one is repeated. */
function newNotices({ ignored }: Search): JsonObject[] {
  if (ignored.length === 0) return [];
  const names = ignored.filter((name) => /^[A-Za-z_][A-Za-z0-9_.:-]{0,63}$/.test(name));
  const others = ignored.length - names.length;
  const text = `Not applied: ${[...names, ...(others > 0 ? [`${String(others)} more`] : [])].join(', ')}`;
  return [{ resource: newNotice('warning', 'not-supported', text), search: { mode: 'outcome' } }];
}

function newLinks({ key }: Held, { type, base, pairs }: SearchRequest, search: Search, { next: after }: ListedPage): JsonObject[] {
  const cursor = pairs.find(([name]) => name === '_cursor');
  const query = new URLSearchParams((cursor === undefined ? search.applied : [cursor]).map(boundCount)).toString();
  const self = { relation: 'self', url: `${base}/${type}${query === '' ? '' : `?${query}`}` };
  if (after === undefined) return [self];
  const next = formatCursor(key, { of: type, pairs: search.applied, after });
  return [self, { relation: 'next', url: `${base}/${type}?_cursor=${next}` }];
}

function boundCount([name, value]: Pair): [string, string] {
  return [name, name === '_count' ? String(Math.min(Number(value), mostCount)) : value];
}
