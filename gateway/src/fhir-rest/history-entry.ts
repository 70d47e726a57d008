import type { JsonObject } from '../fhir';
import type { IndexedRecord } from '../store';
import type { VersionName } from './answer';
import { formatEntityTag } from './entity-tag';

/** An entry of a history (FHIR R4 http.html#history): a version. */
export function newVersion(base: string, { reference, version, lastUpdated }: VersionName, resource: JsonObject): JsonObject {
  return {
    fullUrl: `${base}/${reference}`,
    resource,
    request: { method: 'PUT', url: reference },
    response: { status: version === 1 ? '201' : '200', etag: formatEntityTag(version), lastModified: lastUpdated },
  };
}

/** An entry of a history: the resource was deleted. */
export function newDeletion(base: string, { type, id }: Pick<IndexedRecord, 'type' | 'id'>, deletedAt: string): JsonObject {
  const reference = `${type}/${id}`;
  return {
    fullUrl: `${base}/${reference}`,
    request: { method: 'DELETE', url: reference },
    response: { status: '204', lastModified: deletedAt },
  };
}
