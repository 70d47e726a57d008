import { newError, type AccessRequest, type Decision, type MspId, type RelationEntry } from '../model';

/**
 * Checks that the caller's organisation may decide a request: it is the custodian, the request is the counterparty's and undecided.
 *
 * @throws CALLER_NOT_CUSTODIAN, REQUEST_NOT_OF_PARTY, REQUEST_ALREADY_DECIDED
 */
export function assertDecidable(request: AccessRequest, standing: Decision | undefined, relation: RelationEntry, caller: MspId): void {
  const { relationRef, requestId } = request;
  if (caller !== relation.custodian) throw newError('CALLER_NOT_CUSTODIAN', { custodian: relation.custodian });
  if (!request.party || request.by.mspId !== relation.counterparty) throw newError('REQUEST_NOT_OF_PARTY', { relationRef, requestId });
  if (standing !== undefined) throw newError('REQUEST_ALREADY_DECIDED', { relationRef, requestId, outcome: standing.outcome });
}
