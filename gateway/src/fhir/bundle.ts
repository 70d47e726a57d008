import { assertElements } from './element-check';
import { FhirError, placeIn } from './fhir-error';
import { parseLosslessJson } from './json-reader';
import { isObject, type JsonObject, type JsonValue } from './json-value';
import { isResourceType } from './resource-type';

/** One entry of a transaction, its shape checked. `target` is the id or the condition of a PUT. */
export type Entry = {
  /** Where the entry stands: `entry[3]`. */
  readonly place: string;
  readonly fullUrl: string | undefined;
  readonly type: string;
  readonly resource: JsonObject;
  readonly request: EntryRequest;
};

export type EntryRequest =
  | { readonly method: 'POST'; readonly ifNoneExist: string | undefined }
  | { readonly method: 'PUT'; readonly id: string; readonly ifMatch: string | undefined }
  | { readonly method: 'PUT'; readonly condition: string; readonly ifMatch: string | undefined };

const BUNDLE_NAMES = names('resourceType id meta implicitRules language identifier type timestamp total link entry signature');
const ENTRY_NAMES = names('id extension modifierExtension link fullUrl resource request');
const REQUEST_NAMES = names('id extension modifierExtension method url ifNoneMatch ifModifiedSince ifMatch ifNoneExist');
const METHODS = ['POST', 'PUT'];
const OTHER_METHODS = ['GET', 'HEAD', 'DELETE', 'PATCH'];
const ID = /^[A-Za-z0-9.-]{1,64}$/;
const ABSOLUTE = /^[A-Za-z][A-Za-z0-9+.-]*:[^\s]+$/;

/**
 * Reads a FHIR R4 transaction bundle (https://hl7.org/fhir/R4/bundle.html, http.html#transaction) and checks the shape of the bundle,
 * its entries and their requests. Resources are checked as far as import relies on them.
 * @throws {FhirError} BUNDLE_NOT_JSON, BUNDLE_INVALID, BUNDLE_NOT_SUPPORTED, BUNDLE_DUPLICATE
 */
export function parseBundle(text: string): Entry[] {
  const bundle = parseLosslessJson(text);
  if (!isObject(bundle) || bundle['resourceType'] !== 'Bundle')
    throw invalid('resourceType', 'must be Bundle: a FHIR R4 transaction bundle');
  assertNames(bundle, BUNDLE_NAMES, '');
  if (bundle['type'] !== 'transaction') throw invalid('type', 'must be transaction');
  const entries = bundle['entry'];
  if (!Array.isArray(entries) || entries.length === 0) throw invalid('entry', 'must be a list of at least one entry');
  const parsed = entries.map((entry, at) => parseEntry(entry, placeIn('entry', at)));
  assertFullUrlsDistinct(parsed);
  return parsed;
}

function parseEntry(entry: JsonValue, place: string): Entry {
  if (!isObject(entry)) throw invalid(place, 'must be an object');
  assertNames(entry, ENTRY_NAMES, place);
  const request = entry['request'];
  if (!isObject(request)) throw invalid(placeIn(place, 'request'), 'must be an object with method and url');
  assertNames(request, REQUEST_NAMES, placeIn(place, 'request'));
  const method = parseMethod(request['method'], `${place}.request.method`);
  const { resource, type } = parseResource(entry['resource'], placeIn(place, 'resource'));
  const fullUrl = parseOptionalText(entry, 'fullUrl', place);
  if (fullUrl !== undefined && !ABSOLUTE.test(fullUrl)) throw invalid(`${place}.fullUrl`, 'must be an absolute URI, such as urn:uuid:…');
  return { place, fullUrl, type, resource, request: parseRequest(request, method, { type, resource, place }) };
}

function parseMethod(method: JsonValue | undefined, place: string): string {
  if (typeof method === 'string' && METHODS.includes(method)) return method;
  if (typeof method === 'string' && OTHER_METHODS.includes(method)) {
    throw new FhirError('BUNDLE_NOT_SUPPORTED', place, `must be POST or PUT: an import only adds, it does not ${method}.`);
  }
  throw invalid(place, 'must be POST or PUT');
}

function parseResource(resource: JsonValue | undefined, place: string): { resource: JsonObject; type: string } {
  if (!isObject(resource)) throw invalid(place, 'must be a resource');
  const type = resource['resourceType'];
  if (typeof type !== 'string' || !isResourceType(type))
    throw invalid(placeIn(place, 'resourceType'), 'must be a resource type of FHIR R4');
  // What an audit log says is for its organisation's gateway alone to write.
  if (type === 'AuditEvent') throw new FhirError('BUNDLE_NOT_SUPPORTED', place, 'must not be an AuditEvent: the gateway makes them.');
  const id = resource['id'];
  if (id !== undefined && (typeof id !== 'string' || !ID.test(id)))
    throw invalid(placeIn(place, 'id'), 'must be a FHIR id (A-Z a-z 0-9 . -)');
  assertElements(resource, place);
  return { resource, type };
}

type Target = { readonly type: string; readonly resource: JsonObject; readonly place: string };

function parseRequest(request: JsonObject, method: string, target: Target): EntryRequest {
  const place = `${target.place}.request`;
  const url = parseOptionalText(request, 'url', place);
  if (url === undefined) throw invalid(`${place}.url`, 'must be a relative URL');
  for (const name of ['ifNoneMatch', 'ifModifiedSince']) {
    if (request[name] !== undefined) throw new FhirError('BUNDLE_NOT_SUPPORTED', `${place}.${name}`, 'is for reading; leave it out.');
  }
  const ifMatch = parseOptionalText(request, 'ifMatch', place);
  const ifNoneExist = parseOptionalText(request, 'ifNoneExist', place);
  if (method === 'POST') {
    if (url !== target.type) throw invalid(`${place}.url`, 'must be the type of the resource, nothing else, for a POST');
    if (ifMatch !== undefined) throw invalid(`${place}.ifMatch`, 'must be absent: it is for PUT');
    return { method, ifNoneExist: ifNoneExist?.replace(/^\?/, '') };
  }
  if (ifNoneExist !== undefined) throw invalid(`${place}.ifNoneExist`, 'must be absent: it is for POST');
  return { method: 'PUT', ...parsePutTarget(url, target), ifMatch };
}

function parsePutTarget(url: string, { type, resource, place }: Target): { id: string } | { condition: string } {
  const id = resource['id'];
  if (url.startsWith(`${type}?`)) return { condition: url.slice(type.length + 1) };
  if (!url.startsWith(`${type}/`) || !ID.test(url.slice(type.length + 1))) {
    throw invalid(`${place}.request.url`, 'must be [type]/[id] or [type]?[condition] of the resource for a PUT');
  }
  if (id !== url.slice(type.length + 1)) throw invalid(`${place}.resource.id`, 'must be the id that request.url names');
  return { id };
}

function assertFullUrlsDistinct(entries: readonly Entry[]): void {
  const seen = new Map<string, string>();
  for (const { fullUrl, place } of entries) {
    if (fullUrl === undefined) continue;
    const other = seen.get(fullUrl);
    if (other !== undefined) throw new FhirError('BUNDLE_DUPLICATE', `${place}.fullUrl`, `is the same as that of ${other}.`);
    seen.set(fullUrl, place);
  }
}

function parseOptionalText(object: JsonObject, name: string, place: string): string | undefined {
  const value = object[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value === '') throw invalid(placeIn(place, name), 'must be a string that is not empty');
  return value;
}

function assertNames(object: JsonObject, allowed: ReadonlySet<string>, place: string): void {
  const unknown = Object.keys(object).find((name) => !allowed.has(name));
  if (unknown !== undefined) throw invalid(placeIn(place, unknown), 'is not an element that may stand here');
}

/** The names of elements, and of the `_name` objects that hold extensions of primitive ones. */
function names(list: string): ReadonlySet<string> {
  return new Set(list.split(' ').flatMap((name) => [name, `_${name}`]));
}

function invalid(place: string, problem: string): FhirError {
  return new FhirError('BUNDLE_INVALID', place, `${problem}.`);
}
