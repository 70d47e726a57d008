import {
  formatCanonical,
  newError,
  type Digest,
  type Group,
  type Instant,
  type MspId,
  type RecordAnchor,
  type TransactionRequest,
} from '../model';

/** Records of one group, as a transaction names them. */
export type GroupPart = TransactionRequest<'AnchorRecords'>['groups'][number];
export type Anchoring = GroupPart['records'][number];

/** Who anchors, into what, when. */
export interface AnchoringContext {
  readonly custodian: MspId;
  readonly group: Pick<GroupPart, 'groupId' | 'close' | 'size'>;
  readonly at: Instant;
}

/** SHA-256 of the three parts that the custodian stored; undefined for one that it did not. */
export interface StoredParts {
  readonly payload: Digest | undefined;
  readonly details: Digest | undefined;
  readonly wrap: Digest | undefined;
}

/**
 * The anchor of a record version; the standing one when it has the same content.
 *
 * @throws RECORD_ALREADY_ANCHORED, RECORD_NOT_STORED
 */
export function anchorRecord(
  record: Anchoring,
  standing: RecordAnchor | undefined,
  parts: StoredParts,
  { custodian, group, at }: AnchoringContext,
): RecordAnchor {
  const anchor: RecordAnchor = { ...record, custodian, groupId: group.groupId, anchoredAt: standing?.anchoredAt ?? at };
  if (standing !== undefined) {
    if (formatCanonical(standing) !== formatCanonical(anchor))
      throw newError('RECORD_ALREADY_ANCHORED', { recordId: record.recordId, version: record.version });
    return standing;
  }
  for (const part of ['payload', 'details', 'wrap'] as const) {
    const isStored = part === 'payload' ? parts.payload === record.ciphertext : parts[part] !== undefined;
    if (!isStored) throw newError('RECORD_NOT_STORED', { recordId: record.recordId, version: record.version, part });
  }
  return anchor;
}

/** Checks that a later version follows one; `previous` is the custodian's anchor of the version before. @throws RECORD_NOT_FOUND */
export function assertFollows(record: Anchoring, previous: RecordAnchor | undefined): void {
  if (previous === undefined) throw newError('RECORD_NOT_FOUND', { recordId: record.recordId, version: record.version - 1 });
}

/**
 * Checks that records may be added to a group. A repeat of the list that closed the group is welcome: its anchors stand.
 *
 * @throws GROUP_NOT_OPEN, GROUP_SIZE_WRONG
 */
export function assertGroupTakes({ groupId, close, size, records }: GroupPart, group: Group | undefined, isRepeat: boolean): void {
  const count = records.length;
  if (close ? size !== count : size < count) throw newError('GROUP_SIZE_WRONG', { groupId, size, records: count });
  if (group !== undefined && !(isRepeat && group.status === 'closed')) throw newError('GROUP_NOT_OPEN', { groupId, status: group.status });
}
