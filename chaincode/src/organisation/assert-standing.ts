import type { MspId, Organisation, Rules } from '../model';
import { OrganisationNotActive } from './organisation-errors';

/** @throws OrganisationNotActive when the organisation has withdrawn or the rules suspend it. */
export function assertStanding(organisation: Organisation, rules: Rules): void {
  const mspId: MspId = organisation.mspId;
  if (organisation.status !== 'active' || rules.suspended.includes(mspId)) throw new OrganisationNotActive(mspId);
}
