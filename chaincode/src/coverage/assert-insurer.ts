import { newError, type MspId, type Rules } from '../model';

/** @throws CALLER_NOT_INSURER when the rules do not name the member as an insurer in good standing. */
export function assertInsurer(mspId: MspId, rules: Rules): void {
  if (rules.roles[mspId] !== 'insurer' || rules.suspended.includes(mspId)) throw newError('CALLER_NOT_INSURER', { mspId });
}
