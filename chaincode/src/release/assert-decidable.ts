import type { AccessRequest, Decision, MspId, RelationEntry } from '../model';
import { CallerNotCustodian } from '../organisation';
import { RequestAlreadyDecided, RequestNotOfParty } from './release-errors';

/**
 * Checks that the caller's organisation may decide a request: it is the custodian, the request is the counterparty's and undecided.
 *
 * @throws CallerNotCustodian, RequestNotOfParty, RequestAlreadyDecided
 */
export function assertDecidable(request: AccessRequest, standing: Decision | undefined, relation: RelationEntry, caller: MspId): void {
  const { relationRef, requestId } = request;
  if (caller !== relation.custodian) throw new CallerNotCustodian(relation.custodian);
  if (!request.party || request.by.mspId !== relation.counterparty) throw new RequestNotOfParty(relationRef, requestId);
  if (standing !== undefined) throw new RequestAlreadyDecided(relationRef, requestId, standing.outcome);
}
