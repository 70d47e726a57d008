import type { MspId } from '@medaccord/chaincode/model';
import type { JsonObject } from '../fhir';
import { newError } from '../problem';
import type { RecordReader } from '../record/record-reader';
import { findWithdrawal, type Facts, type IndexedRecord } from '../store';
import type { FhirAnswer, VersionName } from './answer';
import { parseEntityTags } from './entity-tag';
import type { Held } from './held';
import { presentResource } from './present-resource';

export interface ResourceReaderOptions {
  readonly mspId: MspId;
  readonly store: Pick<Held, 'index'> & { readonly facts: Facts };
  readonly records: RecordReader;
  /** The patient whose records alone are read; those of all unless given. */
  readonly within?: string;
}

/** A resource with all its versions that count, oldest first. */
export interface VersionedResource {
  readonly versions: readonly IndexedRecord[];
  /** When it was deleted; nothing while it stands. */
  readonly deletedAt: string | undefined;
}

/** Reads the organisation's own resources, each version checked against its anchor. */
export class ResourceReader {
  readonly #options: ResourceReaderOptions;

  constructor(options: ResourceReaderOptions) {
    this.#options = options;
  }

  /**
   * The newest version, unless the caller has it already.
   * @param ifNoneMatch entity tags that the caller has
   * @throws CodedError RESOURCE_NOT_FOUND, RESOURCE_DELETED, CONTENT_NOT_ANCHORED; DecryptFailed
   */
  async read(type: string, id: string, ifNoneMatch?: string): Promise<FhirAnswer> {
    const record = this.#find(type, id);
    if (this.findDeletion(record) !== undefined) throw newError('RESOURCE_DELETED', 'It was deleted; its versions stay readable');
    const known = ifNoneMatch === undefined ? [] : (parseEntityTags(ifNoneMatch) ?? []);
    if (known.includes('*') || known.includes(String(record.version))) return { status: 304, version: this.nameVersion(record) };
    return this.answer(200, record);
  }

  /**
   * A version, also of a resource that was deleted since: who withdrew what must stay accountable.
   * @throws CodedError RESOURCE_NOT_FOUND, CONTENT_NOT_ANCHORED; DecryptFailed
   */
  async readVersion(type: string, id: string, versionId: string): Promise<FhirAnswer> {
    const found = this.findVersions(type, id).versions.find(({ version }) => String(version) === versionId);
    if (found === undefined) throw newError('RESOURCE_NOT_FOUND', 'The resource has no such version here');
    return this.answer(200, found);
  }

  /** @throws CodedError RESOURCE_NOT_FOUND */
  findVersions(type: string, id: string): VersionedResource {
    const record = this.#find(type, id);
    return { versions: this.#options.store.index.listVersions(record.recordId), deletedAt: this.findDeletion(record) };
  }

  async answer(status: number, record: IndexedRecord): Promise<FhirAnswer> {
    const [resource] = await this.present([record]);
    return { status, resource, version: this.nameVersion(record) };
  }

  /** The resources of these versions, in their order. @throws CodedError CONTENT_NOT_ANCHORED; DecryptFailed */
  async present(records: readonly IndexedRecord[]): Promise<readonly JsonObject[]> {
    const texts = await this.#options.records.readVersions(records);
    return records.map((record, at) => presentResource(texts[at] ?? '', record.version, this.nameVersion(record).lastUpdated));
  }

  nameVersion(record: IndexedRecord): VersionName {
    const anchor = this.#options.records.findAnchor(record);
    if (anchor === undefined) throw newError('RESOURCE_NOT_FOUND', 'No such resource is held here');
    return { reference: `${record.type}/${record.id}`, version: record.version, lastUpdated: anchor.anchoredAt };
  }

  findDeletion({ recordId }: Pick<IndexedRecord, 'recordId'>): string | undefined {
    return findWithdrawal(this.#options.store.facts, this.#options.mspId, recordId);
  }

  #find(type: string, id: string): IndexedRecord {
    const record = this.#options.store.index.findResource(type, id);
    const { within } = this.#options;
    if (record === undefined || (within !== undefined && record.subjectRef !== within))
      throw newError('RESOURCE_NOT_FOUND', 'No such resource is held here');
    return record;
  }
}
