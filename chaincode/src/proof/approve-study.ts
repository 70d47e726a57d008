import {
  formatCanonical,
  isCoveredBy,
  newError,
  RequestInvalid,
  type Instant,
  type Participant,
  type Rules,
  type Study,
  type TransactionRequest,
} from '../model';
import type { Attested } from './attested';

/**
 * The entry of an approved study; the standing one when it is the same of the same authority.
 *
 * @throws CALLER_NOT_AUTHORITY, STUDY_ALREADY_APPROVED; RequestInvalid when a purpose is none of research
 */
export function approveStudy(
  request: TransactionRequest<'ApproveStudy'>,
  { rules, standing }: { rules: Rules; standing: Attested<Study> },
  by: Participant,
  at: Instant,
): Study {
  const { studyId, sponsors, purposes, validity, protocol } = request;
  const authority = by.mspId;
  if (rules.roles[authority] !== 'authority' || rules.suspended.includes(authority))
    throw newError('CALLER_NOT_AUTHORITY', { mspId: authority });
  if (!purposes.every((purpose) => isCoveredBy(purpose, 'HRESCH')))
    throw new RequestInvalid('request.purposes', 'HRESCH or purposes below it');
  if (standing === undefined) return { studyId, authority, sponsors, purposes, validity, protocol, by, approvedAt: at, endedAt: null };
  if (standing === 'junk' || !isSame(standing, request, authority)) throw newError('STUDY_ALREADY_APPROVED', { studyId });
  return standing;
}

function isSame(standing: Study, request: TransactionRequest<'ApproveStudy'>, authority: Study['authority']): boolean {
  const { studyId, sponsors, purposes, validity, protocol } = standing;
  return (
    standing.authority === authority && formatCanonical({ studyId, sponsors, purposes, validity, protocol }) === formatCanonical(request)
  );
}
