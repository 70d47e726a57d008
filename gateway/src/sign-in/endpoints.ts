/** Where the embedded OpenID provider answers, under the address of the gateway, which is its issuer. */
export const endpoints = {
  authorization: '/oidc/authorize',
  token: '/oidc/token',
  introspection: '/oidc/introspect',
  revocation: '/oidc/revoke',
  jwks: '/oidc/jwks',
  end_session: '/oidc/end-session',
} as const;

export const interactionPath = '/oidc/interaction';
export const invitationPath = '/oidc/invitation';
export const ownPath = '/oidc/account';
export const scriptPath = '/oidc/passkey.js';
export const discoveryPath = '/.well-known/openid-configuration';

/** Whether an address belongs to the provider. */
export function isSignInPath(path: string): boolean {
  return path === discoveryPath || path.startsWith('/oidc/');
}

const { authorization, end_session: ending } = endpoints;
const withUid = [authorization, interactionPath] as const;
const known: ReadonlySet<string> = new Set([
  ...Object.values(endpoints),
  `${ending}/confirm`,
  `${ending}/success`,
  invitationPath,
  ownPath,
  scriptPath,
  discoveryPath,
]);

/** What logs and metrics call an address of the provider: of a table, whatever somebody asks for. */
export function nameSignInRoute(path: string): string {
  const place = withUid.find((one) => path.startsWith(`${one}/`));
  if (place !== undefined) return `${place}/{uid}`;
  return known.has(path) ? path : '/oidc/{unknown}';
}

/** Signatures by which clients prove who they are; SMART App Launch asks for the first two. */
export const clientAlgorithms = ['ES384', 'RS384', 'ES256'] as const;
