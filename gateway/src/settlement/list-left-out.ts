import type { SettledClaim } from '@medaccord/chaincode/model';
import type { Due } from './list-due';
import { mostLines } from './take-lines';

/** What is due and not in a statement that should have it: a full one may leave what comes after its last line to the next, and no more. */
export function listLeftOut(due: readonly Due[], claims: readonly SettledClaim[], most = mostLines): readonly Due[] {
  const names = new Set(claims.map(nameOf));
  const isNamed = ({ claim }: Due): boolean => names.has(nameOf(claim));
  const reached = claims.length < most ? due.length : due.findLastIndex(isNamed) + 1;
  return due.slice(0, reached).filter((one) => !isNamed(one));
}

function nameOf({ relationRef, claimId }: Pick<SettledClaim, 'relationRef' | 'claimId'>): string {
  return `${relationRef} ${claimId}`;
}
