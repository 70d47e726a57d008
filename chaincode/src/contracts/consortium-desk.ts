import { organisationKey, parseOrganisation, type Organisation, type TransactionRequest, type TransactionResponse } from '../model';
import { single, type Ledger } from '../ledger';
import { registerOrganisation } from '../organisation';
import { organisationOf } from './facts';

export async function registerOrganisationDesk(ledger: Ledger, request: TransactionRequest<'RegisterOrganisation'>): Promise<Organisation> {
  const { mspId } = ledger.caller;
  const key = organisationKey(mspId);
  const current = await ledger.read(key, parseOrganisation);
  const organisation = registerOrganisation(request, current, ledger.caller, ledger.now);
  if (organisation === current) return organisation;
  await ledger.requirePresence(mspId);
  await ledger.write(key, organisation);
  await ledger.protect(key, single(mspId));
  ledger.emit({ name: 'OrganisationRegistered', ids: { mspId } });
  return organisation;
}

export function getOrganisationDesk(ledger: Ledger, { mspId }: TransactionRequest<'GetOrganisation'>): Promise<Organisation> {
  return organisationOf(ledger, mspId);
}

export async function getOrganisationsDesk(ledger: Ledger): Promise<TransactionResponse<'GetOrganisations'>> {
  return { organisations: await ledger.list('organisation', [], parseOrganisation) };
}
