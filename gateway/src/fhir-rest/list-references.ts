import { isObject, type JsonValue } from '../fhir';
import type { FhirAnswer } from './answer';

/** `Type/id/_history/version` of every resource that an answer holds or tells of. */
export function listReferences({ resource, version }: FhirAnswer): readonly string[] {
  const named = version === undefined ? [] : [`${version.reference}/_history/${String(version.version)}`];
  const isHere = version !== undefined && resource?.['resourceType'] !== 'Bundle';
  return [...new Set([...named, ...(isHere ? [] : listResource(resource))])];
}

function listResource(resource: JsonValue | undefined): readonly string[] {
  if (resource === undefined || !isObject(resource)) return [];
  const { resourceType: type, id, meta, entry } = resource;
  if (type === 'Bundle') return Array.isArray(entry) ? entry.flatMap(listEntry) : [];
  if (typeof type !== 'string' || typeof id !== 'string' || type === 'OperationOutcome') return [];
  return [`${type}/${id}${formatVersion(meta)}`];
}

function formatVersion(meta: JsonValue | undefined): string {
  const version = meta !== undefined && isObject(meta) ? meta['versionId'] : undefined;
  return typeof version === 'string' ? `/_history/${version}` : '';
}

function listEntry(entry: JsonValue): readonly string[] {
  if (!isObject(entry)) return [];
  const { resource, response } = entry;
  const location = response !== undefined && isObject(response) ? response['location'] : undefined;
  const found =
    typeof location === 'string' ? /[A-Za-z]+\/[A-Za-z0-9.-]{1,64}\/_history\/[A-Za-z0-9.-]{1,64}$/.exec(location)?.[0] : undefined;
  return resource === undefined && found !== undefined ? [found] : listResource(resource);
}
