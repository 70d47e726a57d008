import { newError, type Instant, type RecordAnchor, type RecordStatus, type TransactionRequest } from '../model';

/**
 * The status of a record; the standing one when it is the same. `anchor` is the custodian's of version 1.
 *
 * @throws RECORD_NOT_FOUND
 */
export function setRecordStatus(
  { recordId, status }: TransactionRequest<'SetRecordStatus'>,
  { anchor, standing }: { anchor: RecordAnchor | undefined; standing: RecordStatus | undefined },
  at: Instant,
): RecordStatus {
  if (anchor === undefined) throw newError('RECORD_NOT_FOUND', { recordId, version: 1 });
  return standing?.status === status ? standing : { recordId, status, at };
}
