import { readGrant, type Staff } from '../auth';
import type { Accounts, Clients } from '../people';
import { newError } from '../problem';
import type { SignInTable } from '../store';

export interface SignedInOptions {
  readonly accounts: Accounts;
  readonly clients: Clients;
  readonly signIns: SignInTable;
  /** The address of /fhir, for which tokens are given. */
  readonly audience: string;
}

/** A token as the provider keeps it. */
interface KeptToken {
  readonly clientId?: string;
  readonly accountId?: string;
  readonly scope?: string;
  readonly aud?: string;
  readonly grantId?: string;
  readonly sessionUid?: string;
  readonly expiresWithSession?: boolean;
}

/**
 * Who holds an access token of the embedded provider: told from what is kept, without the provider itself. Role, department and teams are those
 * that the account has now, so that a change, the end of a session and a removed client count at once.
 * @throws CodedError TOKEN_INVALID
 */
export function newSignedInFinder({ accounts, clients, signIns, audience }: SignedInOptions) {
  const findPerson = (token: KeptToken): Omit<Staff, 'grant'> | undefined => {
    const { accountId = '', grantId = '', sessionUid = '', expiresWithSession } = token;
    const account = accounts.find(accountId);
    if (account?.active !== true || signIns.find('Grant', grantId) === undefined) return undefined;
    if (expiresWithSession === true && signIns.findByUid('Session', sessionUid)?.accountId !== accountId) return undefined;
    const { role, department, teams } = account;
    return { subject: accountId, role, department, teams };
  };
  // No account is named so: a service is never taken for a person.
  const findService = ({ clientId = '' }: KeptToken): Omit<Staff, 'grant'> | undefined => {
    const client = clients.find(clientId);
    return client?.kind === 'backend' ? { subject: `client:${clientId}`, role: client.role, department: null, teams: null } : undefined;
  };
  return (token: string): Staff => {
    const personal: KeptToken | undefined = signIns.find('AccessToken', token);
    const kept: KeptToken | undefined = personal ?? signIns.find('ClientCredentials', token);
    const isKnown = kept?.aud === audience && clients.find(kept.clientId ?? '') !== undefined;
    const holder = !isKnown ? undefined : personal === undefined ? findService(kept) : findPerson(kept);
    if (holder === undefined || kept === undefined) throw newError('TOKEN_INVALID', 'The bearer token is not in force; sign in again');
    return { ...holder, grant: readGrant(kept.scope ?? '') };
  };
}
