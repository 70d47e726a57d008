import type { Adapter, AdapterPayload, errors as Errors } from 'oidc-provider';
import type { Client, Clients } from '../people';
import type { SignInTable } from '../store';

/** Kept for ever as far as the provider says; nothing is kept for ever. */
const longestSeconds = 31 * 24 * 3600;

/** Where the OpenID provider keeps what it makes, one kind at a time; its clients are those that operators registered. */
export function newProviderAdapter(kind: string, { signIns, clients, errors }: AdapterOptions): Adapter {
  return kind === 'Client' ? newClientAdapter(clients) : newTableAdapter(kind, signIns, errors);
}

export interface AdapterOptions {
  readonly signIns: SignInTable;
  readonly clients: Clients;
  readonly errors: typeof Errors;
}

function newTableAdapter(kind: string, table: SignInTable, errors: typeof Errors): Adapter {
  return {
    upsert: async (id, payload, seconds = longestSeconds) => {
      const { uid, accountId } = payload;
      // A grant is its own: what ends with it includes itself.
      const grantId = kind === 'Grant' ? id : payload.grantId;
      const keep = { seconds: Math.min(seconds, longestSeconds), links: { grantId, uid, accountId } };
      if (kind !== 'ReplayDetection') return table.save(kind, id, payload, keep);
      // The provider has looked, but another gateway may have been shown the same proof since.
      await table.change(
        kind,
        id,
        (before) => {
          if (before !== undefined) throw new errors.InvalidClientAuth('the assertion was used before');
          return payload;
        },
        keep,
      );
    },
    find: (id) => table.find(kind, id),
    findByUid: (uid) => table.findByUid(kind, uid),
    findByUserCode: async () => undefined,
    consume: async (id) => {
      const now = Math.floor(Date.now() / 1000);
      const payload: AdapterPayload | undefined = await table.find(kind, id);
      const take = (before: AdapterPayload | undefined): AdapterPayload => {
        if (before === undefined || before.consumed !== undefined) throw new errors.InvalidGrant('it was used before');
        return { ...before, consumed: now };
      };
      try {
        await table.change(kind, id, take, { seconds: Math.max(1, (payload?.exp ?? now) - now) });
      } catch (error) {
        // Used twice at once is used twice: as the provider does it afterwards, all that came from it ends.
        if (error instanceof errors.InvalidGrant && payload?.grantId !== undefined) await table.removeGrant(payload.grantId);
        throw error;
      }
    },
    destroy: (id) => table.remove(kind, id),
    revokeByGrantId: (grantId) => table.removeGrant(grantId),
  };
}

function newClientAdapter(clients: Clients): Adapter {
  const readOnly = async (): Promise<undefined> => undefined;
  return {
    find: async (id) => {
      const client = await clients.find(id);
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
