import type { JsonObject } from '../fhir';
import { parseCursor, type FhirAnswer, type Pair } from '../fhir-rest';
import { newError } from '../problem';
import type { LocalKey } from '../store';
import { presentReleased, type IsSeen } from './present-released';
import { newSearchset, type Start } from './released-bundle';
import { findReleased, parseReleasedSearch } from './released-search';
import { listPermitted, listVisible, type Reader, type VisibleOptions, type VisibleRecord, type VisibleVersion } from './visible-records';

export interface ReleasedReaderOptions extends VisibleOptions {
  readonly key: LocalKey;
}

/** Whose records are read by whom, and where the service for them begins. */
export interface ReleasedScope {
  readonly relationRef: string;
  readonly reader: Reader;
  readonly base: string;
}

export interface ReleasedSearch {
  /** Nothing: all types, of the patient named if one is. */
  readonly type: string | undefined;
  readonly patient?: string | undefined;
  readonly pairs: readonly Pair[];
  /** Refuse what is not known. */
  readonly isStrict: boolean;
}

/**
 * What was released of a relation as a FHIR R4 service of its own, each answer decided anew. What was never there, what was not released and
 * what this reader may not see any more are answered alike.
 */
export class ReleasedReader {
  readonly #options: ReleasedReaderOptions;

  constructor(options: ReleasedReaderOptions) {
    this.#options = options;
  }

  /** @throws CodedError RESOURCE_NOT_FOUND, READ_MODEL_STALE, HEIGHT_NOT_PROVEN */
  async read(scope: ReleasedScope, type: string, id: string): Promise<FhirAnswer> {
    const shown = await this.#list(scope);
    return answer(find(shown, type, id).newest, shown);
  }

  /** @throws CodedError as `read` */
  async readVersion(scope: ReleasedScope, type: string, id: string, versionId: string): Promise<FhirAnswer> {
    const shown = await this.#list(scope);
    const version = find(shown, type, id).versions.find((one) => String(one.version) === versionId);
    if (version === undefined) throw nothingThere();
    return answer(version, shown);
  }

  /** The versions that were released, newest first. @throws CodedError as `read` */
  async readHistory(scope: ReleasedScope, type: string, id: string): Promise<JsonObject> {
    const shown = await this.#list(scope);
    const { versions } = find(shown, type, id);
    const isSeen = isSeenAmong(shown);
    const fullUrl = `${scope.base}/${type}/${id}`;
    const entry = versions.toReversed().map((version) => ({
      fullUrl,
      resource: presentReleased(version, isSeen),
      request: { method: 'PUT', url: `${type}/${id}` },
      response: { status: '200', etag: `W/"${String(version.version)}"`, lastModified: version.anchoredAt },
    }));
    return {
      resourceType: 'Bundle',
      type: 'history',
      total: entry.length,
      link: [{ relation: 'self', url: `${fullUrl}/_history` }],
      entry,
    };
  }

  /**
   * Resources of a type, or all of the patient's.
   * @throws CodedError REQUEST_INVALID, SEARCH_PARAMETER_UNKNOWN, RESOURCE_NOT_FOUND for a patient whose resource is not seen
   */
  async search(scope: ReleasedScope, { type, patient, pairs, isStrict }: ReleasedSearch): Promise<JsonObject> {
    const path = type ?? (patient === undefined ? 'Patient/$everything' : `Patient/${patient}/$everything`);
    const from = this.#readStart(scope, path, pairs);
    const search = parseReleasedSearch(type, from?.pairs ?? pairs, scope.base);
    if (isStrict && search.ignored.length > 0)
      throw newError(
        'SEARCH_PARAMETER_UNKNOWN',
        'The search has a parameter, modifier or value that is not known here; GET metadata lists what is',
      );
    const shown = await this.#list(scope);
    if (patient !== undefined) find(shown, 'Patient', patient);
    const isSeen = isSeenAmong(shown);
    const records = type === undefined ? shown : findReleased(shown, search, isSeen);
    return newSearchset(
      this.#options.key,
      { base: scope.base, path, cursorOf: cursorOf(scope.relationRef, path), search, records, from },
      isSeen,
    );
  }

  /** Of one release, which versions this reader may see now, as `record id/version`. @throws CodedError READ_MODEL_STALE, HEIGHT_NOT_PROVEN */
  async listSeen(relationRef: string, requestId: string, reader: Reader): Promise<ReadonlySet<string>> {
    const permitted = await listPermitted(this.#options, relationRef, reader);
    const ofIt = permitted.filter((placed) => placed.requestId === requestId);
    return new Set(ofIt.map(({ version: { recordId, version } }) => `${recordId}/${String(version)}`));
  }

  #list({ relationRef, reader }: ReleasedScope): Promise<readonly VisibleRecord[]> {
    return listVisible(this.#options, relationRef, reader);
  }

  #readStart({ relationRef }: ReleasedScope, path: string, pairs: readonly Pair[]): Start | undefined {
    const cursor = pairs.find(([name]) => name === '_cursor')?.[1];
    if (cursor === undefined) return undefined;
    const { pairs: asked, after } = parseCursor(this.#options.key, cursor, cursorOf(relationRef, path));
    return { pairs: asked, after: after.updated, cursor };
  }
}

function cursorOf(relationRef: string, path: string): string {
  return `released/${relationRef}/${path}`;
}

function find(shown: readonly VisibleRecord[], type: string, id: string): VisibleRecord {
  const record = shown.find(({ newest }) => newest.type === type && newest.id === id);
  if (record === undefined) throw nothingThere();
  return record;
}

function nothingThere(): Error {
  return newError('RESOURCE_NOT_FOUND', 'Nothing of that name is released to you now');
}

function answer(version: VisibleVersion, shown: readonly VisibleRecord[]): FhirAnswer {
  const { type, id, anchoredAt: lastUpdated } = version;
  const resource = presentReleased(version, isSeenAmong(shown));
  return { status: 200, resource, version: { reference: `${type}/${id}`, version: version.version, lastUpdated } };
}

function isSeenAmong(shown: readonly VisibleRecord[]): IsSeen {
  const names = new Set(shown.map(({ newest: { type, id } }) => `${type}/${id}`));
  return (reference) => names.has(reference);
}
