import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { SignInAct } from '../audit';
import type { Accounts, Clients } from '../people';
import type { SignInWitness } from './sign-in-witness';

export interface WatchOptions {
  readonly accounts: Pick<Accounts, 'find'>;
  readonly clients: Pick<Clients, 'find'>;
  readonly witness: Pick<SignInWitness, 'tell'>;
}

type Seen = Pick<SignInAct, 'event' | 'status' | 'code'> & {
  readonly accountId: string | undefined;
  readonly clientId: string | undefined;
};

/** Tokens and the end of a session are told by the provider only after they are written down. */
export function watchProvider(provider: Provider, { accounts, clients, witness }: WatchOptions): void {
  const findPerson = async ({ accountId, clientId = '' }: Seen): Promise<SignInAct['person'] | undefined> => {
    if (accountId === undefined) {
      const client = await clients.find(clientId);
      return client?.kind === 'backend' ? { subject: `client:${clientId}`, role: client.role, department: null } : undefined;
    }
    const account = await accounts.find(accountId);
    return account && { subject: accountId, role: account.role, department: account.department };
  };
  provider.use(async (ctx, next) => {
    await next();
    const seen = readSeen(ctx as KoaContextWithOIDC);
    const person = seen && (await findPerson(seen));
    if (seen === undefined || person === undefined) return;
    const { event, status, code, clientId } = seen;
    await witness.tell({ event, status, code, clientId, person }).catch(() => {
      ctx.remove('location');
      ctx.remove('set-cookie');
      ctx.set('retry-after', '2');
      ctx.status = 503;
      ctx.body = { error: 'temporarily_unavailable', error_description: 'The audit log cannot be written' };
    });
  });
}

type Context = KoaContextWithOIDC['oidc'];

/** What a request that the provider has answered came to, as far as it is written down. */
function readSeen({ oidc, status }: KoaContextWithOIDC): Seen | undefined {
  // Of what the provider has no route for it makes no context.
  const context = oidc as Context | undefined;
  if (context?.route === 'token') return readToken(context, status);
  return context?.route === 'end_session_confirm' && status === 303 ? readEnd(context) : undefined;
}

/** A form that was sent without saying yes ends nothing. */
function readEnd({ params, session }: Context): Seen | undefined {
  if (params?.['logout'] === undefined) return undefined;
  return { event: 'logout', status: 200, code: null, accountId: session?.accountId, clientId: undefined };
}

function readToken({ entities, params }: Context, status: number): Seen | undefined {
  const { Client: client, Account: account, RefreshToken: refresh, RotatedRefreshToken: rotated } = entities;
  const from = { event: 'token', status, accountId: account?.accountId, clientId: client?.clientId } as const;
  if (status === 200) return { ...from, code: String(params?.['grant_type']) };
  // It was found, is of this client and of an active account, and yet not taken.
  const isReuse = refresh !== undefined && account !== undefined && rotated === undefined;
  return isReuse ? { ...from, code: 'REFRESH_TOKEN_REUSED' } : undefined;
}
