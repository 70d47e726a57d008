import { compartmentReferencesOf, parseLosslessJson, type JsonObject } from '../fhir';
import { parseSearch, searchParameterNames, shaperNames, type Pair, type Search } from '../fhir-rest';
import { extractSearchable, meetsCriteria } from '../search';
import { presentReleased, type IsSeen } from './present-released';
import type { VisibleRecord, VisibleVersion } from './visible-records';

const ofEverything: readonly string[] = ['_count', '_elements', '_format', '_pretty'];
const ofType: readonly string[] = [...searchParameterNames, ...shaperNames, '_format', '_pretty'];

/**
 * Reads a search; what finds or brings along what is not of this relation is left out and told.
 * @param type nothing: for all types, what shapes the answer only
 * @param base of this service: a URL below it is a resource here
 * @throws CodedError REQUEST_INVALID
 */
export function parseReleasedSearch(type: string | undefined, pairs: readonly Pair[], base: string): Search {
  const known = type === undefined ? ofEverything : ofType;
  const isKnown = (pair: Pair): boolean => known.includes(baseNameOf(pair[0])) && !isOfIndex(pair);
  const search = parseSearch(type ?? '', pairs.filter(isKnown), base);
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

/** What a search finds, in the order that it asks for. It looks in what the reader gets: a reference that is masked finds nothing. */
export function findReleased(shown: readonly VisibleRecord[], search: Search, isSeen: IsSeen): readonly VisibleRecord[] {
  const found = shown.filter(({ newest }) => isMatch(newest, search) && isFound(newest, search, isSeen));
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

function isFound(version: VisibleVersion, { criteria }: Search, isSeen: IsSeen): boolean {
  return criteria.length === 0 || meetsCriteria(extractSearchable(presentReleased(version, isSeen)), criteria);
}

function isOfPatient({ type, id, resource }: VisibleVersion, patient: string): boolean {
  if (type === 'Patient') return id === patient;
  const references = compartmentReferencesOf(type, parseLosslessJson(resource) as JsonObject);
  return references.some(({ reference }) => reference === `Patient/${patient}` || reference.endsWith(`/Patient/${patient}`));
}
