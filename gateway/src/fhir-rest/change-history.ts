import type { JsonObject } from '../fhir';
import { newError } from '../problem';
import type { Change, IndexedRecord, LocalKey, Place } from '../store';
import type { Held } from './held';
import { formatCursor, parseCursor } from './page-cursor';
import { parsePageCount } from './page-count';
import type { Pair } from './parse-search';
import { newDeletion, newVersion } from './history-entry';
import type { ResourceReader } from './resource-reader';
import { parseInstant } from './type-list';

export interface ChangesRequest {
  /** All types unless given. */
  readonly type?: string | undefined;
  readonly base: string;
  readonly count?: string | undefined;
  /** An instant: what was written then or later. */
  readonly since?: string | undefined;
  readonly cursor?: string | undefined;
}

/**
 * What was written and deleted, of a type or of all, newest first (FHIR R4 http.html#history), in pages. Without a total: a page costs the same
 * however much there is.
 * @throws CodedError REQUEST_INVALID, CONTENT_NOT_ANCHORED; DecryptFailed
 */
export async function readChanges(reader: ResourceReader, { index, changes, key }: Held, request: ChangesRequest): Promise<JsonObject> {
  const { type, base } = request;
  const { pairs, after } = readPlace(key, request);
  const asked = new Map(pairs);
  const count = parsePageCount(asked.get('_count'));
  const { changes: page, next } = changes.list({ type, since: parseInstant(asked.get('_since'), '_since'), after, most: count });
  const url = `${base}/${type === undefined ? '' : `${type}/`}_history`;
  const query = new URLSearchParams(
    (request.cursor === undefined ? pairs : [['_cursor', request.cursor]]) as [string, string][],
  ).toString();
  const link = [{ relation: 'self', url: query === '' ? url : `${url}?${query}` }];
  if (next !== undefined)
    link.push({ relation: 'next', url: `${url}?_cursor=${formatCursor(key, { of: nameOf(type), pairs, after: next })}` });
  const entry = await newEntries(
    reader,
    page.flatMap((change) => nameRecord(index, change)),
    base,
  );
  return { resourceType: 'Bundle', type: 'history', link, ...(entry.length === 0 ? {} : { entry }) };
}

function nameOf(type: string | undefined): string {
  return `${type ?? ''}/_history`;
}

function readPlace(key: LocalKey, { type, count, since, cursor }: ChangesRequest): { pairs: readonly Pair[]; after?: Place } {
  if (cursor !== undefined && (count !== undefined || since !== undefined))
    throw newError('REQUEST_INVALID', 'query._cursor: stands alone; follow the link as it is');
  if (cursor !== undefined) return parseCursor(key, cursor, nameOf(type));
  const asked: [string, string | undefined][] = [
    ['_count', count],
    ['_since', since],
  ];
  return { pairs: asked.flatMap<Pair>(([name, value]) => (value === undefined ? [] : [[name, value]])) };
}

type Told = { readonly change: Change; readonly record: IndexedRecord };

function nameRecord(index: Held['index'], change: Change): Told[] {
  const { recordId, version } = change;
  const record = version === 0 ? index.find(recordId) : index.findVersion(recordId, version);
  return record === undefined ? [] : [{ change, record }];
}

async function newEntries(reader: ResourceReader, told: readonly Told[], base: string): Promise<JsonObject[]> {
  const written = told.filter(({ change }) => change.version !== 0).map(({ record }) => record);
  const resources = await reader.present(written);
  const resourceOf = new Map(written.map((record, at) => [record, resources[at] ?? {}]));
  return told.map(({ record, change }) => {
    const resource = resourceOf.get(record);
    return resource === undefined
      ? newDeletion(base, record, change.place.updated)
      : newVersion(base, reader.nameVersion(record), resource);
  });
}
