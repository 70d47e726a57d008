import { createRemoteJWKSet, customFetch, errors, type JWTVerifyGetKey, type RemoteJWKSet } from 'jose';
import { z } from 'zod';
import { isProtectedAddress, type TrustedIssuer } from '../config';
import { newError } from '../problem';

const withinMs = 5_000;
/** After a failure it is left alone for so long. */
const restMs = 2_000;
/** A key that is not known is looked for again this long after the last look: that is how fast a new key counts. */
const lookAgainMs = 5_000;

const address = z.string().refine(isProtectedAddress);
const list = z.array(z.string()).optional();
/** OpenID Connect Discovery 1.0, section 3, as far as it is needed here. */
const metadata = z.looseObject({
  issuer: z.string(),
  jwks_uri: address,
  authorization_endpoint: address,
  token_endpoint: address,
  introspection_endpoint: address.optional(),
  revocation_endpoint: address.optional(),
  grant_types_supported: list,
  code_challenge_methods_supported: list,
  token_endpoint_auth_methods_supported: list,
  token_endpoint_auth_signing_alg_values_supported: list,
});
export type IssuerMetadata = z.infer<typeof metadata>;

interface Known {
  readonly metadata: IssuerMetadata;
  readonly keys: RemoteJWKSet;
}

/** The way to an external issuer: its metadata and keys, remembered for a while. */
export class IssuerDoor {
  readonly #trusted: Pick<TrustedIssuer, 'name' | 'issuer'>;
  #known: Promise<Known> | undefined;
  /** As it last told; who asks where it is need not wait while it is silent. */
  #metadata: IssuerMetadata | undefined;
  #restUntil = 0;

  constructor(trusted: Pick<TrustedIssuer, 'name' | 'issuer'>) {
    this.#trusted = trusted;
  }

  /** @throws CodedError ISSUER_UNAVAILABLE */
  async readMetadata(): Promise<IssuerMetadata> {
    return this.#metadata ?? (await this.#read()).metadata;
  }

  /** The key that a token names. It throws CodedError ISSUER_UNAVAILABLE, or errors of jose when the issuer has no such key. */
  readonly findKey: JWTVerifyGetKey = async (header, token) => {
    // Without it, whoever rotates keys could not be followed.
    if (header.kid === undefined) throw new errors.JWKSNoMatchingKey();
    const { keys } = await this.#read();
    try {
      return await keys(header, token);
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) throw error;
      // Its keys may have moved.
      if (!keys.fresh) this.#known = undefined;
      throw this.#unavailable(error);
    }
  };

  /** Asks one of its addresses; while it rests after a failure nobody waits for it. @throws CodedError ISSUER_UNAVAILABLE */
  async ask(url: string, init: RequestInit = {}): Promise<Response> {
    if (Date.now() < this.#restUntil) throw this.#unavailable();
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(withinMs), ...init, redirect: 'error' });
      if (response.status !== 200) throw new Error(`status ${String(response.status)}`);
      return response;
    } catch (error) {
      this.#restUntil = Date.now() + restMs;
      throw this.#unavailable(error);
    }
  }

  #read(): Promise<Known> {
    this.#known ??= this.#discover().catch((error: unknown) => {
      this.#known = undefined;
      throw this.#unavailable(error);
    });
    return this.#known;
  }

  async #discover(): Promise<Known> {
    const { issuer } = this.#trusted;
    const response = await this.ask(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
    const found = metadata.parse(await response.json());
    if (found.issuer !== issuer) throw new Error('the metadata is that of another issuer');
    this.#metadata = found;
    const keys = createRemoteJWKSet(new URL(found.jwks_uri), {
      timeoutDuration: withinMs,
      cooldownDuration: lookAgainMs,
      [customFetch]: (url, init) => this.ask(url, init),
    });
    return { metadata: found, keys };
  }

  #unavailable(cause?: unknown): Error {
    const { name } = this.#trusted;
    return newError('ISSUER_UNAVAILABLE', `The issuer ${name} cannot be asked for what its tokens are checked by`, { cause });
  }
}
