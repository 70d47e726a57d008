import { isObject, parseLosslessJson, type JsonObject } from '../fhir';

/**
 * A resource as it is answered: exactly what was anchored, but for `meta.versionId` and `meta.lastUpdated`, which tell of the anchor itself and
 * replace what the sender may have written there.
 */
export function presentResource(text: string, version: number, lastUpdated: string): JsonObject {
  const { resourceType, id, meta, ...rest } = parseLosslessJson(text) as JsonObject;
  return {
    ...(resourceType !== undefined && { resourceType }),
    ...(id !== undefined && { id }),
    meta: { ...(isObject(meta) ? meta : {}), versionId: String(version), lastUpdated },
    ...rest,
  };
}

/** Marks what is not the whole resource. */
export const subsetted = { system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'SUBSETTED' };

/** The named elements only, marked so that nobody takes it for the whole (FHIR R4 search.html#elements). */
export function pickElements(resource: JsonObject, elements: readonly string[]): JsonObject {
  const kept = new Set([...elements, ...elements.map((name) => `_${name}`), 'resourceType', 'id', 'meta']);
  const picked = Object.fromEntries(Object.entries(resource).filter(([name]) => kept.has(name)));
  const meta = isObject(picked['meta']) ? picked['meta'] : {};
  const tags = Array.isArray(meta['tag']) ? meta['tag'] : [];
  return { ...picked, meta: { ...meta, tag: [...tags, subsetted] } };
}
