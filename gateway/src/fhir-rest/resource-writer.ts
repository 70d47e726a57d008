import type { MspId, RecordId, SubjectRef } from '@medaccord/chaincode/model';
import {
  FhirError,
  findHeld,
  formatJson,
  parseBundle,
  parseCondition,
  parseLosslessJson,
  isObject,
  type IndexedResource,
  type JsonObject,
  type ResourceIndex,
} from '../fhir';
import type { ImportedResource, Importer, ImportOutcome } from '../import/import-bundle';
import type { Transactions } from '../ledger/transactions';
import { newError, readCode, toCodedError, type CodedError } from '../problem';
import type { IndexedRecord, Projector, Store } from '../store';
import type { FhirAnswer } from './answer';
import { formatEntityTag, parseEntityTags } from './entity-tag';
import { findSubject } from './find-subject';
import type { Preference } from './prefer';
import { newNotice } from './operation-outcome';
import type { ResourceReader } from './resource-reader';

export interface ResourceWriterOptions {
  readonly mspId: MspId;
  readonly store: Store;
  readonly importer: Importer;
  readonly held: ResourceIndex;
  readonly reader: ResourceReader;
  readonly transactions: Transactions;
  readonly projector: Pick<Projector, 'waitForBlock'>;
}

/** How a write is made, beside what is written. */
export interface WriteContext {
  /** The same for a repeat of the same request. */
  readonly operation: string;
  /** Whose records these are, where the caller says it. */
  readonly subjectRef: SubjectRef | undefined;
  readonly answer: Preference['answer'];
  /** Entity tag of the version that the caller replaces or deletes. */
  readonly ifMatch?: string | undefined;
}

/** Where a resource goes: a new id, a given one, or what a condition finds. */
export type WriteTarget =
  | { readonly kind: 'create'; readonly ifNoneExist: string | undefined }
  | { readonly kind: 'update'; readonly id: string }
  | { readonly kind: 'update-found'; readonly condition: string };

/** Writes resources: each is a transaction of its own to the importer, each new version an anchored record. */
export class ResourceWriter {
  readonly #options: ResourceWriterOptions;

  constructor(options: ResourceWriterOptions) {
    this.#options = options;
  }

  /** @throws FhirError, CodedError; nothing is visible then */
  async write(type: string, target: WriteTarget, text: string, context: WriteContext): Promise<FhirAnswer> {
    const resource = parseLosslessJson(text);
    if (!isObject(resource) || resource['resourceType'] !== type)
      throw new FhirError('BUNDLE_INVALID', 'resourceType', 'must be the type that the address names.');
    const request = newRequest(type, target, context.ifMatch);
    const bundle = formatJson({ resourceType: 'Bundle', type: 'transaction', entry: [{ resource, request }] });
    const { resources } = await this.transact(bundle, context).catch((error: unknown) => {
      throw withOwnPlace(error, type);
    });
    const [done] = resources;
    if (done === undefined) throw newError('INTERNAL', 'The import has no outcome');
    return this.answer(done, context.answer);
  }

  /** Imports a transaction bundle. @throws FhirError, CodedError */
  async transact(bundle: string, { operation, subjectRef }: Pick<WriteContext, 'operation' | 'subjectRef'>): Promise<ImportOutcome> {
    const { importer, held } = this.#options;
    return importer.import({ operation, subjectRef: subjectRef ?? (await findSubject(parseBundle(bundle), held)), bundle });
  }

  /** What is told of a resource that was written. */
  async answer({ recordId, version, outcome }: ImportedResource, wish: Preference['answer']): Promise<FhirAnswer> {
    const { store, reader } = this.#options;
    const record = store.index.findVersion(recordId, version);
    if (record === undefined) throw newError('RESOURCE_NOT_FOUND', 'No such version is held here');
    const status = outcome === 'created' ? 201 : 200;
    if (wish === 'representation') return reader.answer(status, record);
    const resource = wish === 'minimal' ? undefined : newNotice('information', 'informational', `The resource was ${outcome}`);
    return { status, resource, version: reader.nameVersion(record) };
  }

  /**
   * Deletes a resource: its record is withdrawn on the ledger as entered in error, for good. What is deleted or unknown already stays so.
   * @throws FhirError BUNDLE_VERSION_OUTDATED; CodedError
   */
  async remove(type: string, id: string, ifMatch?: string): Promise<FhirAnswer> {
    const { store, importer, reader } = this.#options;
    const found = store.index.findResource(type, id);
    if (found === undefined) {
      if (ifMatch !== undefined) assertMatch(ifMatch, 0);
      return { status: 204 };
    }
    return importer.alone(found.subjectRef, async () => {
      if (reader.findDeletion(found) !== undefined) return { status: 204 };
      if (ifMatch !== undefined) assertMatch(ifMatch, store.index.find(found.recordId)?.version ?? 0);
      await this.#withdraw(found);
      return { status: 204 };
    });
  }

  /** Deletes the one resource that a condition finds. @throws FhirError BUNDLE_CONDITION_AMBIGUOUS and remove's */
  async removeFound(type: string, condition: string, ifMatch?: string): Promise<FhirAnswer> {
    const found = await this.findOne(type, condition);
    return found === undefined ? { status: 204 } : this.remove(type, found.id, ifMatch);
  }

  /** The one resource that a condition finds, if there is one. @throws FhirError BUNDLE_CONDITION_AMBIGUOUS */
  async findOne(type: string, condition: string): Promise<IndexedResource | undefined> {
    const [found, ...others] = await findHeld(this.#options.held, type, parseCondition(condition, 'query'));
    if (others.length > 0) throw new FhirError('BUNDLE_CONDITION_AMBIGUOUS', 'query', 'finds several resources; it must find one or none.');
    return found;
  }

  /** What a write of this operation came to, if it was carried out already. */
  async findDone(operation: string): Promise<ImportedResource | undefined> {
    return (await this.#options.importer.findOutcome(operation))?.resources[0];
  }

  async #withdraw({ recordId }: IndexedRecord): Promise<void> {
    const { transactions, projector, store } = this.#options;
    const request = { recordId: recordId as RecordId, status: 'entered-in-error' } as const;
    const done = await transactions.submit('SetRecordStatus', request, { operation: `record/${recordId}/withdraw`, mayLag: true });
    await projector.waitForBlock(done.block);
    store.resources.remove(recordId);
    store.changes.addDeletion(recordId);
  }
}

function newRequest(type: string, target: WriteTarget, ifMatch: string | undefined): JsonObject {
  const match = ifMatch === undefined ? {} : { ifMatch: readIfMatch(ifMatch) };
  switch (target.kind) {
    case 'create':
      return { method: 'POST', url: type, ...(target.ifNoneExist === undefined ? {} : { ifNoneExist: target.ifNoneExist }) };
    case 'update':
      return { method: 'PUT', url: `${type}/${target.id}`, ...match };
    case 'update-found':
      return { method: 'PUT', url: `${type}?${target.condition}`, ...match };
  }
}

/** The one tag that a write may name, as FHIR writes it. */
function readIfMatch(header: string): string {
  const [version, ...others] = parseEntityTags(header) ?? [];
  if (version === undefined || version === '*' || others.length > 0)
    throw newError('REQUEST_INVALID', 'header.if-match: must be one version, such as W/"3"');
  return formatEntityTag(version);
}

/** @throws FhirError BUNDLE_VERSION_OUTDATED; CodedError REQUEST_INVALID */
export function assertMatch(ifMatch: string, version: number): void {
  if (readIfMatch(ifMatch) === formatEntityTag(version)) return;
  throw new FhirError('BUNDLE_VERSION_OUTDATED', 'If-Match', 'does not name the version that is held here now, in the form W/"3".');
}

/** Places of a transaction of one resource, as its sender knows them. */
function withOwnPlace(error: unknown, type: string): unknown {
  if (readCode(error) === 'FHIR_INVALID') return withoutEntry(toCodedError(error));
  if (!(error instanceof FhirError)) return error;
  const { place } = error.details;
  const own = place.replace(/^entry\[0\]\.resource\b/, type).replace(/^entry\[0\](?:\.request)?\b\.?/, 'request.');
  return new FhirError(error.code, own, error.message.slice(place.length + 1));
}

function withoutEntry({ message, details }: CodedError): CodedError {
  const issues = (details['issues'] as readonly Readonly<Record<string, unknown>>[]).map(({ entry: _entry, ...issue }) => issue);
  return newError('FHIR_INVALID', message.replace(/^entry\[0\]: /, ''), { details: { ...details, issues } });
}
