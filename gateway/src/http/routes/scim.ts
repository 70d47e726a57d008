import { parseLocalName, staffRoles } from '@medaccord/chaincode/model';
import { z } from 'zod';
import type { Account, AccountRole, Accounts } from '../../people';
import { newError } from '../../problem';
import { newRoute, type Response, type Route } from '../route';
import { formatUser, userSchemas } from './scim-user';
import { readPatch } from './scim-patch';
import { parsed } from './schemas';

const operator = { by: 'staff', roles: ['operator'] } as const;
const roles = staffRoles.filter((role): role is AccountRole => role !== 'gateway');
const localName = parsed(z.string(), parseLocalName);
const userName = z.string().regex(/^[A-Za-z0-9._@-]{1,64}$/, 'must be 1 to 64 letters, digits and . _ @ -');
const roleList = z.tuple([z.looseObject({ value: z.enum(roles) })]);
const practitioner = z.string().regex(/^Practitioner\/[A-Za-z0-9.-]{1,64}$/, 'must be Practitioner/<id>');
const teams = z.array(localName).max(50);
const reach = z.array(localName).min(1).max(50);
const enterprise = z.looseObject({ department: localName.optional() });
const staff = z.strictObject({ teams: teams.optional(), reach: reach.optional(), practitioner: practitioner.optional() });
const newUser = z.looseObject({
  userName,
  roles: roleList,
  active: z.literal(true).optional(),
  [userSchemas.enterprise]: enterprise.optional(),
  [userSchemas.staff]: staff.optional(),
});
const change = z.strictObject({
  active: z.boolean().optional(),
  role: z.enum(roles).optional(),
  department: localName.nullable().optional(),
  teams: teams.nullable().optional(),
  reach: reach.nullable().optional(),
  practitioner: practitioner.nullable().optional(),
});
const user = z.looseObject({ id: z.string(), userName: z.string(), active: z.boolean() });
const listQuery = z.strictObject({
  filter: z.string().max(256).optional(),
  startIndex: z
    .string()
    .regex(/^\d{1,6}$/)
    .optional(),
  count: z
    .string()
    .regex(/^\d{1,4}$/)
    .optional(),
});
const shared = { access: operator, audit: 'account', response: user, needsLedger: false } as const;
const byId = z.strictObject({ id: userName });

/** The accounts of staff, for the operator and for the systems that know who joins, moves and leaves (SCIM 2.0, RFC 7643 and 7644). */
export function newScimRoutes(accounts: Accounts): readonly Route[] {
  const path = '/scim/v2/Users';
  return [
    newRoute({
      ...shared,
      method: 'get',
      path,
      summary: 'The accounts of staff; filter=userName eq "..." finds one',
      query: listQuery,
      response: z.looseObject({ totalResults: z.int(), Resources: z.array(user) }),
      handle: async ({ query, origin }) => answer(await listUsers(accounts, query, origin)),
    }),
    newRoute({
      ...shared,
      method: 'post',
      path,
      summary: 'A joiner: the answer holds the invitation with which the person chooses how to sign in',
      body: newUser,
      idempotency: 'optional',
      status: 201,
      handle: async ({ body, origin }) => {
        const invitation = await accounts.add(readDetails(body));
        return answer({ ...formatUser(await read(accounts, body.userName), origin), ...formatInvitation(invitation, origin) });
      },
    }),
    newRoute({
      ...shared,
      method: 'get',
      path: `${path}/{id}`,
      summary: 'One account',
      params: byId,
      handle: async ({ params, origin }) => answer(formatUser(await read(accounts, params.id), origin)),
    }),
    newRoute({
      ...shared,
      method: 'patch',
      path: `${path}/{id}`,
      summary: 'A mover (roles, department, teams, reach) or a leaver (active: false): what was open ends at once',
      params: byId,
      body: z.looseObject({
        Operations: z
          .array(z.looseObject({ op: z.string() }))
          .min(1)
          .max(20),
      }),
      handle: async ({ params, body, origin }) => {
        const changed = change.safeParse(readPatch(body.Operations));
        if (!changed.success) throw newError('REQUEST_INVALID', `body.Operations: ${changed.error.issues[0]?.message ?? 'are not valid'}`);
        const fields = Object.fromEntries(Object.entries(changed.data).filter(([, value]) => value !== undefined));
        return answer(formatUser(await accounts.change(params.id, fields), origin));
      },
    }),
    newRoute({
      ...shared,
      method: 'delete',
      path: `${path}/{id}`,
      summary: 'A leaver: the account is deactivated, for its name is never given again',
      params: byId,
      status: 204,
      response: z.string(),
      handle: async ({ params }) => {
        await accounts.change(params.id, { active: false });
        return { body: '', contentType: 'text/plain' };
      },
    }),
    newRoute({
      ...shared,
      method: 'post',
      path: '/api/accounts/{id}/invitation',
      summary: 'A new invitation for whoever lost what she signs in with; all of it is void, and what was open ends',
      params: byId,
      status: 201,
      response: z.looseObject({}),
      handle: async ({ params, origin }) => ({ body: formatInvitation(await accounts.reset(params.id), origin)[userSchemas.staff] }),
    }),
    newRoute({
      ...shared,
      method: 'delete',
      path: '/api/accounts/{id}/sessions',
      summary: 'Ends all sessions of an account, and what applications hold of it; she may sign in again',
      params: byId,
      status: 204,
      response: z.string(),
      handle: async ({ params }) => {
        await accounts.endSessions(params.id);
        return { body: '', contentType: 'text/plain' };
      },
    }),
  ];
}

async function listUsers(accounts: Accounts, { filter, startIndex, count }: z.output<typeof listQuery>, origin: string): Promise<object> {
  const [, name] = filter === undefined ? [] : (/^\s*userName\s+eq\s+"([^"\\]{1,64})"\s*$/i.exec(filter) ?? []);
  if (filter !== undefined && name === undefined)
    throw newError('REQUEST_INVALID', 'query.filter: userName eq "..." is the filter that is offered');
  const found = name === undefined ? await accounts.list() : [await accounts.find(name)].filter((one) => one !== undefined);
  const first = Math.max(1, Number(startIndex ?? 1));
  const page = found.slice(first - 1, first - 1 + Math.min(Number(count ?? 100), 100));
  return {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
    totalResults: found.length,
    startIndex: first,
    itemsPerPage: page.length,
    Resources: page.map((one) => formatUser(one, origin)),
  };
}

function readDetails(body: z.output<typeof newUser>): Parameters<Accounts['add']>[0] {
  const [role] = body.roles;
  const { department = null } = body[userSchemas.enterprise] ?? {};
  const { teams: listed = null, reach: limit = null, practitioner: resource = null } = body[userSchemas.staff] ?? {};
  return { userName: body.userName, role: role.value, department, teams: listed, reach: limit, practitioner: resource };
}

async function read(accounts: Accounts, name: string): Promise<Account> {
  const account = await accounts.find(name);
  if (account === undefined) throw newError('RESOURCE_NOT_FOUND', 'There is no account of that name');
  return account;
}

function formatInvitation(invitation: string, origin: string): Record<string, { invitation: string; address: string }> {
  return { [userSchemas.staff]: { invitation, address: `${origin}/oidc/invitation` } };
}

function answer(body: object): Response {
  return { body: JSON.stringify(body), contentType: 'application/scim+json' };
}
