import {
  detailsPreimage,
  formatUtf8,
  parseUtf8,
  payloadPreimage,
  subjectPreimage,
  type RecordAnchor,
  type SubjectRef,
} from '@medaccord/chaincode/model';
import { assertDataKey, assertOpens, decryptPart, hashBytes } from '../crypto';
import { newError } from '../problem';
import type { Salts } from '../store';
import { parseStored } from './stored-record';

/** What a record is opened with; it may come from another organisation. */
export interface Opening {
  /** As stored. */
  readonly envelope: string;
  readonly dataKey: Uint8Array;
  readonly salts: Salts;
  /** Canonical text of the details. */
  readonly details: string;
  readonly subjectRef: SubjectRef | null;
}

/**
 * Opens a record and checks everything against the anchor on the ledger: ciphertext, data key, subject, details, content.
 * @returns the resource, byte for byte what was anchored
 * @throws CodedError CONTENT_NOT_ANCHORED; DecryptFailed
 */
export async function openRecord(anchor: RecordAnchor, opening: Opening): Promise<string> {
  const { envelope, dataKey, salts, details, subjectRef } = opening;
  if ((await hashBytes(formatUtf8(envelope))) !== anchor.ciphertext) throw notAnchored();
  await assertDataKey(anchor.dataKey, dataKey, salts.dataKey);
  const { recordId, version, custodian } = anchor;
  const plain = await decryptPart(
    dataKey,
    { recordId, version, custodian, salt: salts.payload, part: 'payload' },
    parseStored(envelope).payload,
  );
  await assertOpens(anchor.payload, payloadPreimage(plain, salts.payload)).catch(notAnchoredAnyway);
  await assertOpens(anchor.details, detailsPreimage(details, salts.details)).catch(notAnchoredAnyway);
  await assertSubject(anchor, subjectRef, salts);
  const text = parseUtf8(plain);
  if (text === undefined) throw notAnchored();
  return text;
}

async function assertSubject(anchor: RecordAnchor, subjectRef: SubjectRef | null, salts: Salts): Promise<void> {
  if (anchor.subject === null && subjectRef === null) return;
  if (anchor.subject === null || subjectRef === null || salts.subject === null) throw notAnchored();
  await assertOpens(anchor.subject, subjectPreimage(subjectRef, salts.subject)).catch(notAnchoredAnyway);
}

function notAnchored(): Error {
  return newError('CONTENT_NOT_ANCHORED', 'What was received is not what the custodian anchored');
}

function notAnchoredAnyway(): never {
  throw notAnchored();
}
