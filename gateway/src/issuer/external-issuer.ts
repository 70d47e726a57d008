import { errors, jwtVerify } from 'jose';
import type { Staff } from '../auth';
import type { TrustedIssuer } from '../config';
import { CodedError, newError } from '../problem';
import type { SignInPlace } from '../sign-in';
import { Introspection } from './introspection';
import { IssuerDoor } from './issuer-door';
import { readStaff } from './read-staff';

/** Signatures by private keys; a shared secret, or none, proves nothing about the issuer. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'];
const longestSeconds = 2 * 3600;
const clockToleranceSeconds = 5;

/** An external OpenID issuer that the organisation trusts to say who its staff are. */
export class ExternalIssuer {
  readonly #trusted: TrustedIssuer;
  readonly #door: IssuerDoor;
  readonly #introspection: Introspection | undefined;

  constructor(trusted: TrustedIssuer) {
    this.#trusted = trusted;
    this.#door = new IssuerDoor(trusted);
    this.#introspection = trusted.introspection && new Introspection(this.#door, trusted.introspection);
  }

  /**
   * Who holds an access token of it (RFC 9068).
   * @throws CodedError TOKEN_EXPIRED, TOKEN_INVALID, ISSUER_UNAVAILABLE
   */
  async verify(token: string): Promise<Staff> {
    const { issuer, audience, tokenType } = this.#trusted;
    const { payload } = await jwtVerify(token, this.#door.findKey, {
      ...{ algorithms, issuer, audience, typ: tokenType },
      requiredClaims: ['sub', 'exp'],
      maxTokenAge: longestSeconds,
      clockTolerance: clockToleranceSeconds,
    }).catch((cause: unknown) => {
      if (cause instanceof CodedError) throw cause;
      if (cause instanceof errors.JWTExpired) throw newError('TOKEN_EXPIRED', 'Get a new bearer token', { cause });
      throw newError('TOKEN_INVALID', 'Bring an access token that a trusted issuer has signed for this gateway', { cause });
    });
    // Whoever else brings it does not have the key that it is bound to, and here nobody proves to have it.
    if (payload['cnf'] !== undefined) throw newError('TOKEN_INVALID', 'Tokens that are bound to a key are not taken here');
    const staff = readStaff(this.#trusted, payload);
    await this.#introspection?.assertInForce(token);
    return staff;
  }

  /** Where applications are sent, if it is the primary one. @throws CodedError ISSUER_UNAVAILABLE */
  async findPlace(): Promise<SignInPlace> {
    const found = await this.#door.readMetadata();
    return {
      issuer: found.issuer,
      jwksUri: found.jwks_uri,
      authorization: found.authorization_endpoint,
      token: found.token_endpoint,
      introspection: found.introspection_endpoint,
      revocation: found.revocation_endpoint,
      grantTypes: found.grant_types_supported ?? ['authorization_code'],
      // SMART App Launch knows no other.
      challengeMethods: (found.code_challenge_methods_supported ?? []).filter((method) => method === 'S256'),
      clientAuthMethods: found.token_endpoint_auth_methods_supported ?? ['client_secret_basic'],
      clientAlgorithms: found.token_endpoint_auth_signing_alg_values_supported ?? [],
    };
  }
}
