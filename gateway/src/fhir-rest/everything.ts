import { resourceTypes, isObject, type JsonObject, type JsonValue } from '../fhir';
import { newError } from '../problem';
import type { IndexedRecord, Place } from '../store';
import type { Held } from './held';
import { formatCursor, parseCursor } from './page-cursor';
import { parsePageCount } from './page-count';
import type { Pair } from './parse-search';
import { careDatesOf, isWithin, parseCareDates } from './care-dates';
import { parseInstant, parseTypes } from './type-list';
import type { ResourceReader } from './resource-reader';

export interface EverythingRequest {
  /** Of the Patient. */
  readonly id: string;
  readonly base: string;
  /** `start`, `end`, `_since`, `_type` and `_count` as they were asked, or `_cursor`. */
  readonly pairs: readonly Pair[];
  /** The patient beside whose records nothing is shown; what they refer to and is nobody's record comes along unless given. */
  readonly within?: string;
}

/** Where a page begins: after this place among the patient's records of this type. */
interface Start {
  readonly type: string;
  readonly after: Place | undefined;
}

/** Unless the caller says. */
const usualCount = '100';
const resumed = '_from-type';

/**
 * All that is held of a patient (FHIR R4 patient-operation-everything.html), in pages: the Patient, then her records type by type, each page with what its
 * resources refer to that is nobody's record (who, where, what kind).
 * @throws CodedError RESOURCE_NOT_FOUND, RESOURCE_DELETED, REQUEST_INVALID, CONTENT_NOT_ANCHORED; DecryptFailed
 */
export async function readEverything(reader: ResourceReader, held: Held, request: EverythingRequest): Promise<JsonObject> {
  const { id, base, within } = request;
  const patient = await reader.read('Patient', id);
  const { pairs, start, self } = readStart(held, request);
  const wanted = parseWanted(pairs);
  const { records, next } = findRecords(held, wanted, { subjectRef: held.index.findResource('Patient', id)?.subjectRef, start });
  const isWithPatient = start === undefined && wanted.types.includes('Patient');
  const matches = [...(isWithPatient ? [patient.resource ?? {}] : []), ...(await reader.present(records))];
  const included = within === undefined ? await reader.present(findReferred(held, matches, wanted.types)) : [];
  const url = `${base}/Patient/${id}/$everything`;
  const link = [{ relation: 'self', url: self === '' ? url : `${url}?${self}` }];
  if (next !== undefined) link.push({ relation: 'next', url: `${url}?_cursor=${formatNext(held, request, pairs, next)}` });
  const entry = [...matches.map((one) => newEntry(base, one, 'match')), ...included.map((one) => newEntry(base, one, 'include'))];
  return { resourceType: 'Bundle', type: 'searchset', link, ...(entry.length === 0 ? {} : { entry }) };
}

function readStart({ key }: Held, { id, pairs }: EverythingRequest): { pairs: readonly Pair[]; start: Start | undefined; self: string } {
  const cursor = pairs.find(([name]) => name === '_cursor');
  if (cursor === undefined) return { pairs, start: undefined, self: formatQuery(pairs) };
  if (pairs.length > 1) throw newError('REQUEST_INVALID', 'query._cursor: stands alone; follow the link as it is');
  const { pairs: asked, after } = parseCursor(key, cursor[1], nameOf(id));
  const type = asked.find(([name]) => name === resumed)?.[1] ?? '';
  return { pairs: asked.filter(([name]) => name !== resumed), start: { type, after }, self: formatQuery([cursor]) };
}

function formatNext({ key }: Held, { id }: EverythingRequest, pairs: readonly Pair[], { type, after }: Start): string {
  return formatCursor(key, { of: nameOf(id), pairs: [...pairs, [resumed, type]], after: after ?? { rank: 0, updated: '' } });
}

function nameOf(id: string): string {
  return `Patient/${id}/$everything`;
}

function formatQuery(pairs: readonly Pair[]): string {
  return new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, value])).toString();
}

interface Wanted {
  readonly types: readonly string[];
  readonly count: number;
  readonly since: string | undefined;
  readonly care: ReturnType<typeof parseCareDates>;
}

function parseWanted(pairs: readonly Pair[]): Wanted {
  const asked = new Map(pairs);
  return {
    types: parseTypes(asked.get('_type'), resourceTypes),
    count: parsePageCount(asked.get('_count') ?? usualCount),
    since: parseInstant(asked.get('_since'), '_since'),
    care: parseCareDates(asked.get('start'), asked.get('end')),
  };
}

interface Listing {
  readonly subjectRef: string | null | undefined;
  readonly start: Start | undefined;
}

interface Placed {
  readonly record: IndexedRecord;
  /** Where what comes after it begins. */
  readonly place: Start;
}

/** A page of the patient's records, and where the next one begins. */
function findRecords(held: Held, wanted: Wanted, listing: Listing): { records: IndexedRecord[]; next: Start | undefined } {
  const records: IndexedRecord[] = [];
  let next: Start | undefined;
  for (const { record, place } of walkRecords(held, wanted, listing)) {
    if (records.length === wanted.count) return { records, next };
    records.push(record);
    next = place;
  }
  return { records, next: undefined };
}

/** The patient's records type by type, each type in the order of creation. */
function* walkRecords(held: Held, { types, count, since, care }: Wanted, { subjectRef, start }: Listing): Generator<Placed> {
  if (typeof subjectRef !== 'string') return;
  for (const type of types.filter((one) => one !== 'Patient' && (start === undefined || one >= start.type))) {
    let after = type === start?.type ? start.after : undefined;
    for (let isMore = true; isMore;) {
      const listed = held.resources.list({ type, subjectRef, from: since }, { order: 'created', after, most: count });
      for (const { recordId, version, place } of listed) {
        const record = held.index.findVersion(recordId, version);
        if (record !== undefined && isWithin(careDatesOf(record), care)) yield { record, place: { type, after: place } };
      }
      isMore = listed.length === count;
      after = listed.at(-1)?.place;
    }
  }
}

/** What the resources refer to that is held here and is nobody's record, each once. */
function findReferred({ index, resources }: Held, referring: readonly JsonObject[], types: readonly string[]): IndexedRecord[] {
  const references = new Set(referring.flatMap((resource) => [...listReferences(resource)]));
  const found = [...references].flatMap((reference) => {
    const [, type = '', id = ''] = /^([A-Za-z]+)\/([A-Za-z0-9.-]{1,64})$/.exec(reference) ?? [];
    const record = types.includes(type) ? index.findResource(type, id) : undefined;
    return record !== undefined && record.subjectRef === null && resources.find(record.recordId) !== undefined ? [record] : [];
  });
  return found.slice(0, 500);
}

function* listReferences(value: JsonValue): Generator<string> {
  if (Array.isArray(value)) for (const item of value) yield* listReferences(item);
  else if (isObject(value)) {
    if (typeof value['reference'] === 'string') yield value['reference'];
    for (const inner of Object.values(value)) yield* listReferences(inner);
  }
}

function newEntry(base: string, resource: JsonObject, mode: 'match' | 'include'): JsonObject {
  const { resourceType: type, id } = resource as { readonly resourceType: string; readonly id: string };
  return { fullUrl: `${base}/${type}/${id}`, resource, search: { mode } };
}
