import type { RecordDetails, RecordId, SubjectRef } from '@medaccord/chaincode/model';
import { parseBundle } from './bundle';
import { FhirError } from './fhir-error';
import { identifierTokensOf } from './identifier-token';
import { parseLosslessJson } from './json-reader';
import { formatJson, isObject, isSameJson, type JsonObject, type JsonValue } from './json-value';
import { formatReference, newLinkResolver, type LinkResolver } from './link-resolver';
import { newRecordDetails } from './record-details';
import { rewriteLinks } from './reference-walk';
import type { ResourceIndex } from './resource-index';
import { newSubjectCheck, type SubjectCheck } from './subject-check';
import { settleTargets, type Target } from './target';

/** What becomes of one entry of a bundle. */
export type PlannedResource = {
  readonly fullUrl: string | undefined;
  readonly type: string;
  readonly id: string;
  /** `Type/id`. */
  readonly reference: string;
  /** Created and updated resources are to be stored and anchored; an unchanged one (equal, but for what a server sets in meta) or a found one is there already. */
  readonly outcome: 'created' | 'updated' | 'unchanged' | 'found';
  readonly recordId: RecordId;
  readonly version: number;
  /** Whose record it is; null outside the Patient compartment. */
  readonly subjectRef: SubjectRef | null;
  readonly details: RecordDetails;
  /** The tokens by which conditions find the resource later. */
  readonly identifiers: readonly string[];
  /** The resource, id assigned and links rewritten: the bytes (UTF-8) to encrypt and to anchor. */
  readonly text: string;
};

export type PlanOptions = {
  readonly index: ResourceIndex;
  /** The patient whose bundle it is; undefined for a bundle of resources outside the Patient compartment. */
  readonly subjectRef: SubjectRef | undefined;
  /** The id of a resource that a POST creates, and of its record, by the entry's position: the same again when an import is repeated. */
  readonly newId: (entry: number) => string;
  readonly newRecordId: (entry: number) => RecordId;
};

/**
 * Plans the import of a FHIR R4 transaction bundle, by FHIR's transaction rules, without writing anything: identities, links, versions,
 * whose record each resource is, its details and its text. One resource per entry, in the order of the bundle.
 * @throws {FhirError} when the bundle cannot be imported as it is; nothing of it can then
 */
export async function planImport(bundle: string, options: PlanOptions): Promise<PlannedResource[]> {
  const targets = await settleTargets(parseBundle(bundle), options.index, options.newId);
  const resolve = await newLinkResolver(targets, options.index);
  const subjectOf = newSubjectCheck(targets, options);
  return Promise.all(targets.map((target, at) => planResource({ target, at, resolve, subjectOf }, options)));
}

type Step = { readonly target: Target; readonly at: number; readonly resolve: LinkResolver; readonly subjectOf: SubjectCheck };

async function planResource({ target, at, resolve, subjectOf }: Step, { newRecordId }: PlanOptions): Promise<PlannedResource> {
  const { entry, id, current, isFound } = target;
  const { resource, subjectRef } = isFound ? await takeFound(target) : await rewrite(target, { resolve, subjectOf });
  const outcome = isFound ? 'found' : await compare(target, resource);
  const isNew = outcome === 'created' || outcome === 'updated';
  return {
    fullUrl: entry.fullUrl,
    type: entry.type,
    id,
    reference: formatReference(target),
    outcome,
    recordId: current === undefined ? newRecordId(at) : (current.recordId as RecordId),
    version: (current?.version ?? 0) + (isNew ? 1 : 0),
    subjectRef,
    details: newRecordDetails(entry.type, resource),
    identifiers: identifierTokensOf(resource),
    text: formatJson(resource),
  };
}

type Content = { readonly resource: JsonObject; readonly subjectRef: SubjectRef | null };

async function takeFound(target: Target): Promise<Content> {
  return { resource: await readCurrent(target), subjectRef: (target.current?.subjectRef ?? null) as SubjectRef | null };
}

async function rewrite(target: Target, { resolve, subjectOf }: Pick<Step, 'resolve' | 'subjectOf'>): Promise<Content> {
  const { entry, id } = target;
  const rewritten = rewriteLinks(entry.resource, `${entry.place}.resource`, (link) => resolve(target, link));
  const resource = withId(rewritten, id);
  return { resource, subjectRef: await subjectOf(target, resource) };
}

async function compare(target: Target, resource: JsonObject): Promise<'created' | 'updated' | 'unchanged'> {
  if (target.current === undefined) return 'created';
  return isSameJson(withoutServerMeta(await readCurrent(target)), withoutServerMeta(resource)) ? 'unchanged' : 'updated';
}

async function readCurrent({ current, entry }: Target): Promise<JsonObject> {
  if (current === undefined) throw new FhirError('BUNDLE_REFERENCE_UNRESOLVED', entry.place, 'refers to a resource that is not held.');
  return parseLosslessJson(await current.readText()) as JsonObject;
}

/** The resource under its id here, which stands where the sender's stood, or after the type. */
function withId(resource: JsonObject, id: string): JsonObject {
  if (resource['id'] === id) return resource;
  const { resourceType, ...rest } = resource;
  return { ...(resourceType !== undefined && { resourceType }), ...('id' in resource ? {} : { id }), ...rest, id };
}

/** Without what each server sets by itself: version, time and source. Labels, profiles and tags are content. */
function withoutServerMeta({ meta, ...rest }: JsonObject): JsonValue {
  if (!isObject(meta)) return rest;
  const { versionId: _version, lastUpdated: _time, source: _source, ...said } = meta;
  return Object.keys(said).length === 0 ? rest : { ...rest, meta: said };
}
