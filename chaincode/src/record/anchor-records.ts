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
  readonly group: Pick<GroupPart, 'groupId' | 'whole'>;
  readonly at: Instant;
}

/**
 * The anchor of a record version; the standing one when it has the same content. `stored`: SHA-256 of what the custodian holds of it,
 * undefined without any.
 *
 * @throws RECORD_ALREADY_ANCHORED, RECORD_NOT_STORED
 */
export function anchorRecord(
  record: Anchoring,
  standing: RecordAnchor | undefined,
  stored: Digest | undefined,
  { custodian, group, at }: AnchoringContext,
): RecordAnchor {
  const anchor: RecordAnchor = { ...record, custodian, groupId: group.groupId, whole: group.whole, anchoredAt: standing?.anchoredAt ?? at };
  if (standing !== undefined) {
    if (formatCanonical(standing) !== formatCanonical(anchor))
      throw newError('RECORD_ALREADY_ANCHORED', { recordId: record.recordId, version: record.version });
    return standing;
  }
  if (stored !== record.ciphertext) throw newError('RECORD_NOT_STORED', { recordId: record.recordId, version: record.version });
  return anchor;
}

/** Checks that a later version follows one; `previous` is the custodian's anchor of the version before. @throws RECORD_NOT_FOUND */
export function assertFollows(record: Anchoring, previous: RecordAnchor | undefined): void {
  if (previous === undefined) throw newError('RECORD_NOT_FOUND', { recordId: record.recordId, version: record.version - 1 });
}

/**
 * Checks that records may be added to a group that has no end, or ended as `group` says. A repeat is welcome: its anchors stand.
 *
 * @throws GROUP_NOT_OPEN, GROUP_SIZE_WRONG
 */
export function assertGroupTakes({ groupId, whole, size, records }: GroupPart, group: Group | undefined, isRepeat: boolean): void {
  const count = records.length;
  if (whole ? size !== count : size < count) throw newError('GROUP_SIZE_WRONG', { groupId, size, records: count });
  if (group !== undefined && !(isRepeat && group.status === 'closed')) throw newError('GROUP_NOT_OPEN', { groupId, status: group.status });
}
