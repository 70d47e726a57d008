import { formatCanonical, parseUtf8, type SubjectRef } from '@medaccord/chaincode/model';
import { DecryptFailed, type SealingContext } from '../crypto';
import { newError } from '../problem';
import type { SealedReader } from '../sealed/sealed-reader';
import type { Salts } from '../store';

/** What a custodian keeps of a record version, each part sealed: together one value of its collection, whose SHA-256 the anchor names. */
export interface StoredRecord {
  /** Envelope of the resource under the record's data key. */
  readonly payload: string;
  /** Envelope of the details under the same key. */
  readonly details: string;
  /** A `WrapContent`, sealed to the custodian. */
  readonly wrap: string;
}

/** What the wrap holds: all that is needed to open the record and its commitments again. */
export interface WrapContent {
  /** base64url. */
  readonly dataKey: string;
  readonly salts: Salts;
  readonly subjectRef: SubjectRef | null;
}

/** The one text of a stored record: canonical JSON. */
export function formatStored({ payload, details, wrap }: StoredRecord): string {
  return formatCanonical({ payload, details, wrap });
}

/** @throws CodedError CONTENT_NOT_ANCHORED when it is missing or in another form */
export function parseStored(envelope: string | undefined): StoredRecord {
  try {
    const stored = JSON.parse(envelope ?? '') as StoredRecord;
    if (formatStored(stored) === envelope) return stored;
  } catch {
    // Told below.
  }
  throw newError('CONTENT_NOT_ANCHORED', 'A stored record is missing or in another form');
}

/** Where a wrap is sealed for, at its custodian. */
export function placeWrap(recordId: string, version: number): Omit<SealingContext, 'recipient'> {
  return { kind: 'wrap', ref: recordId, id: String(version) };
}

/** @throws DecryptFailed */
export async function openWrap(sealed: SealedReader, place: ReturnType<typeof placeWrap>, wrap: string): Promise<WrapContent> {
  const text = parseUtf8(await sealed.open(place, wrap));
  if (text === undefined) throw new DecryptFailed();
  return JSON.parse(text) as WrapContent;
}
