import { apiScope, identityScopes } from '../auth';

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

/** Where people sign in, whoever runs it. */
export interface SignInPlace {
  readonly issuer: string;
  readonly jwksUri: string;
  readonly authorization: string;
  readonly token: string;
  readonly introspection?: string | undefined;
  readonly revocation?: string | undefined;
}

/** The embedded provider, as clients find it. */
export function newEmbeddedPlace(origin: string): SignInPlace {
  const at = (path: string): string => `${origin}${path}`;
  return {
    issuer: origin,
    jwksUri: at(endpoints.jwks),
    authorization: at(endpoints.authorization),
    token: at(endpoints.token),
    introspection: at(endpoints.introspection),
    revocation: at(endpoints.revocation),
  };
}

/** What a SMART application reads first (SMART App Launch 2.2, conformance.html). */
export function newSmartConfiguration(place: SignInPlace): Readonly<Record<string, unknown>> {
  return {
    issuer: place.issuer,
    jwks_uri: place.jwksUri,
    authorization_endpoint: place.authorization,
    token_endpoint: place.token,
    ...(place.introspection === undefined ? {} : { introspection_endpoint: place.introspection }),
    ...(place.revocation === undefined ? {} : { revocation_endpoint: place.revocation }),
    grant_types_supported: ['authorization_code', 'client_credentials'],
    response_types_supported: ['code'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['private_key_jwt', 'none'],
    token_endpoint_auth_signing_alg_values_supported: clientAlgorithms,
    scopes_supported: [...identityScopes, 'user/*.cruds', 'system/*.cruds', apiScope],
    capabilities: [
      'launch-standalone',
      'client-public',
      'client-confidential-asymmetric',
      'sso-openid-connect',
      'permission-offline',
      'permission-online',
      'permission-user',
      'permission-v1',
      'permission-v2',
    ],
  };
}
