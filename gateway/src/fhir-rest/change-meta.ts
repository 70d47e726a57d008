import { FhirError, isObject, isSameJson, parseLosslessJson, type JsonObject, type JsonValue } from '../fhir';

/** What of a resource's meta is its own content; version and time are the server's. */
const parts = ['profile', 'security', 'tag'] as const;

/** What `$meta` answers: the meta of a resource, as Parameters. */
export function newMetaAnswer(resource: JsonObject): JsonObject {
  const meta = resource['meta'] ?? {};
  return { resourceType: 'Parameters', parameter: [{ name: 'return', valueMeta: meta }] };
}

/** The Meta that `$meta-add` and `$meta-delete` are sent, as Parameters with the part `meta`. @throws FhirError BUNDLE_NOT_JSON, BUNDLE_INVALID */
export function parseMetaParameters(text: string): JsonObject {
  const body = parseLosslessJson(text);
  const list = isObject(body) && body['resourceType'] === 'Parameters' ? body['parameter'] : undefined;
  const [only, ...others] = Array.isArray(list) ? list : [];
  const meta = isObject(only) && only['name'] === 'meta' && others.length === 0 ? only['valueMeta'] : undefined;
  if (!isObject(meta)) throw new FhirError('BUNDLE_INVALID', 'Parameters.parameter', 'must be one, named meta, with a valueMeta.');
  return meta;
}

/** The resource with these profiles, labels and tags as well; what is there already stays once (FHIR R4 resource-operation-meta-add.html). */
export function addMeta(resource: JsonObject, more: JsonObject): JsonObject {
  return withMeta(resource, (name, held) => [
    ...held,
    ...listOf(more[name]).filter((one) => !held.some((other) => isSameLabel(one, other))),
  ]);
}

/** The resource without these profiles, labels and tags; what is not there is passed over. */
export function removeMeta(resource: JsonObject, less: JsonObject): JsonObject {
  return withMeta(resource, (name, held) => held.filter((one) => !listOf(less[name]).some((other) => isSameLabel(one, other))));
}

function withMeta(resource: JsonObject, change: (name: string, held: readonly JsonValue[]) => readonly JsonValue[]): JsonObject {
  const meta = isObject(resource['meta']) ? resource['meta'] : {};
  const changed = parts.map((name): [string, JsonValue[]] => [name, [...change(name, listOf(meta[name]))]]);
  const rest = Object.fromEntries(Object.entries(meta).filter(([name]) => !parts.some((part) => part === name)));
  return { ...resource, meta: { ...rest, ...Object.fromEntries(changed.filter(([, list]) => list.length > 0)) } };
}

/** A label or tag is known by system and code. */
function isSameLabel(one: JsonValue, other: JsonValue): boolean {
  if (!isObject(one) || !isObject(other)) return isSameJson(one, other);
  return isSameJson(one['system'], other['system']) && isSameJson(one['code'], other['code']);
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}
