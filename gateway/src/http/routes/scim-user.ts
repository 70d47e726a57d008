import type { Account } from '../../people';

/** Schemas of a user: SCIM's own (RFC 7643, 4.1 and 4.3), and the house's. */
export const userSchemas = {
  core: 'urn:ietf:params:scim:schemas:core:2.0:User',
  enterprise: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
  staff: 'urn:medaccord:scim:staff',
} as const;

/** An account as SCIM writes it; never what it signs in with. */
export function formatUser(account: Account, origin: string): Readonly<Record<string, unknown>> {
  const { userName, active, role, department, createdAt, changedAt } = account;
  const staff = Object.entries({ teams: account.teams, reach: account.reach, practitioner: account.practitioner }).filter(
    ([, value]) => value !== null,
  );
  return {
    schemas: Object.values(userSchemas),
    id: userName,
    userName,
    active,
    roles: [{ value: role, primary: true }],
    ...(department === null ? {} : { [userSchemas.enterprise]: { department } }),
    ...(staff.length === 0 ? {} : { [userSchemas.staff]: Object.fromEntries(staff) }),
    meta: {
      resourceType: 'User',
      created: new Date(createdAt).toISOString(),
      lastModified: new Date(changedAt).toISOString(),
      location: `${origin}/scim/v2/Users/${userName}`,
    },
  };
}
