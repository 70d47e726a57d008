import type { GroupId, MspId, PatientEntry, RecordId, SubjectRef, TransactionRequest } from '@medaccord/chaincode/model';
import { finishRegardless } from '../deadline';
import { planImport, type JsonObject, type PlannedResource, type ResourceIndex } from '../fhir';
import { newQueues } from '../ledger/lanes';
import type { Transactions } from '../ledger/transactions';
import type { SealingPublicKey } from '../crypto';
import { newError, readCode } from '../problem';
import { encryptRecord, type EncryptedRecord } from '../record/encrypt-record';
import type { RecordReader } from '../record/record-reader';
import { extractSearchable } from '../search';
import type { FindableRecord, ImportEntry, Projector, Store } from '../store';
import { assertValid, type PlacedResource, type Profiles } from '../validation';
import { newBatches } from './batches';
import { newHeldResources } from './held-resources';
import { RecordWriter } from './record-writer';

/** More at once would only use more memory. */
const encryptedAtOnce = 16;

export interface ImportOptions {
  readonly mspId: MspId;
  readonly key: SealingPublicKey;
  readonly store: Store;
  readonly transactions: Transactions;
  readonly records: RecordReader;
  readonly projector: Pick<Projector, 'waitForBlock' | 'waitFor'>;
  readonly onTrouble: (error: unknown) => void;
  readonly profiles: Profiles | undefined;
  /** Before an earlier run is settled an import could take up what is about to be abandoned. @throws CodedError NOT_READY */
  readonly assertRecovered: () => void;
  /** Runs a task while no other gateway of the organisation runs one of the same name, on what the others have done so far. */
  readonly alone: <T>(name: string, task: () => Promise<T>) => Promise<T>;
}

export interface ImportRequest {
  readonly operation: string;
  /** The patient whose bundle it is; none for resources outside the Patient compartment. */
  readonly subjectRef: SubjectRef | undefined;
  /** FHIR R4 transaction bundle, JSON. */
  readonly bundle: string;
}

/** One resource of the bundle as it is held now. */
export interface ImportedResource {
  readonly fullUrl: string | null;
  readonly reference: string;
  readonly outcome: PlannedResource['outcome'];
  readonly recordId: string;
  readonly version: number;
  readonly category: string;
}

export interface ImportOutcome {
  readonly groupId: string;
  readonly resources: readonly ImportedResource[];
  /** Transaction ids, in the order of their batches. */
  readonly transactions: readonly string[];
}

/** Imports bundles as groups: either every resource of a bundle becomes visible, or none. */
export class Importer {
  readonly #options: ImportOptions;
  readonly #writer: RecordWriter;
  readonly #queue = newQueues();
  readonly #held: ResourceIndex;

  constructor(options: ImportOptions) {
    this.#options = options;
    this.#held = newHeldResources(options);
    this.#writer = new RecordWriter(options.transactions, options.mspId);
  }

  /**
   * Imports a bundle. A repeat of an import that was closed gives its outcome; one that was cut off begins anew, under a new group.
   * @throws FhirError, CodedError (FHIR_INVALID among them); nothing is stored or visible then
   */
  import(request: ImportRequest): Promise<ImportOutcome> {
    this.#options.assertRecovered();
    this.#assertOwnPatient(request.subjectRef);
    return this.#inTurn(request.subjectRef ?? '', () => this.#writer.count(() => this.#import(request)));
  }

  /** What an import came to, if it was closed; before an earlier run is settled nobody knows. @throws CodedError NOT_READY */
  async findOutcome(operation: string): Promise<ImportOutcome | undefined> {
    this.#options.assertRecovered();
    const entry = await this.#options.store.imports.find(operation);
    return entry?.state === 'closed' ? (JSON.parse(entry.outcome) as ImportOutcome) : undefined;
  }

  /** Runs a change of a patient's records, or of those without a subject, while nothing of the same is imported. */
  alone<T>(subjectRef: string | null, change: () => Promise<T>): Promise<T> {
    this.#options.assertRecovered();
    return this.#inTurn(subjectRef ?? '', change);
  }

  /** One after another for each subject, also when several gateways of the organisation import. */
  #inTurn<T>(subject: string, task: () => Promise<T>): Promise<T> {
    return this.#queue(subject, () => this.#options.alone(`import/${subject}`, task));
  }

  /** Ends what an earlier run of the gateway left: closed groups count, all others are abandoned. Nothing may be imported meanwhile. */
  async recover(): Promise<void> {
    for (const entry of await this.#options.store.imports.listRunning()) {
      if (this.#isClosed(entry)) await this.#close(entry);
      else await this.#abandon(entry);
    }
  }

  async #import({ operation, subjectRef, bundle }: ImportRequest): Promise<ImportOutcome> {
    const { store } = this.#options;
    const earlier = await this.#settleEarlier(await store.imports.find(operation));
    if (earlier?.state === 'closed') return JSON.parse(earlier.outcome) as ImportOutcome;
    const attempt = (earlier?.attempt ?? 0) + 1;
    const groupId = store.key.name('group', JSON.stringify([operation, attempt])) as GroupId;
    const planned = await this.#plan({ operation, subjectRef, bundle }, attempt);
    const outcome: ImportOutcome = { groupId, resources: planned.map(describe), transactions: [] };
    const changed = planned.filter((resource) => resource.outcome === 'created' || resource.outcome === 'updated');
    const entry: ImportEntry = { operation, attempt, groupId, state: 'running', outcome: JSON.stringify(outcome) };
    if (changed.length === 0) return this.#finish(entry, outcome);
    const encrypted = await this.#encrypt(changed);
    // What is half written must be closed or abandoned.
    finishRegardless();
    await this.#begin(entry, changed, encrypted);
    try {
      const transactions = await this.#write(groupId, encrypted);
      return await this.#finish(entry, { ...outcome, transactions });
    } catch (error) {
      await this.#cutOff(entry, error);
      return this.#finish(entry, outcome);
    }
  }

  /** Keeps that the import runs and indexes its records; when they cannot be, nothing of it is on the ledger yet. */
  async #begin(entry: ImportEntry, changed: readonly PlannedResource[], encrypted: readonly EncryptedRecord[]): Promise<void> {
    const { store } = this.#options;
    await store.imports.put(entry);
    try {
      store.index.add(changed.map((resource, at) => newFindable(entry.groupId, resource, encrypted[at])));
    } catch (error) {
      await store.imports.put({ ...entry, state: 'abandoned' });
      throw error;
    }
  }

  /** After a failure: the group is abandoned, unless it turns out to be closed after all. */
  async #cutOff(entry: ImportEntry, error: unknown): Promise<void> {
    if (this.#isClosed(entry)) return;
    await this.#abandon(entry).catch(this.#options.onTrouble);
    if (!this.#isClosed(entry)) throw error;
  }

  async #settleEarlier(entry: ImportEntry | undefined): Promise<ImportEntry | undefined> {
    if (entry?.state !== 'running') return entry;
    if (!this.#isClosed(entry)) await this.#abandon(entry);
    return this.#options.store.imports.find(entry.operation);
  }

  async #plan({ operation, subjectRef, bundle }: ImportRequest, attempt: number): Promise<readonly PlannedResource[]> {
    const { key, facts } = this.#options.store;
    const planned = await planImport(bundle, {
      index: this.#held,
      subjectRef,
      newId: (entry) =>
        Buffer.from(key.name('fhir-id', JSON.stringify([operation, entry])), 'base64url')
          .toString('hex')
          .slice(0, 32),
      newRecordId: (entry) => key.name('record', JSON.stringify([operation, attempt, entry])) as RecordId,
    });
    await assertValid(listNew(planned), this.#options);
    // A version that an abandoned import anchored is taken for good: the next one goes on after it.
    return planned.map((resource) => {
      if (resource.outcome !== 'updated') return resource;
      const anchored = facts.findNewestVersion(this.#options.mspId, resource.recordId);
      return { ...resource, version: Math.max(resource.version, anchored + 1) };
    });
  }

  async #encrypt(resources: readonly PlannedResource[]): Promise<EncryptedRecord[]> {
    const encrypted: EncryptedRecord[] = [];
    for (let start = 0; start < resources.length; start += encryptedAtOnce) {
      const slice = resources.slice(start, start + encryptedAtOnce);
      encrypted.push(...(await Promise.all(slice.map((resource) => encryptRecord(resource, this.#options.mspId, this.#options.key)))));
    }
    return encrypted;
  }

  /** Stores and anchors every batch, then closes the group; a group of one batch is anchored whole. Gives the transaction ids. */
  async #write(groupId: GroupId, records: readonly EncryptedRecord[]): Promise<readonly string[]> {
    const batches = newBatches(records);
    const whole = batches.length === 1;
    const outcomes = await Promise.allSettled(
      batches.map((batch, at) => this.#writer.write({ groupId, size: records.length, whole, records: batch, at })),
    );
    const written = outcomes.flatMap((outcome) => {
      if (outcome.status === 'rejected') throw outcome.reason;
      return outcome.value;
    });
    const ids = written.map(({ transactionId }) => transactionId);
    const last = written.at(-1);
    if (whole && last !== undefined) return this.#seen(ids, last.block);
    const closed = await this.#options.transactions.submit(
      'CloseGroup',
      { groupId, size: records.length },
      { operation: `group/${groupId}/close`, mayLag: true },
    );
    return this.#seen([...ids, closed.transactionId], closed.block);
  }

  async #seen(transactions: readonly string[], block: number): Promise<readonly string[]> {
    await this.#options.projector.waitForBlock(block);
    return transactions;
  }

  async #finish(entry: ImportEntry, outcome: ImportOutcome): Promise<ImportOutcome> {
    await this.#close({ ...entry, outcome: JSON.stringify(outcome) });
    return outcome;
  }

  async #close(entry: ImportEntry): Promise<void> {
    this.#options.store.resources.addGroup(entry.groupId);
    this.#options.store.changes.addGroup(entry.groupId);
    await this.#options.store.imports.put({ ...entry, state: 'closed' });
  }

  /** Declares a group void, deletes what is stored of it and forgets its records. Repeatable at every step. */
  async #abandon(entry: ImportEntry): Promise<void> {
    const { store } = this.#options;
    const groupId = entry.groupId as GroupId;
    const records = listChanged(entry);
    const [record] = records;
    // They are kept before the ledger gets any.
    if (record !== undefined) {
      if (await this.#endedClosed(entry, record, records)) {
        await this.#close(entry);
        return;
      }
      store.index.removeGroup(groupId);
    }
    await store.imports.put({ ...entry, state: 'abandoned' });
  }

  /** Abandons a group on the ledger and deletes what is stored of it, unless it turns out to be closed: a whole one until it is deleted. */
  async #endedClosed(
    entry: ImportEntry,
    record: TransactionRequest<'AbandonGroup'>['record'],
    records: TransactionRequest<'DeleteRecords'>['records'],
  ): Promise<boolean> {
    const { transactions, projector } = this.#options;
    const groupId = entry.groupId as GroupId;
    try {
      const done = await transactions.submit('AbandonGroup', { groupId, record }, { operation: `group/${groupId}/abandon`, mayLag: true });
      await projector.waitForBlock(done.block);
      await this.#deleteStored(groupId, records);
      return false;
    } catch (error) {
      if (!['GROUP_NOT_OPEN', 'RECORD_ALREADY_ANCHORED'].includes(readCode(error) ?? '')) throw error;
      if ((await projector.waitFor(() => (this.#isClosed(entry) ? true : undefined), 10_000)) === undefined) throw error;
      return true;
    }
  }

  async #deleteStored(groupId: GroupId, records: TransactionRequest<'DeleteRecords'>['records']): Promise<void> {
    const { transactions, mspId } = this.#options;
    for (let start = 0; start < records.length; start += 100) {
      const batch = records.slice(start, start + 100);
      const operation = `group/${groupId}/delete/${String(start)}`;
      await transactions.submit('DeleteRecords', { groupId, records: batch }, { operation, organisations: [mspId], mayLag: true });
    }
  }

  /** Whether the records of a group count; they do so together. */
  #isClosed(entry: ImportEntry): boolean {
    const { store, mspId } = this.#options;
    const [record] = listChanged(entry);
    return record !== undefined && store.facts.counts(mspId, record.recordId, record.version);
  }

  #assertOwnPatient(subjectRef: SubjectRef | undefined): void {
    if (subjectRef === undefined) return;
    const patient = this.#options.store.facts.find<PatientEntry>('patient', subjectRef)?.value;
    if (patient === undefined) throw newError('PATIENT_UNKNOWN', 'No such patient is registered; POST /api/patients comes first');
    if (patient.custodian !== this.#options.mspId)
      throw newError('NOT_THE_CUSTODIAN', 'This patient is registered at another organisation');
  }
}

/** The record versions that an import writes, in its order. */
function listChanged({ outcome }: ImportEntry): TransactionRequest<'DeleteRecords'>['records'] {
  const { resources } = JSON.parse(outcome) as ImportOutcome;
  const changed = resources.filter((resource) => resource.outcome === 'created' || resource.outcome === 'updated');
  return changed.map(({ recordId, version }) => ({ recordId: recordId as RecordId, version }));
}

/** What would be written, read only when its turn comes; what is held already was valid when it came. */
function* listNew(planned: readonly PlannedResource[]): Generator<PlacedResource> {
  for (const [at, { outcome, text }] of planned.entries()) {
    if (outcome === 'created' || outcome === 'updated') yield { place: `entry[${String(at)}]`, resource: JSON.parse(text) as JsonObject };
  }
}

function describe({ fullUrl, reference, outcome, recordId, version, details }: PlannedResource): ImportedResource {
  return { fullUrl: fullUrl ?? null, reference, outcome, recordId, version, category: details.category };
}

function newFindable(groupId: string, resource: PlannedResource, encrypted: EncryptedRecord | undefined): FindableRecord {
  if (encrypted === undefined) throw new Error('A resource was not encrypted');
  const { recordId, version, subjectRef, type, id, details, identifiers, text } = resource;
  const place = { recordId, version, groupId, subjectRef, category: details.category, type, id };
  return {
    record: { ...place, details: encrypted.details, salts: encrypted.salts },
    findable: { identifiers, searchable: extractSearchable(JSON.parse(text) as JsonObject) },
  };
}
