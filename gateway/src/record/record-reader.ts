import { recordKey, recordRef, type MspId, type RecordAnchor, type RecordId } from '@medaccord/chaincode/model';
import { parseBase64url } from '../crypto';
import { newError } from '../problem';
import type { SealedReader } from '../sealed/sealed-reader';
import type { ClinicalIndex, Facts, IndexedRecord } from '../store';
import { openRecord, type Opening } from './open-record';
import { openWrap, parseStored, placeWrap } from './stored-record';

export interface RecordReaderOptions {
  readonly mspId: MspId;
  readonly facts: Facts;
  readonly index: ClinicalIndex;
  readonly sealed: SealedReader;
}

export interface ReadRecord {
  readonly record: IndexedRecord;
  readonly text: string;
}

/** Opens the organisation's own records, checking each against its anchor. */
export class RecordReader {
  readonly #options: RecordReaderOptions;

  constructor(options: RecordReaderOptions) {
    this.#options = options;
  }

  /**
   * The newest version of a record that counts.
   * @param index where it is looked for
   * @throws CodedError RESOURCE_NOT_FOUND, CONTENT_NOT_ANCHORED; DecryptFailed
   */
  async read(recordId: string, index: Pick<ClinicalIndex, 'find'> = this.#options.index): Promise<ReadRecord> {
    const record = index.find(recordId);
    if (record === undefined) throw newError('RESOURCE_NOT_FOUND', 'No such record is held here');
    const [text = ''] = await this.readVersions([record]);
    return { record, text };
  }

  /**
   * The resources of these very versions, in their order.
   * @throws CodedError RESOURCE_NOT_FOUND, CONTENT_NOT_ANCHORED; DecryptFailed
   */
  async readVersions(records: readonly IndexedRecord[]): Promise<readonly string[]> {
    const openings = await this.openAll(records);
    return Promise.all(
      openings.map((opening, at) => {
        const record = records[at];
        const anchor = record === undefined ? undefined : this.findAnchor(record);
        if (anchor === undefined) throw newError('RESOURCE_NOT_FOUND', 'No such record is held here');
        return openRecord(anchor, opening);
      }),
    );
  }

  /** What opens these records, in their order. @throws CodedError CONTENT_NOT_ANCHORED when one is missing; DecryptFailed */
  async openAll(records: readonly IndexedRecord[]): Promise<readonly Opening[]> {
    const envelopes = await this.#options.sealed.read(records.map(({ recordId, version }) => recordRef(recordId as RecordId, version)));
    return Promise.all(records.map((record, at) => this.#newOpening(record, envelopes[at])));
  }

  findAnchor({ recordId, version }: Pick<IndexedRecord, 'recordId' | 'version'>): RecordAnchor | undefined {
    const { facts, mspId } = this.#options;
    return facts.findKey<RecordAnchor>(recordKey(mspId, recordId as RecordId, version))?.value;
  }

  async #newOpening({ recordId, version, details }: IndexedRecord, stored: string | undefined): Promise<Opening> {
    const { wrap } = parseStored(stored);
    const { dataKey, salts, subjectRef } = await openWrap(this.#options.sealed, placeWrap(recordId, version), wrap);
    return { envelope: stored ?? '', dataKey: parseBase64url(dataKey), salts, details, subjectRef };
  }
}
