import { staffRoles } from '@medaccord/chaincode/model';
import { z } from 'zod';
import { apiScope, readScope } from '../../auth';
import type { AccountRole, Client, Clients } from '../../people';
import { newError } from '../../problem';
import { newRoute, type Route } from '../route';

const operator = { by: 'staff', roles: ['operator'] } as const;
const clientId = z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, 'must be 1 to 64 letters, digits, points, dashes and underscores');
const roles = staffRoles.filter((role): role is AccountRole => role !== 'gateway');
const address = z
  .string()
  .max(2048)
  .refine((text) => URL.canParse(text), 'must be an absolute address');
/** Public keys; a private part is refused before it is kept. */
const jwk = z.looseObject({ kty: z.enum(['EC', 'RSA']) }).refine((key) => !('d' in key) && !('k' in key), 'must be a public key');
const shared = {
  clientId,
  title: z.string().min(1).max(128),
  scopes: z
    .array(
      z.string().refine((scope) => 'resource' in readScope(scope) || scope === apiScope, 'must be a scope of resources or medaccord/api'),
    )
    .min(1)
    .max(200),
  jwks: z.strictObject({ keys: z.array(jwk).min(1).max(20) }).optional(),
  jwksUri: address.optional(),
};
const redirectUris = z
  .array(address.refine((uri) => !uri.includes('#'), 'must have no fragment'))
  .min(1)
  .max(20);
const newClient = z.discriminatedUnion('kind', [
  z.strictObject({ ...shared, kind: z.literal('app'), redirectUris }),
  z.strictObject({ ...shared, kind: z.literal('backend'), role: z.enum(roles) }),
]);
const shownClient = z.looseObject({ clientId: z.string(), kind: z.string() });

/** The applications that may use this gateway; the operator registers them. */
export function newClientRoutes(clients: Clients): readonly Route[] {
  return [
    newRoute({
      method: 'get',
      path: '/api/clients',
      summary: 'The registered applications',
      access: operator,
      audit: 'account',
      response: z.object({ clients: z.array(shownClient) }),
      needsLedger: false,
      handle: async () => ({ body: { clients: await clients.list() } }),
    }),
    newRoute({
      method: 'post',
      path: '/api/clients',
      summary: 'Register an application that staff use, or a backend service',
      access: operator,
      audit: 'account',
      body: newClient,
      idempotency: 'optional',
      status: 201,
      response: shownClient,
      needsLedger: false,
      handle: async ({ body }) => {
        const client = readClient(body);
        await clients.add(client);
        return { body: client };
      },
    }),
    newRoute({
      method: 'delete',
      path: '/api/clients/{clientId}',
      summary: 'Remove an application: its tokens work no longer',
      access: operator,
      audit: 'account',
      params: z.strictObject({ clientId }),
      status: 204,
      response: z.string(),
      needsLedger: false,
      handle: async ({ params }) => {
        await clients.remove(params.clientId);
        return { body: '', contentType: 'text/plain' };
      },
    }),
  ];
}

/** A backend proves itself by keys, an app may; they come one way. */
function readClient({ jwks, jwksUri, ...rest }: z.output<typeof newClient>): Client {
  if (jwks !== undefined && jwksUri !== undefined) throw newError('REQUEST_INVALID', 'body: has jwks and jwksUri; name one of them');
  if (rest.kind === 'backend' && (jwks ?? jwksUri) === undefined) throw newError('REQUEST_INVALID', 'body: a backend has jwks or jwksUri');
  return { ...rest, jwks: jwks ?? null, jwksUri: jwksUri ?? null };
}
