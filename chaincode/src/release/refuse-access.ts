import type { AccessRequest, Decision, Instant, RelationEntry, Rules } from '../model';

/**
 * The custodian's refusal, or, on no consent, the one that stands beside the request of a member that is not the relation's counterparty:
 * the patient sees who tried. It has one public code for every reason; the reason is sealed to the patient. Only the custodian's own run
 * of the rule stands behind it, for a refusal that had to open what it refuses would tell the counterparty what is there.
 */
export function refuseAccess(
  request: AccessRequest,
  { relation, rules, consentVersion }: { relation: RelationEntry; rules: Rules; consentVersion: number | null },
  at: Instant,
): Decision {
  return {
    relationRef: request.relationRef,
    requester: request.by.mspId,
    requestId: request.requestId,
    outcome: 'refused',
    code: 'NOT_PERMITTED',
    custodian: relation.custodian,
    purpose: request.purpose,
    proof: request.proof,
    consentVersion,
    rulesVersion: rules.version,
    deadline: null,
    records: null,
    count: 0,
    bound: null,
    basis: null,
    receipt: null,
    at,
  };
}
