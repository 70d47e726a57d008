import { isObject, type JsonObject, type JsonValue } from './json-value';

/**
 * The texts by which `?identifier=` finds a resource (FHIR R4 search, token parameters): `system|value` and `value` for each identifier,
 * `|value` and `value` for one without a system. Each resource's tokens go into the index, a query is looked up as it stands.
 */
export function identifierTokensOf(resource: JsonObject): string[] {
  const { identifier } = resource;
  const identifiers: JsonValue[] = Array.isArray(identifier) ? identifier : identifier === undefined ? [] : [identifier];
  return [...new Set(identifiers.flatMap(tokensOf))];
}

function tokensOf(identifier: JsonValue): string[] {
  if (!isObject(identifier) || typeof identifier['value'] !== 'string') return [];
  const system = typeof identifier['system'] === 'string' ? identifier['system'] : '';
  return [`${system}|${identifier['value']}`, identifier['value']];
}
