import type { JsonObject } from '../fhir';
import type { LocalKey } from '../store';
import { newDeletion, newVersion } from './history-entry';
import { formatCursor, parseCursor } from './page-cursor';
import { parseSearch, type Pair } from './parse-search';
import type { ResourceReader } from './resource-reader';

export interface HistoryRequest {
  readonly type: string;
  readonly id: string;
  readonly base: string;
  readonly count?: string | undefined;
  readonly cursor?: string | undefined;
}

/**
 * The versions of a resource, newest first, a deletion before them all (FHIR R4 http.html#history), in pages.
 * @throws CodedError RESOURCE_NOT_FOUND, REQUEST_INVALID, CONTENT_NOT_ANCHORED; DecryptFailed
 */
export async function readHistory(reader: ResourceReader, key: LocalKey, request: HistoryRequest): Promise<JsonObject> {
  const { type, id, base } = request;
  const reference = `${type}/${id}`;
  const { versions, deletedAt } = reader.findVersions(type, id);
  const start = readStart(key, request);
  const left = [...versions].reverse().filter(({ version }) => version < start.before);
  const deletion = deletedAt !== undefined && start.isFirst ? [newDeletion(base, { type, id }, deletedAt)] : [];
  const page = left.slice(0, start.count - deletion.length);
  const resources = await reader.present(page);
  const entry = [...deletion, ...page.map((record, at) => newVersion(base, reader.nameVersion(record), resources[at] ?? {}))];
  const url = `${base}/${reference}/_history`;
  const link = [{ relation: 'self', url: start.query === '' ? url : `${url}?${start.query}` }];
  if (page.length < left.length) {
    const after = { rank: page.at(-1)?.version ?? start.before, updated: '' };
    link.push({ relation: 'next', url: `${url}?_cursor=${formatCursor(key, { of: `${reference}/_history`, pairs: start.pairs, after })}` });
  }
  return { resourceType: 'Bundle', type: 'history', total: versions.length + (deletedAt === undefined ? 0 : 1), link, entry };
}

interface Start {
  readonly isFirst: boolean;
  /** The first version that was told already. */
  readonly before: number;
  readonly count: number;
  readonly pairs: readonly Pair[];
  /** As it was asked. */
  readonly query: string;
}

function readStart(key: LocalKey, { type, id, count, cursor }: HistoryRequest): Start {
  if (cursor === undefined) {
    const pairs: readonly Pair[] = count === undefined ? [] : [['_count', count]];
    const query = count === undefined ? '' : `_count=${count}`;
    return { isFirst: true, before: Number.MAX_SAFE_INTEGER, count: parseSearch(type, pairs).count, pairs, query };
  }
  const { pairs, after } = parseCursor(key, cursor, `${type}/${id}/_history`);
  return { isFirst: false, before: after.rank, count: parseSearch(type, pairs).count, pairs, query: `_cursor=${cursor}` };
}
