import { createHmac } from 'node:crypto';
import {
  billedItemMessage,
  newError,
  parseBase64url,
  subjectPreimage,
  type ClaimBody,
  type ClaimBodyLine,
  type ClaimEntry,
  type Digest,
  type RecordId,
  type Salt,
  type SubjectRef,
} from '../model';
import type { RecordFacts } from '../release';
import { isOpening } from '../signature';

/** What the ledger says of the record versions that a claim names. */
export interface NamedRecords {
  /** Whose they must be. */
  readonly subjectRef: SubjectRef;
  readonly of: (recordId: RecordId, version: number) => RecordFacts;
}

/** The tag of a line's item: base64url(HMAC-SHA-256(salt, service and day)). */
export function tagOf(line: Pick<ClaimBodyLine, 'service' | 'day' | 'item'>): Digest {
  const salt = parseBase64url(line.item.subjectSalt) ?? new Uint8Array();
  return createHmac('sha256', salt).update(billedItemMessage(line)).digest('base64url') as Digest;
}

/**
 * Checks that the tag of every line is that of its item, and that its secret is the one that was fixed when the record was anchored.
 *
 * @throws CLAIM_TAG_WRONG with the place of the line
 */
export function assertTags({ relationRef, claimId, use, tags }: ClaimEntry, { lines }: ClaimBody, records: NamedRecords): void {
  lines.forEach((line, at) => {
    const isFixed = isOfSubject(records, { recordId: line.item.recordId, version: 1, subjectSalt: line.item.subjectSalt });
    const isTag = use !== 'claim' || tags[at] === tagOf(line);
    if (!isFixed || !isTag) throw newError('CLAIM_TAG_WRONG', { relationRef, claimId, at });
  });
  if (use === 'claim' && tags.length !== lines.length) throw newError('CLAIM_TAG_WRONG', { relationRef, claimId, at: lines.length });
}

/**
 * Whether a record that a line names can support it: anchored, in a group that counts, about this patient, and not entered in error.
 */
export function isSound(records: NamedRecords, named: NamedVersion): boolean {
  const { anchor, group, status } = records.of(named.recordId, named.version);
  if (anchor === undefined || (!anchor.whole && group?.status !== 'closed')) return false;
  return status?.status !== 'entered-in-error' && isOfSubject(records, named);
}

interface NamedVersion {
  readonly recordId: RecordId;
  readonly version: number;
  readonly subjectSalt: Salt;
}

function isOfSubject(records: NamedRecords, { recordId, version, subjectSalt }: NamedVersion): boolean {
  const { anchor } = records.of(recordId, version);
  return anchor !== undefined && isOpening(anchor.subject, subjectPreimage(records.subjectRef, subjectSalt));
}
