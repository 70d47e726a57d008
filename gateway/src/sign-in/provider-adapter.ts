import type { Adapter, AdapterPayload } from 'oidc-provider';
import type { Client, Clients } from '../people';
import type { SignInTable } from '../store';

/** Kept for ever as far as the provider says; nothing is kept for ever. */
const longestSeconds = 31 * 24 * 3600;

/** Where the OpenID provider keeps what it makes, one kind at a time; its clients are those that operators registered. */
export function newProviderAdapter(kind: string, signIns: SignInTable, clients: Clients): Adapter {
  return kind === 'Client' ? newClientAdapter(clients) : newTableAdapter(kind, signIns);
}

function newTableAdapter(kind: string, table: SignInTable): Adapter {
  const find = (id: string): AdapterPayload | undefined => table.find(kind, id);
  return {
    upsert: async (id, payload, seconds = longestSeconds) => {
      const { uid, accountId } = payload;
      // A grant is its own: what ends with it includes itself.
      const grantId = kind === 'Grant' ? id : payload.grantId;
      table.save(kind, id, payload, { seconds: Math.min(seconds, longestSeconds), links: { grantId, uid, accountId } });
    },
    find: async (id) => find(id),
    findByUid: async (uid) => table.findByUid(kind, uid),
    findByUserCode: async () => undefined,
    consume: async (id) => {
      const payload = find(id);
      if (payload === undefined) return;
      const now = Math.floor(Date.now() / 1000);
      const { uid, accountId, grantId } = payload;
      const keep = { seconds: Math.max(1, (payload.exp ?? now + longestSeconds) - now), links: { grantId, uid, accountId } };
      table.save(kind, id, { ...payload, consumed: now }, keep);
    },
    destroy: async (id) => {
      table.remove(kind, id);
    },
    revokeByGrantId: async (grantId) => {
      table.removeGrant(grantId);
    },
  };
}

function newClientAdapter(clients: Clients): Adapter {
  const readOnly = async (): Promise<undefined> => undefined;
  return {
    find: async (id) => {
      const client = clients.find(id);
      return client === undefined ? undefined : newClientMetadata(client);
    },
    findByUid: readOnly,
    findByUserCode: readOnly,
    upsert: readOnly,
    consume: readOnly,
    destroy: readOnly,
    revokeByGrantId: readOnly,
  };
}

/** A client as RFC 7591 describes it. */
function newClientMetadata(client: Client): AdapterPayload {
  const { clientId, title, jwks, jwksUri } = client;
  const hasKeys = jwks !== null || jwksUri !== null;
  const shared = {
    client_id: clientId,
    client_name: title,
    token_endpoint_auth_method: hasKeys ? 'private_key_jwt' : 'none',
    ...(jwks === null ? {} : { jwks: { keys: [...jwks.keys] } }),
    ...(jwksUri === null ? {} : { jwks_uri: jwksUri }),
  } as const;
  if (client.kind === 'backend') return { ...shared, grant_types: ['client_credentials'], redirect_uris: [], response_types: [] };
  const { redirectUris } = client;
  const isNative = redirectUris.some((uri) => !/^https?:/.test(uri));
  return {
    ...shared,
    application_type: isNative ? 'native' : 'web',
    redirect_uris: [...redirectUris],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
  };
}
