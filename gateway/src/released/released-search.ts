import { compartmentReferencesOf, parseLosslessJson, type JsonObject } from '../fhir';
import { parseSearch, shaperNames, type Pair, type Search } from '../fhir-rest';
import type { VisibleRecord, VisibleVersion } from './visible-records';

/** What finds resources among those that were released. */
export const releasedParameters = [
  { name: '_id', type: 'token', documentation: 'The id; several by comma' },
  { name: '_lastUpdated', type: 'date', documentation: 'When the version was anchored; prefixes eq, gt, ge, lt, le, sa, eb' },
  { name: 'identifier', type: 'token', documentation: '[system]|[value], [value] or |[value]; several by comma' },
  { name: 'patient', type: 'reference', documentation: "The records in a patient's compartment: [id] or Patient/[id]" },
  { name: 'subject', type: 'reference', documentation: "The records in a patient's compartment: Patient/[id] or [id]" },
] as const;

const ofEverything: readonly string[] = ['_count', '_elements', '_format', '_pretty'];
const ofType: readonly string[] = [...releasedParameters.map(({ name }) => name), ...shaperNames, '_format', '_pretty'];

/**
 * Reads a search; what else finds own records is left out and told.
 * @param type nothing: for all types, what shapes the answer only
 * @throws CodedError REQUEST_INVALID
 */
export function parseReleasedSearch(type: string | undefined, pairs: readonly Pair[]): Search {
  const known = type === undefined ? ofEverything : ofType;
  const isKnown = (pair: Pair): boolean => known.includes(baseNameOf(pair[0])) && !isOfIndex(pair);
  const search = parseSearch(type ?? '', pairs.filter(isKnown));
  const others = pairs.filter((pair) => !isKnown(pair)).map(([name]) => name);
  return { ...search, ignored: [...new Set([...search.ignored, ...others])] };
}

/** Orders and summaries that only a service over own records gives. */
function isOfIndex([name, value]: Pair): boolean {
  return (name === '_sort' && !/^-?_lastUpdated$/.test(value)) || (name === '_summary' && !['count', 'false'].includes(value));
}

function baseNameOf(name: string): string {
  return name.split(':')[0] ?? '';
}

/** What a search finds, in the order that it asks for. */
export function findReleased(shown: readonly VisibleRecord[], search: Search): readonly VisibleRecord[] {
  const found = shown.filter(({ newest }) => isMatch(newest, search));
  if (search.order === 'created') return found;
  const sign = search.order === 'updated' ? 1 : -1;
  return [...found].sort((one, other) => sign * compareByTime(one, other));
}

function compareByTime(one: VisibleRecord, other: VisibleRecord): number {
  return keyByTime(one) < keyByTime(other) ? -1 : 1;
}

/** By time, then by place: no two are equal. */
export function keyByTime({ newest, place }: VisibleRecord): string {
  return `${newest.anchoredAt} ${place}`;
}

function isMatch(version: VisibleVersion, { type, ids, tokens, patients, updated: { from, until } }: Search): boolean {
  const { anchoredAt, identifiers } = version;
  if (version.type !== type || (from !== undefined && anchoredAt < from) || (until !== undefined && anchoredAt >= until)) return false;
  if (!ids.every((some) => some.includes(version.id))) return false;
  if (!tokens.every((some) => some.some((token) => identifiers.includes(token)))) return false;
  return patients.every((id) => isOfPatient(version, id));
}

function isOfPatient({ type, id, resource }: VisibleVersion, patient: string): boolean {
  if (type === 'Patient') return id === patient;
  const references = compartmentReferencesOf(type, parseLosslessJson(resource) as JsonObject);
  return references.some(({ reference }) => reference === `Patient/${patient}` || reference.endsWith(`/Patient/${patient}`));
}
