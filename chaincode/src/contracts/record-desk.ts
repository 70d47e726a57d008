import {
  MAX_BATCH,
  groupKey,
  newError,
  parseGroup,
  parseRecordAnchor,
  parseRecordStatus,
  recordKey,
  recordRef,
  recordStatusKey,
  type AnchoredGroup,
  type Group,
  type RecordAnchor,
  type RecordStatus,
  type TransactionRequest,
  type TransactionResponse,
} from '../model';
import { single, withAnyOther, type Ledger } from '../ledger';
import {
  anchorRecord,
  assertDistinctGroups,
  assertDistinctRecords,
  assertFollows,
  assertGroupTakes,
  endGroup,
  setRecordStatus,
  type Anchoring,
  type AnchoringContext,
  type GroupEnd,
  type GroupPart,
} from '../record';
import { membersOf, rulesOf } from './facts';

/**
 * Stores sealed records at the caller's organisation. Reads that no anchor stands, so what is anchored meanwhile is not replaced. Endorsed
 * by that organisation alone.
 */
export async function storeRecordsDesk(ledger: Ledger): Promise<TransactionResponse<'StoreRecords'>> {
  ledger.assertOwnPeer();
  const { mspId } = ledger.caller;
  const { records } = ledger.input('StoreRecords');
  assertDistinctRecords(records, 'input.records');
  for (const record of records) {
    const { recordId, version, envelope } = record;
    const anchor = await ledger.readOrJunk(recordKey(mspId, recordId, version), parseRecordAnchor);
    if (anchor !== undefined) throw newError('RECORD_ALREADY_ANCHORED', { recordId, version });
    await ledger.seal(mspId, recordRef(recordId, version), envelope);
  }
  ledger.emit({ name: 'RecordsStored', ids: { mspId } });
  return { stored: records.length };
}

/** Anchors records of several groups at once: what many clients import at the same time shares the cost of one transaction. */
export async function anchorRecordsDesk(
  ledger: Ledger,
  { groups }: TransactionRequest<'AnchorRecords'>,
): Promise<TransactionResponse<'AnchorRecords'>> {
  assertDistinctGroups(groups, MAX_BATCH);
  const outcomes: GroupOutcome[] = [];
  for (const part of groups) outcomes.push(await anchorGroup(ledger, part));
  await writeAnchors(ledger, outcomes);
  return { groups: outcomes.map(({ answer }) => answer) };
}

/** What is to be written for a group, and what its caller is told. */
interface GroupOutcome {
  readonly anchors: readonly RecordAnchor[];
  readonly answer: AnchoredGroup;
}

/**
 * The read of the group's entry voids the anchors when the group is abandoned meanwhile. A whole group stands without an entry: what
 * voids its anchors is the deletion of what they name, which was read for each of them.
 */
async function anchorGroup(ledger: Ledger, part: GroupPart): Promise<GroupOutcome> {
  const { groupId, whole, records } = part;
  const custodian = ledger.caller.mspId;
  const standing = whole ? undefined : await ledger.read(groupKey(custodian, groupId), parseGroup);
  const anchors: RecordAnchor[] = [];
  for (const record of records) {
    const anchor = await freshAnchorOf(ledger, record, { custodian, group: part, at: ledger.now });
    if (anchor !== undefined) anchors.push(anchor);
  }
  assertGroupTakes(part, standing, anchors.length === 0);
  return { anchors, answer: { groupId, status: whole || standing !== undefined ? 'closed' : 'open', anchored: records.length } };
}

/** The anchor to be written; undefined when it stands already. */
async function freshAnchorOf(ledger: Ledger, record: Anchoring, context: AnchoringContext): Promise<RecordAnchor | undefined> {
  const { recordId, version } = record;
  const standing = await ledger.read(recordKey(context.custodian, recordId, version), parseRecordAnchor);
  if (standing === undefined && version > 1) {
    assertFollows(record, await ledger.read(recordKey(context.custodian, recordId, version - 1), parseRecordAnchor));
  }
  const stored = standing === undefined ? await ledger.sealedDigest(context.custodian, recordRef(recordId, version)) : undefined;
  const anchor = anchorRecord(record, standing, stored, context);
  return anchor === standing ? undefined : anchor;
}

async function writeAnchors(ledger: Ledger, outcomes: readonly GroupOutcome[]): Promise<void> {
  const anchors = outcomes.flatMap((outcome) => outcome.anchors);
  if (anchors.length === 0) return;
  const { mspId } = ledger.caller;
  const policy = withAnyOther(mspId, membersOf(await rulesOf(ledger)));
  await ledger.requirePresence(mspId);
  for (const anchor of anchors) {
    const key = recordKey(mspId, anchor.recordId, anchor.version);
    await ledger.write(key, anchor);
    await ledger.protect(key, policy);
  }
  ledger.emit({ name: 'RecordsAnchored', ids: { mspId } });
}

export function closeGroupDesk(ledger: Ledger, { groupId, size }: TransactionRequest<'CloseGroup'>): Promise<Group> {
  return writeGroupEnd(ledger, { groupId, status: 'closed', size });
}

export async function abandonGroupDesk(ledger: Ledger, { groupId, record }: TransactionRequest<'AbandonGroup'>): Promise<Group> {
  const anchor = await ledger.read(recordKey(ledger.caller.mspId, record.recordId, record.version), parseRecordAnchor);
  if (anchor?.groupId === groupId && anchor.whole) throw newError('GROUP_NOT_OPEN', { groupId, status: 'closed' });
  return writeGroupEnd(ledger, { groupId, status: 'abandoned', size: 0 });
}

async function writeGroupEnd(ledger: Ledger, end: GroupEnd): Promise<Group> {
  const custodian = ledger.caller.mspId;
  const key = groupKey(custodian, end.groupId);
  const standing = await ledger.read(key, parseGroup);
  const group = endGroup(end, standing, custodian, ledger.now);
  if (group === standing) return group;
  await ledger.requirePresence(custodian);
  await ledger.write(key, group);
  await ledger.protect(key, withAnyOther(custodian, membersOf(await rulesOf(ledger))));
  ledger.emit({ name: end.status === 'closed' ? 'GroupClosed' : 'GroupAbandoned', ids: { groupId: end.groupId } });
  return group;
}

export async function setRecordStatusDesk(ledger: Ledger, request: TransactionRequest<'SetRecordStatus'>): Promise<RecordStatus> {
  const { recordId } = request;
  const { mspId } = ledger.caller;
  const key = recordStatusKey(mspId, recordId);
  const anchor = await ledger.read(recordKey(mspId, recordId, 1), parseRecordAnchor);
  const standing = await ledger.read(key, parseRecordStatus);
  const status = setRecordStatus(request, { anchor, standing }, ledger.now);
  if (status === standing) return status;
  await ledger.requirePresence(mspId);
  await ledger.write(key, status);
  await ledger.protect(key, single(mspId));
  ledger.emit({ name: 'RecordStatusSet', ids: { recordId } });
  return status;
}

/** Deletes what is stored of an abandoned group's records; the anchor of a whole group, or of another, protects its record. */
export async function deleteRecordsDesk(
  ledger: Ledger,
  { groupId, records }: TransactionRequest<'DeleteRecords'>,
): Promise<TransactionResponse<'DeleteRecords'>> {
  ledger.assertOwnPeer();
  assertDistinctRecords(records, 'request.records');
  const { mspId } = ledger.caller;
  const group = await ledger.read(groupKey(mspId, groupId), parseGroup);
  if (group?.status !== 'abandoned') throw newError('GROUP_NOT_ABANDONED', { groupId });
  for (const { recordId, version } of records) {
    const anchor = await ledger.read(recordKey(mspId, recordId, version), parseRecordAnchor);
    if (anchor !== undefined && (anchor.whole || anchor.groupId !== groupId))
      throw newError('RECORD_ALREADY_ANCHORED', { recordId, version });
    await ledger.dropSealed(recordRef(recordId, version));
  }
  ledger.emit({ name: 'RecordsDeleted', ids: { groupId } });
  return { deleted: records.length };
}

export async function getGroupDesk(ledger: Ledger, { custodian, groupId }: TransactionRequest<'GetGroup'>): Promise<Group> {
  const group = await ledger.read(groupKey(custodian, groupId), parseGroup);
  if (group === undefined) throw newError('GROUP_NOT_FOUND', { groupId });
  return group;
}

export async function getRecordAnchorDesk(
  ledger: Ledger,
  { custodian, recordId, version }: TransactionRequest<'GetRecordAnchor'>,
): Promise<RecordAnchor> {
  const anchor = await ledger.read(recordKey(custodian, recordId, version), parseRecordAnchor);
  if (anchor === undefined) throw newError('RECORD_NOT_FOUND', { recordId, version });
  return anchor;
}

/** A record without a status entry is active since it was anchored. */
export async function getRecordStatusDesk(
  ledger: Ledger,
  { custodian, recordId }: TransactionRequest<'GetRecordStatus'>,
): Promise<RecordStatus> {
  const status = await ledger.read(recordStatusKey(custodian, recordId), parseRecordStatus);
  if (status !== undefined) return status;
  const { anchoredAt } = await getRecordAnchorDesk(ledger, { custodian, recordId, version: 1 });
  return { recordId, status: 'active', at: anchoredAt };
}
