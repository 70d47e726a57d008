import { isBreakGlass, unitPreimage, type AccessRequest, type Ask, type ConsentEntry, type Instant } from '@medaccord/chaincode/model';
import { commit } from '../crypto';
import { findDocumentedConsent, type CurrentConsent, type Facts } from '../store';

/** The version of the consent that a request is judged by: the newest signed one; in an emergency the newest signed one with a document. */
export function findJudging(
  facts: Pick<Facts, 'find'>,
  { purpose, relationRef }: Pick<AccessRequest, 'purpose' | 'relationRef'>,
  { signed }: CurrentConsent,
): ConsentEntry {
  if (!isBreakGlass(purpose)) return signed.value;
  return findDocumentedConsent(facts, relationRef, signed.value.version) ?? signed.value;
}

/**
 * Whether a review of the unit was overdue when the request declared its emergency, and is not made yet. By the requests and reviews, which
 * nobody changes: two members could empty the unit's list that the chaincode goes by.
 */
export function isUnitBlocked(facts: Pick<Facts, 'listDeclared'>, { breakGlass, by, at }: AccessRequest): boolean {
  if (breakGlass === undefined) return false;
  return facts
    .listDeclared(breakGlass.unit)
    .some(({ request, review }) => request.by.mspId === by.mspId && review === undefined && request.breakGlass.reviewBy < at);
}

/** The end of the emergency's time box, if the ask declares it by the department whose unit the request names. */
export async function findEmergencyEnd({ breakGlass }: AccessRequest, { emergency, person }: Ask): Promise<Instant | undefined> {
  if (breakGlass === undefined || emergency === undefined) return undefined;
  const unit = await commit(unitPreimage(person.department, emergency.unitSalt));
  return unit === breakGlass.unit ? breakGlass.until : undefined;
}
