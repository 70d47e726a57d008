import type {
  Account as ProviderAccount,
  ClientAuthMethod,
  Configuration,
  KoaContextWithOIDC,
  Provider,
  ResourceServer,
} from 'oidc-provider';
import { readScope, splitScopes } from '../auth';
import type { Account, Accounts, Clients } from '../people';
import { readCode } from '../problem';
import type { PeopleTable, SignInTable } from '../store';
import { clientAlgorithms, endpoints, interactionPath } from './endpoints';
import { renderEnd, renderFailure, type Page } from './pages';
import { findRefusedScope } from './permitted-scopes';
import { newProviderAdapter } from './provider-adapter';
import { watchProvider, type WatchOptions } from './watch-provider';
import { loadSignInKeys, type SignInKeys } from './sign-in-keys';

type Library = typeof import('oidc-provider');

export interface ProviderOptions extends WatchOptions {
  /** The address of the gateway: `https://host`. */
  readonly issuer: string;
  /** The address of /fhir, for which all tokens are. */
  readonly audience: string;
  readonly accounts: Accounts;
  readonly clients: Clients;
  readonly signIns: SignInTable;
  readonly people: PeopleTable;
}

/** Seconds. A shift is 12 hours; what an application keeps beyond it, it was given with offline_access. */
const shift = 12 * 3600;
const ttl = {
  AccessToken: 600,
  AuthorizationCode: 60,
  ClientCredentials: 300,
  IdToken: 600,
  Interaction: 900,
  Session: shift,
  Grant: 30 * 24 * 3600,
} as const;

/** The embedded OpenID provider. Loaded when it is first needed: it takes some 50 MB that most gateways can do without. */
export async function newProvider(options: ProviderOptions): Promise<Provider> {
  const [library, keys] = await Promise.all([import('oidc-provider'), loadSignInKeys(options.people)]);
  const provider = new library.Provider(options.issuer, newConfiguration(options, keys, library));
  // Addresses are those of the issuer, whatever a request calls itself: whoever mounts this sees to it.
  provider.proxy = true;
  watchProvider(provider, options);
  provider.on('server_error', (ctx, error) => {
    if (readCode(error) === 'STORE_UNAVAILABLE') ctx.status = 503;
  });
  return provider;
}

function newConfiguration(options: ProviderOptions, { keys, cookies }: SignInKeys, library: Library): Configuration {
  const { accounts, clients, signIns } = options;
  return {
    adapter: (kind: string) => newProviderAdapter(kind, { signIns, clients, errors: library.errors }),
    jwks: { keys: [...keys] as NonNullable<Configuration['jwks']>['keys'] },
    cookies: { keys: [...cookies], long: { httpOnly: true, sameSite: 'lax' }, short: { httpOnly: true, sameSite: 'lax' } },
    routes: { ...endpoints },
    scopes: ['openid', 'offline_access', 'online_access', 'fhirUser'],
    claims: { openid: ['sub', 'role', 'department', 'teams', 'reach'], fhirUser: ['fhirUser'] },
    conformIdTokenClaims: false,
    responseTypes: ['code'],
    clientAuthMethods: ['none', 'private_key_jwt'] satisfies ClientAuthMethod[],
    enabledJWA: { clientAuthSigningAlgValues: [...clientAlgorithms], idTokenSigningAlgValues: ['RS256', 'ES256'] },
    pkce: { required: () => true },
    ttl: { ...ttl, RefreshToken: (_ctx, token) => (token.scopes.has('offline_access') ? ttl.Grant : shift) },
    rotateRefreshToken: true,
    issueRefreshToken: async (_ctx, client, code) =>
      client.grantTypeAllowed('refresh_token') && (code.scopes.has('offline_access') || code.scopes.has('online_access')),
    extraParams: { aud: (_ctx: KoaContextWithOIDC, value: string | undefined) => assertAudience(value, options.audience, library) },
    clientBasedCORS: (_ctx, origin, client) => (client.redirectUris ?? []).some((uri) => URL.parse(uri)?.origin === origin),
    interactions: { url: (_ctx, { uid }) => `${interactionPath}/${uid}` },
    findAccount: async (_ctx, userName) => newProviderAccount(await accounts.find(userName), options.issuer),
    extraTokenClaims: async (_ctx, token) => newTokenClaims(token, options),
    renderError: (ctx, { error, error_description: reason }) => write(ctx, renderFailure(error, reason)),
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      clientCredentials: { enabled: true },
      revocation: { enabled: true, allowedPolicy: async (_ctx, client, token) => token.clientId === client.clientId },
      introspection: {
        enabled: true,
        allowedPolicy: async (_ctx, client, token) => client.clientAuthMethod !== 'none' || token.clientId === client.clientId,
      },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx, form) => write(ctx, renderEnd(form)),
        postLogoutSuccessSource: (ctx) => write(ctx, renderEnd()),
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => options.audience,
        useGrantedResource: () => true,
        getResourceServerInfo: (ctx, resource, client) => newResourceServer(ctx, { resource, clientId: client.clientId }, options, library),
      },
    },
  };
}

function write(ctx: KoaContextWithOIDC, { html, headers }: Page): void {
  ctx.set(headers);
  ctx.body = html;
}

/** SMART's `aud`: the FHIR service that the application means to call must be this one. */
function assertAudience(value: string | undefined, audience: string, { errors }: Library): void {
  if (value !== undefined && value.replace(/\/$/, '') !== audience) throw new errors.InvalidTarget(`aud must be ${audience}`);
}

/** The one thing that tokens are for, with the scopes that this client gets of those it asks for. */
async function newResourceServer(
  ctx: KoaContextWithOIDC,
  { resource, clientId }: { readonly resource: string; readonly clientId: string },
  { audience, clients }: ProviderOptions,
  { errors }: Library,
): Promise<ResourceServer> {
  const client = await clients.find(clientId);
  if (client === undefined || resource.replace(/\/$/, '') !== audience) throw new errors.InvalidTarget(`resource must be ${audience}`);
  const { AuthorizationCode: code, RefreshToken: refresh } = ctx.oidc.entities;
  const given = (code ?? refresh)?.scope;
  const asked = ctx.oidc.params?.['scope'] as string | undefined;
  const refused = findRefusedScope(asked ?? '', client);
  if (refused !== undefined) throw new errors.InvalidScope(`${refused.scope}: ${refused.reason}`, refused.scope);
  // What was granted earlier counts as far as the client is still registered for it.
  const scopes = splitScopes(given ?? asked).filter((scope) => findRefusedScope(scope, client) === undefined);
  return { scope: scopes.join(' '), audience, accessTokenFormat: 'opaque' };
}

function newProviderAccount(account: Account | undefined, issuer: string): ProviderAccount | undefined {
  if (account?.active !== true) return undefined;
  const { userName, role, department, teams, reach, practitioner } = account;
  const fhirUser = practitioner === null ? {} : { fhirUser: `${issuer}/fhir/${practitioner}` };
  return {
    accountId: userName,
    claims: async () => ({ sub: userName, role, department, teams, reach, ...fhirUser }),
  };
}

/** What introspection tells beyond scopes: as whom the token lets act. */
async function newTokenClaims(
  token: unknown,
  { accounts, clients, issuer }: ProviderOptions,
): Promise<Record<string, unknown> | undefined> {
  const { accountId, clientId = '', scope } = token as { accountId?: string; clientId?: string; scope?: string };
  if (accountId === undefined) {
    const client = await clients.find(clientId);
    return client?.kind === 'backend' ? { role: client.role } : undefined;
  }
  const account = await accounts.find(accountId);
  if (account === undefined) return undefined;
  const { role, department, teams, reach, practitioner } = account;
  const isNamed = practitioner !== null && splitScopes(scope).includes('fhirUser');
  return { role, department, teams, reach, ...(isNamed ? { fhirUser: `${issuer}/fhir/${practitioner}` } : {}) };
}

/** What a scope lets an application do, for the page that asks the person. */
export function describeScope(scope: string): string {
  const read = readScope(scope);
  if ('resource' in read) {
    const { type, letters } = read.resource;
    const acts = Array.from(letters).map((letter) => ({ c: 'create', r: 'read', u: 'change', d: 'delete', s: 'search' })[letter] ?? letter);
    return `${acts.join(', ')}: ${type === '*' ? 'all records that you may see' : type}`;
  }
  const words: Readonly<Record<string, string>> = {
    openid: 'know who you are',
    fhirUser: 'know which practitioner you are',
    offline_access: 'act for you after you have signed out, for 30 days at most',
    online_access: 'act for you until you sign out',
  };
  return words[scope] ?? 'use the services of this gateway as you may';
}
