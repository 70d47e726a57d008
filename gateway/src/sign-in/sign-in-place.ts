import { apiScope, identityScopes } from '../auth';
import { clientAlgorithms, endpoints } from './endpoints';

/** Where people sign in, whoever runs it. */
export interface SignInPlace {
  readonly issuer: string;
  readonly jwksUri: string;
  readonly authorization: string;
  readonly token: string;
  readonly introspection?: string | undefined;
  readonly revocation?: string | undefined;
  readonly grantTypes: readonly string[];
  readonly challengeMethods: readonly string[];
  /** How clients prove who they are at its token endpoint, and by which signatures. */
  readonly clientAuthMethods: readonly string[];
  readonly clientAlgorithms: readonly string[];
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
    grantTypes: ['authorization_code', 'client_credentials'],
    challengeMethods: ['S256'],
    clientAuthMethods: ['private_key_jwt', 'none'],
    clientAlgorithms,
  };
}

const clientCapabilities = [
  ['none', 'client-public'],
  ['private_key_jwt', 'client-confidential-asymmetric'],
  ['client_secret_basic', 'client-confidential-symmetric'],
] as const;

/** What a SMART application reads first (SMART App Launch 2.2, conformance.html). */
export function newSmartConfiguration(place: SignInPlace): Readonly<Record<string, unknown>> {
  return {
    issuer: place.issuer,
    jwks_uri: place.jwksUri,
    authorization_endpoint: place.authorization,
    token_endpoint: place.token,
    ...(place.introspection === undefined ? {} : { introspection_endpoint: place.introspection }),
    ...(place.revocation === undefined ? {} : { revocation_endpoint: place.revocation }),
    grant_types_supported: place.grantTypes,
    response_types_supported: ['code'],
    code_challenge_methods_supported: place.challengeMethods,
    token_endpoint_auth_methods_supported: place.clientAuthMethods,
    token_endpoint_auth_signing_alg_values_supported: place.clientAlgorithms,
    scopes_supported: [...identityScopes, 'user/*.cruds', 'system/*.cruds', apiScope],
    capabilities: [
      'launch-standalone',
      ...clientCapabilities.flatMap(([method, capability]) => (place.clientAuthMethods.includes(method) ? [capability] : [])),
      'sso-openid-connect',
      'permission-offline',
      'permission-online',
      'permission-user',
      'permission-v1',
      'permission-v2',
    ],
  };
}

export type SmartSecurity = {
  extension: { url: string; extension: { url: string; valueUri: string }[] }[];
  service: { coding: { system: string; code: string }[] }[];
};

/** `rest.security` of a CapabilityStatement, for clients that look there (SMART App Launch 2.2, conformance.html, "Using CapabilityStatement"). */
export function newSmartSecurity({ authorization, token, introspection, revocation }: SignInPlace): SmartSecurity {
  const addresses = { authorize: authorization, token, introspect: introspection, revoke: revocation };
  const extension = Object.entries(addresses).flatMap(([url, valueUri]) => (valueUri === undefined ? [] : [{ url, valueUri }]));
  return {
    extension: [{ url: 'http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris', extension }],
    service: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/restful-security-service', code: 'SMART-on-FHIR' }] }],
  };
}
