import { RequestInvalid, type RecordVersion } from '../model';

/** @throws REQUEST_INVALID when a record version stands twice in a list. */
export function assertDistinctRecords(records: readonly RecordVersion[], place: string): void {
  const names = new Set(records.map(({ recordId, version }) => `${recordId} ${String(version)}`));
  if (names.size !== records.length) throw new RequestInvalid(place, 'a list without repetitions');
}
