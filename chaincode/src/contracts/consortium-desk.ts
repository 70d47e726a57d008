import {
  organisationKey,
  parseOrganisation,
  parseRules,
  rulesKey,
  type Organisation,
  type Rules,
  type TransactionRequest,
  type TransactionResponse,
} from '../model';
import { majority, single, type Ledger } from '../ledger';
import { registerOrganisation } from '../organisation';
import { adoptRules } from '../rules';
import { membersOf, organisationOf, rulesOf } from './facts';

export async function adoptRulesDesk(ledger: Ledger, request: TransactionRequest<'AdoptRules'>): Promise<Rules> {
  const current = await ledger.read(rulesKey(), parseRules);
  const rules = adoptRules(request, current, ledger.caller.mspId, ledger.now);
  if (rules === current) return rules;
  await ledger.write(rulesKey(), rules);
  await ledger.protect(rulesKey(), majority(membersOf(rules)));
  ledger.emit({ name: 'RulesAdopted', ids: { version: rules.version } });
  return rules;
}

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

export function getRulesDesk(ledger: Ledger): Promise<Rules> {
  return rulesOf(ledger);
}

export function getOrganisationDesk(ledger: Ledger, { mspId }: TransactionRequest<'GetOrganisation'>): Promise<Organisation> {
  return organisationOf(ledger, mspId);
}

export async function getOrganisationsDesk(ledger: Ledger): Promise<TransactionResponse<'GetOrganisations'>> {
  return { organisations: await ledger.list('organisation', [], parseOrganisation) };
}
