import {
  dataKeyPreimage,
  detailsPreimage,
  formatCanonical,
  formatUtf8,
  payloadPreimage,
  subjectPreimage,
  type RecordDetails,
  type RecordId,
  type SubjectRef,
  type TransactionRequest,
  type TransientInput,
} from '@medaccord/chaincode/model';
import { commit, encryptPart, formatBase64url, hashBytes, newDataKey, newSalt, seal, type SealingPublicKey } from '../crypto';
import type { Salts } from '../store';
import { formatStored, placeWrap, type WrapContent } from './stored-record';

/** A resource as it is to be stored. */
export interface PlainRecord {
  readonly recordId: RecordId;
  readonly version: number;
  readonly subjectRef: SubjectRef | null;
  readonly details: RecordDetails;
  /** The resource, JSON: the bytes (UTF-8) that are encrypted and anchored. */
  readonly text: string;
}

export interface EncryptedRecord {
  /** For the custodian's collection. */
  readonly stored: TransientInput<'StoreRecords'>['records'][number];
  /** For the public anchor. */
  readonly anchoring: TransactionRequest<'AnchorRecords'>['groups'][number]['records'][number];
  readonly salts: Salts;
  readonly details: string;
}

/** Encrypts a record under a fresh data key, seals that to the custodian, and commits to every part. */
export async function encryptRecord(record: PlainRecord, custodian: string, key: SealingPublicKey): Promise<EncryptedRecord> {
  const { recordId, version, subjectRef } = record;
  const details = formatCanonical(record.details);
  const dataKey = newDataKey();
  const salts: Salts = { subject: subjectRef === null ? null : newSalt(), payload: newSalt(), details: newSalt(), dataKey: newSalt() };
  const place = { recordId, version, custodian };
  const content: WrapContent = { dataKey: formatBase64url(dataKey), salts, subjectRef };
  const envelope = formatStored({
    payload: await encryptPart(dataKey, { ...place, salt: salts.payload, part: 'payload' }, formatUtf8(record.text)),
    details: await encryptPart(dataKey, { ...place, salt: salts.details, part: 'details' }, formatUtf8(details)),
    wrap: await seal(key, { ...placeWrap(recordId, version), recipient: custodian }, formatUtf8(formatCanonical(content))),
  });
  return {
    stored: { recordId, version, envelope },
    anchoring: {
      recordId,
      version,
      subject: subjectRef === null || salts.subject === null ? null : await commit(subjectPreimage(subjectRef, salts.subject)),
      payload: await commit(payloadPreimage(formatUtf8(record.text), salts.payload)),
      details: await commit(detailsPreimage(details, salts.details)),
      dataKey: await commit(dataKeyPreimage(dataKey, salts.dataKey)),
      ciphertext: await hashBytes(formatUtf8(envelope)),
    },
    salts,
    details,
  };
}
