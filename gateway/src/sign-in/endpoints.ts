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
export const discoveryPath = '/.well-known/openid-configuration';

/** Whether an address belongs to the provider. */
export function isSignInPath(path: string): boolean {
  return path === discoveryPath || path.startsWith('/oidc/');
}

/** Signatures by which clients prove who they are; SMART App Launch asks for the first two. */
export const clientAlgorithms = ['ES384', 'RS384', 'ES256'] as const;
