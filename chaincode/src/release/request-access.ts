import {
  askingRoleOf,
  formatCanonical,
  newError,
  type AccessRequest,
  type Instant,
  type Participant,
  type RelationEntry,
  type TransactionRequest,
} from '../model';
import { digestOf } from '../signature';

/**
 * The entry of a request; the standing one when it is the same request of the same member.
 *
 * @throws REQUEST_ALREADY_MADE, PURPOSE_NOT_OF_ROLE
 */
export function requestAccess(
  request: TransactionRequest<'RequestAccess'>,
  { relation, standing }: { relation: RelationEntry; standing: AccessRequest | undefined },
  by: Participant,
  at: Instant,
): AccessRequest {
  const requestHash = digestOf(formatCanonical({ ...request, mspId: by.mspId }));
  if (standing !== undefined) {
    if (standing.requestHash !== requestHash)
      throw newError('REQUEST_ALREADY_MADE', { relationRef: request.relationRef, requestId: request.requestId });
    return standing;
  }
  const { relationRef, requestId, purpose, proof, ask } = request;
  const allowed = askingRoleOf(purpose);
  if (by.role !== allowed) throw newError('PURPOSE_NOT_OF_ROLE', { purpose, allowed });
  return { relationRef, requestId, by, purpose, proof, ask, requestHash, at, party: by.mspId === relation.counterparty };
}
