import type { JsonObject } from '../fhir';
import { formatCursor, newNotice, pickElements, type Pair, type Search } from '../fhir-rest';
import type { LocalKey } from '../store';
import { presentReleased, type IsSeen } from './present-released';
import { keyByTime } from './released-search';
import type { VisibleRecord } from './visible-records';

/** What is found, in its order, and what it is told as. */
export interface Found {
  readonly base: string;
  /** Behind the base. */
  readonly path: string;
  /** What a link to the next page is good for. */
  readonly cursorOf: string;
  readonly search: Search;
  readonly records: readonly VisibleRecord[];
  readonly from: Start | undefined;
}

/** Where a further page begins. */
export interface Start {
  /** The search as it was asked. */
  readonly pairs: readonly Pair[];
  /** The last key before. */
  readonly after: string;
  readonly cursor: string;
}

/** A page of what was found. */
export function newSearchset(key: LocalKey, found: Found, isSeen: IsSeen): JsonObject {
  const { base, search, records, from } = found;
  const left = search.isCountOnly ? [] : records.filter((record) => isAfter(found, keyOf(search, record)));
  const page = left.slice(0, search.count);
  const entry = [...page.map((record) => newMatch(base, record, search, isSeen)), ...(from === undefined ? newNotices(search) : [])];
  const last = page.length < left.length ? page.at(-1) : undefined;
  return {
    resourceType: 'Bundle',
    type: 'searchset',
    ...(search.isCountOnly || search.hasTotal ? { total: records.length } : {}),
    link: newLinks(key, found, last),
    ...(entry.length === 0 ? {} : { entry }),
  };
}

function keyOf({ order }: Search, record: VisibleRecord): string {
  return order === 'created' ? record.place : keyByTime(record);
}

function isAfter({ from, search: { order } }: Found, key: string): boolean {
  if (from === undefined) return true;
  return order === '-updated' ? key < from.after : key > from.after;
}

/** @param last of a page that is not the last one */
function newLinks(key: LocalKey, { base, path, cursorOf, search, from }: Found, last: VisibleRecord | undefined): JsonObject[] {
  const asked: readonly Pair[] = from === undefined ? search.applied : [['_cursor', from.cursor]];
  const query = new URLSearchParams(asked.map(([name, text]): [string, string] => [name, text])).toString();
  const self = { relation: 'self', url: `${base}/${path}${query === '' ? '' : `?${query}`}` };
  if (last === undefined) return [self];
  const next = formatCursor(key, { of: cursorOf, pairs: search.applied, after: { rank: 0, updated: keyOf(search, last) } });
  return [self, { relation: 'next', url: `${base}/${path}?_cursor=${next}` }];
}

function newMatch(base: string, { newest }: VisibleRecord, { elements }: Search, isSeen: IsSeen): JsonObject {
  const resource = presentReleased(newest, isSeen);
  return {
    fullUrl: `${base}/${newest.type}/${newest.id}`,
    resource: elements === undefined ? resource : pickElements(resource, elements),
    search: { mode: 'match' },
  };
}

/** Names of parameters are the caller's own words: only what could be one is repeated. */
function newNotices({ ignored }: Search): JsonObject[] {
  const names = ignored.filter((name) => /^[A-Za-z_][A-Za-z0-9_.:-]{0,63}$/.test(name));
  if (ignored.length === 0) return [];
  const text = `Not applied: ${[...names, ...(names.length < ignored.length ? ['others'] : [])].join(', ')}`;
  return [{ resource: newNotice('warning', 'not-supported', text), search: { mode: 'outcome' } }];
}
