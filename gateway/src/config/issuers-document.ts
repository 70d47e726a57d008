import { staffRoles, type StaffRole } from '@medaccord/chaincode/model';
import { isAbsolute } from 'node:path';
import { z } from 'zod';

const text = z.string().min(1).max(512);
const roles = staffRoles.filter((role): role is Exclude<StaffRole, 'gateway'> => role !== 'gateway');
/** The name of a claim, or the names that lead to it where it stands inside another: `["realm_access", "roles"]`. */
const claim = z.union([text, z.array(text).min(1).max(5)]);

/** Whether nobody on the way can read or change what is asked there: TLS, or this very machine. */
export function isProtectedAddress(address: string): boolean {
  const { protocol, hostname, username, password } = URL.parse(address) ?? {};
  if (protocol === undefined || username !== '' || password !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname ?? ''));
}

const issuer = z.strictObject({
  /** Stands before the names that it gives, `name:ada`, so that nobody is taken for a person of another issuer, or of an account here. */
  name: z.string().regex(/^(?!client$)[a-z][a-z0-9-]{0,15}$/, 'must be 1 to 16 small letters, digits and dashes, and not "client"'),
  issuer: text.refine(isProtectedAddress, 'must be an https address').refine((url) => !/[?#]/.test(url), 'must have no query or fragment'),
  /** What its access tokens for this gateway have as `aud`. */
  audience: text,
  /** Header `typ` of its access tokens: that of RFC 9068, or what issuers write that do not know it. */
  tokenType: z.enum(['at+jwt', 'JWT']).default('at+jwt'),
  claims: z.strictObject({
    userName: claim,
    role: claim,
    department: claim.optional(),
    teams: claim.optional(),
    reach: claim.optional(),
    clientId: claim.default('client_id'),
    scope: claim.default('scope'),
  }),
  /** Values of the role claim, and what they are here. */
  roles: z.record(text, z.enum(roles)).refine((map) => Object.keys(map).length > 0, 'must name at least one role'),
  /** Backend services by their client id, each in the role that it acts in; whatever else their tokens claim. */
  services: z.record(text, z.enum(roles)).default({}),
  /** Asks the issuer whether a token is still in force (RFC 7662), and believes the answer for so many seconds. */
  introspection: z
    .strictObject({
      clientId: text,
      secretFile: z.string().refine(isAbsolute, 'must be an absolute path'),
      seconds: z.int().min(1).max(300).default(30),
    })
    .optional(),
});

/** The external OpenID issuers that an organisation trusts to say who its staff are. */
export const issuersDocument = z
  .strictObject({
    version: z.literal(1),
    /** Name of the one that applications are sent to; without it they are sent to the gateway's own provider. */
    primary: z.string().optional(),
    issuers: z.array(issuer).min(1).max(8),
  })
  .superRefine(({ primary, issuers }, problems) => {
    for (const [index, one] of issuers.entries())
      for (const key of ['name', 'issuer'] as const)
        if (issuers.findIndex((other) => other[key] === one[key]) !== index)
          problems.addIssue({ code: 'custom', path: ['issuers', index, key], message: 'is that of another issuer, too' });
    if (primary !== undefined && !issuers.some(({ name }) => name === primary))
      problems.addIssue({ code: 'custom', path: ['primary'], message: 'must be the name of one of the issuers' });
  });

export type IssuersDocument = z.infer<typeof issuersDocument>;
export type TrustedIssuer = IssuersDocument['issuers'][number];
