import { newError, type MspId, type Organisation, type Rules } from '../model';

/** @throws ORGANISATION_NOT_ACTIVE when the organisation has withdrawn or the rules suspend it. */
export function assertStanding(organisation: Organisation, rules: Rules): void {
  const mspId: MspId = organisation.mspId;
  if (organisation.status !== 'active' || rules.suspended.includes(mspId)) throw newError('ORGANISATION_NOT_ACTIVE', { mspId });
}
