import type { Instant, RecordAnchor, RecordStatus, TransactionRequest } from '../model';
import { RecordNotFound } from './record-errors';

/**
 * The status of a record; the standing one when it is the same. `anchor` is the custodian's of version 1.
 *
 * @throws RecordNotFound
 */
export function setRecordStatus(
  { recordId, status }: TransactionRequest<'SetRecordStatus'>,
  { anchor, standing }: { anchor: RecordAnchor | undefined; standing: RecordStatus | undefined },
  at: Instant,
): RecordStatus {
  if (anchor === undefined) throw new RecordNotFound(recordId, 1);
  return standing?.status === status ? standing : { recordId, status, at };
}
