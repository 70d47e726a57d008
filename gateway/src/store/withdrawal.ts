import { recordStatusKey, type Instant, type MspId, type RecordId, type RecordStatus } from '@medaccord/chaincode/model';
import type { Facts } from './facts';

/** When a custodian withdrew a record as entered in error; nothing while it stands. */
export function findWithdrawal(facts: Facts, custodian: MspId, recordId: string): Instant | undefined {
  const status = facts.findKey<RecordStatus>(recordStatusKey(custodian, recordId as RecordId))?.value;
  return status?.status === 'entered-in-error' ? status.at : undefined;
}
