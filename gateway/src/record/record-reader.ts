import { parseUtf8, recordKey, recordPartRef, type MspId, type RecordAnchor, type RecordId } from '@medaccord/chaincode/model';
import { DecryptFailed, parseBase64url } from '../crypto';
import { newError } from '../problem';
import type { SealedReader } from '../sealed/sealed-reader';
import type { ClinicalIndex, Facts, IndexedRecord } from '../store';
import type { WrapContent } from './encrypt-record';
import { openRecord, type Opening } from './open-record';

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
   * @throws CodedError RESOURCE_NOT_FOUND, CONTENT_NOT_ANCHORED; DecryptFailed
   */
  async read(recordId: string): Promise<ReadRecord> {
    const record = this.#options.index.find(recordId);
    if (record === undefined) throw newError('RESOURCE_NOT_FOUND', 'No such record is held here');
    const [opening] = await this.openAll([record]);
    const anchor = this.findAnchor(record);
    if (opening === undefined || anchor === undefined) throw newError('RESOURCE_NOT_FOUND', 'No such record is held here');
    return { record, text: await openRecord(anchor, opening) };
  }

  /** What opens these records, in their order. @throws CodedError CONTENT_NOT_ANCHORED when a part is missing; DecryptFailed */
  async openAll(records: readonly IndexedRecord[]): Promise<readonly Opening[]> {
    const refs = records.flatMap(({ recordId, version }) => [
      recordPartRef('payload', recordId as RecordId, version),
      recordPartRef('wrap', recordId as RecordId, version),
    ]);
    const envelopes = await this.#options.sealed.read(refs);
    return Promise.all(records.map((record, at) => this.#newOpening(record, envelopes[2 * at], envelopes[2 * at + 1])));
  }

  findAnchor({ recordId, version }: Pick<IndexedRecord, 'recordId' | 'version'>): RecordAnchor | undefined {
    const { facts, mspId } = this.#options;
    return facts.findKey<RecordAnchor>(recordKey(mspId, recordId as RecordId, version))?.value;
  }

  async #newOpening(record: IndexedRecord, payload: string | undefined, wrap: string | undefined): Promise<Opening> {
    if (payload === undefined || wrap === undefined) throw newError('CONTENT_NOT_ANCHORED', 'A stored part of a record is missing');
    const { dataKey, salts, subjectRef } = await this.#openWrap(record, wrap);
    const key = parseBase64url(dataKey);
    return { payload, dataKey: key, salts, details: record.details, subjectRef };
  }

  async #openWrap({ recordId, version }: IndexedRecord, wrap: string): Promise<WrapContent> {
    const text = parseUtf8(await this.#options.sealed.open(recordPartRef('wrap', recordId as RecordId, version), wrap));
    if (text === undefined) throw new DecryptFailed();
    return JSON.parse(text) as WrapContent;
  }
}
