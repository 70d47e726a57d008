import {
  delegationPreimage,
  findProblemOfGrant,
  formatCanonical,
  newError,
  parseDelegationOpening,
  parseJson,
  RequestInvalid,
  type DelegationGrant,
  type DelegationOpening,
} from '../model';
import { assertOpening } from '../signature';

/** What a grant commits to, from its canonical text. @throws COMMITMENT_MISMATCH, DELEGATION_INVALID, RequestInvalid */
export function openDelegation(text: string | undefined, grant: DelegationGrant): DelegationOpening {
  if (text === undefined) throw newError('COMMITMENT_MISMATCH', { of: 'opening of the delegation' });
  const opening = parseJson(parseDelegationOpening, text, 'input.delegation');
  if (formatCanonical(opening) !== text) throw new RequestInvalid('input.delegation', 'canonical JSON (RFC 8785)');
  assertOpening(grant.opening, delegationPreimage(opening), 'opening of the delegation');
  const problem = findProblemOfGrant(grant, opening);
  if (problem !== undefined) throw newError('DELEGATION_INVALID', { relationRef: grant.relationRef, problem });
  return opening;
}
