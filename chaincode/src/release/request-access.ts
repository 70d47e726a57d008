import {
  formatCanonical,
  newError,
  type AccessRequest,
  type Decision,
  type Instant,
  type Participant,
  type RelationEntry,
  type Rules,
  type TransactionRequest,
} from '../model';
import { digestOf } from '../signature';

/**
 * The entry of a request; the standing one when it is the same request of the same member.
 *
 * @throws REQUEST_ALREADY_MADE
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
  const { relationRef, requestId, purpose, ask, attestation = null } = request;
  return { relationRef, requestId, by, purpose, ask, attestation, requestHash, at, party: by.mspId === relation.counterparty };
}

/** The refusal that stands beside a request of a member that is not the relation's counterparty: the patient sees who tried. */
export function refuseOutsider(request: AccessRequest, relation: RelationEntry, rules: Rules): Decision {
  return {
    relationRef: request.relationRef,
    requester: request.by.mspId,
    requestId: request.requestId,
    outcome: 'refused',
    code: 'NOT_PERMITTED',
    custodian: relation.custodian,
    purpose: request.purpose,
    consentVersion: null,
    rulesVersion: rules.version,
    deadline: null,
    records: null,
    count: 0,
    bound: null,
    at: request.at,
  };
}
