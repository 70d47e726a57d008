import {
  askingRolesOf,
  asksFor,
  formatCanonical,
  newError,
  type AccessRequest,
  type Instant,
  type Participant,
  type RelationEntry,
  type TransactionRequest,
} from '../model';
import { assertDeclarable, declareEmergency, type DeclarationFacts } from '../break-glass';
import { digestOf } from '../signature';

/**
 * The entry of a request; the standing one when it is the same request of the same member.
 *
 * @throws REQUEST_ALREADY_MADE, PURPOSE_NOT_OF_ROLE, and what a declaration of an emergency throws
 */
export function requestAccess(
  request: TransactionRequest<'RequestAccess'>,
  {
    relation,
    standing,
    emergency,
  }: { relation: RelationEntry; standing: AccessRequest | undefined; emergency: DeclarationFacts | undefined },
  by: Participant,
  at: Instant,
): AccessRequest {
  const requestHash = digestOf(formatCanonical({ ...request, mspId: by.mspId }));
  if (standing !== undefined) {
    if (standing.requestHash !== requestHash)
      throw newError('REQUEST_ALREADY_MADE', { relationRef: request.relationRef, requestId: request.requestId });
    return standing;
  }
  const { relationRef, requestId, purpose, proof, ask, unit } = request;
  if (!asksFor(by.role, purpose)) throw newError('PURPOSE_NOT_OF_ROLE', { purpose, allowed: askingRolesOf(purpose).join(', ') });
  assertDeclarable(purpose, unit);
  const party = by.mspId === relation.counterparty;
  const breakGlass = party && emergency !== undefined ? declareEmergency(emergency, at) : undefined;
  return { relationRef, requestId, by, purpose, proof, ask, requestHash, at, party, ...(breakGlass && { breakGlass }) };
}
