import type { MspId, RelationRef, RequestId } from '@medaccord/chaincode/model';
import type { Row } from './database';

export interface RequestName {
  readonly relationRef: RelationRef;
  /** The member that asks. */
  readonly requester: MspId;
  readonly requestId: RequestId;
}

/** From a row whose id is `requester/request`. */
export function parseRequestName(row: unknown): RequestName {
  const { ref, id } = row as Row;
  const [requester, requestId] = String(id).split('/');
  return { relationRef: String(ref) as RelationRef, requester: requester as MspId, requestId: requestId as RequestId };
}
