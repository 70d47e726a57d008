import { newError, type ClaimId, type RelationRef } from '../model';

/** Checks one after another what an appeal rests on. @throws APPEAL_NOT_OPEN naming the first that does not hold */
export function checkOpen(
  { relationRef, claimId }: { readonly relationRef: RelationRef; readonly claimId: ClaimId },
  checks: readonly (readonly [boolean, string])[],
): void {
  const failed = checks.find(([holds]) => !holds);
  if (failed !== undefined) throw newError('APPEAL_NOT_OPEN', { relationRef, claimId, problem: failed[1] });
}
