import { readGrant, type Staff } from '../auth';
import type { Accounts, Client, Clients } from '../people';
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
 * Who holds an access token of the embedded provider: told from what is kept, without the provider itself. Role, department, teams and reach are those
 * that the account has now, so that a change, the end of a session and a removed client count at once.
 * @throws CodedError TOKEN_INVALID
 */
export function newSignedInFinder({ accounts, clients, signIns, audience }: SignedInOptions) {
  const findPerson = async (token: KeptToken): Promise<Omit<Staff, 'grant'> | undefined> => {
    const { accountId = '', grantId = '', sessionUid = '', expiresWithSession } = token;
    const [account, grant, session] = await Promise.all([
      accounts.find(accountId),
      signIns.find('Grant', grantId),
      expiresWithSession === true ? signIns.findByUid('Session', sessionUid) : { accountId },
    ]);
    if (account?.active !== true || grant === undefined || session?.accountId !== accountId) return undefined;
    const { role, department, teams, reach } = account;
    return { subject: accountId, role, department, teams, reach };
  };
  // No account is named so: a service is never taken for a person.
  const newService = (clientId: string, client: Client): Omit<Staff, 'grant'> | undefined =>
    client.kind === 'backend'
      ? { subject: `client:${clientId}`, role: client.role, department: null, teams: null, reach: null }
      : undefined;
  return async (token: string): Promise<Staff> => {
    const personal: KeptToken | undefined = await signIns.find('AccessToken', token);
    const kept: KeptToken | undefined = personal ?? (await signIns.find('ClientCredentials', token));
    const { clientId = '', aud, scope = '' } = kept ?? {};
    const client = aud === audience ? await clients.find(clientId) : undefined;
    const holder = client === undefined ? undefined : personal === undefined ? newService(clientId, client) : await findPerson(personal);
    if (holder === undefined) throw newError('TOKEN_INVALID', 'The bearer token is not in force; sign in again');
    return { ...holder, grant: readGrant(scope) };
  };
}
