import { isObject, type JsonObject, type JsonValue } from '../fhir';
import { newTerm, valuesAt } from '../search';
import type { IndexedRecord, Listed } from '../store';
import type { Held } from './held';
import { isPatientParameter, type Include } from './parse-include';
import type { Search } from './parse-search';

/** So many resources come along with a page at most. */
export const mostIncluded = 500;

export interface Included {
  readonly records: readonly IndexedRecord[];
  /** Whether there would be more. */
  readonly isCutOff: boolean;
}

interface Matches {
  readonly records: readonly IndexedRecord[];
  readonly resources: readonly JsonObject[];
}

/** What comes along with the matches of a page, each once: what they refer to, and what refers to them. */
export function findIncluded(held: Held, { includes, revIncludes }: Search, { records, resources }: Matches): Included {
  const known = new Set(records.map(({ recordId }) => recordId));
  const found = new Map<string, Listed>();
  const add = (listed: readonly Listed[]): void => {
    for (const one of listed) if (!known.has(one.recordId) && found.size <= mostIncluded) found.set(one.recordId, one);
  };
  for (const include of includes) add(resources.flatMap((resource) => findReferred(held, include, resource)));
  for (const include of revIncludes) add(findReferring(held, include, records));
  const listed = [...found.values()].slice(0, mostIncluded);
  return {
    records: listed.flatMap(({ recordId, version }) => held.index.findVersion(recordId, version) ?? []),
    isCutOff: found.size > mostIncluded,
  };
}

function findReferred({ index, resources }: Held, { type, paths, target }: Include, resource: JsonObject): Listed[] {
  if (resource['resourceType'] !== type) return [];
  return valuesAt(resource, { paths }).flatMap((value) => {
    const { kind, id } = parseLocal(value);
    if (kind === undefined || id === undefined || (target !== undefined && target !== kind)) return [];
    const record = index.findResource(kind, id);
    return record === undefined ? [] : (resources.find(record.recordId) ?? []);
  });
}

/** Type and id of what a reference refers to here. */
function parseLocal(value: JsonValue): { readonly kind: string | undefined; readonly id: string | undefined } {
  const reference = isObject(value) ? value['reference'] : undefined;
  const [, kind, id] = (typeof reference === 'string' && /^([A-Za-z]+)\/([A-Za-z0-9.-]+)(?:\/_history\/.*)?$/.exec(reference)) || [];
  return { kind, id };
}

/** More than may come along is not looked for. */
function findReferring({ resources }: Held, { type, parameter, target }: Include, records: readonly IndexedRecord[]): readonly Listed[] {
  const aimed = records.filter((record) => target === undefined || record.type === target);
  const most = mostIncluded + 1;
  if (isPatientParameter(type, parameter)) {
    const subjects = new Set(aimed.filter((record) => record.type === 'Patient').flatMap(({ subjectRef }) => subjectRef ?? []));
    return [...subjects].flatMap((subjectRef) => resources.list({ type, subjectRef }, { order: 'created', most }));
  }
  const any = aimed.map((record) => newTerm(type, parameter, `${record.type}/${record.id}`));
  return any.length === 0 ? [] : resources.search({ type, criteria: [{ any }] }, { after: undefined, most }).listed;
}
