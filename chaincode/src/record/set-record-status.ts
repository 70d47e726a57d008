import type { Instant, MspId, RecordAnchor, RecordStatus, TransactionRequest } from '../model';
import { CallerNotCustodian } from '../organisation';
import { RecordNotFound } from './record-errors';

/**
 * The status of a record; the standing one when it is the same. `anchor` is that of version 1.
 *
 * @throws RecordNotFound, CallerNotCustodian
 */
export function setRecordStatus(
  { recordId, status }: TransactionRequest<'SetRecordStatus'>,
  { anchor, standing }: { anchor: RecordAnchor | undefined; standing: RecordStatus | undefined },
  custodian: MspId,
  at: Instant,
): RecordStatus {
  if (anchor === undefined) throw new RecordNotFound(recordId, 1);
  if (anchor.custodian !== custodian) throw new CallerNotCustodian(anchor.custodian);
  return standing?.status === status ? standing : { recordId, status, at };
}
