import { RequestInvalid, type RecordVersion } from '../model';
import type { GroupPart } from './anchor-records';

/** @throws REQUEST_INVALID when a record version stands twice in a list. */
export function assertDistinctRecords(records: readonly RecordVersion[], place: string): void {
  const names = new Set(records.map(({ recordId, version }) => `${recordId} ${String(version)}`));
  if (names.size !== records.length) throw new RequestInvalid(place, 'a list without repetitions');
}

/** @throws REQUEST_INVALID when a group or a record version stands twice, or there are more than `most` records in all. */
export function assertDistinctGroups(groups: readonly GroupPart[], most: number): void {
  const records = groups.flatMap((group) => group.records);
  if (records.length > most) throw new RequestInvalid('request.groups', `groups of at most ${String(most)} records in all`);
  if (new Set(groups.map(({ groupId }) => groupId)).size !== groups.length) {
    throw new RequestInvalid('request.groups', 'a list without repetitions');
  }
  assertDistinctRecords(records, 'request.groups');
}
