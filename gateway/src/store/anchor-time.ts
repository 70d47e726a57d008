import { recordKey, type MspId, type RecordAnchor, type RecordId } from '@medaccord/chaincode/model';
import type { Facts } from './facts';

/** When a version of a record was anchored, if it counts. */
export function findAnchorTime(facts: Facts, mspId: MspId, recordId: string, version: number): string | undefined {
  if (!facts.counts(mspId, recordId, version)) return undefined;
  return facts.findKey<RecordAnchor>(recordKey(mspId, recordId as RecordId, version))?.value.anchoredAt;
}
