import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';

interface IssuerKey {
  readonly kid: string;
  readonly key: CryptoKey;
  readonly jwk: JWK;
}

export interface IssuerSettings {
  readonly audience: string;
  /** Claims of access tokens by account. */
  readonly people: Readonly<Record<string, object>>;
  readonly clients: readonly object[];
  readonly scopes: string;
  /** `id:secret` of whoever may introspect. */
  readonly introspector: string;
}

/** An external OpenID provider in a process of its own, and its keys, so that a test can forge what it would sign. */
export class TestIssuer {
  readonly #process: ChildProcess = fork(join(__dirname, 'external-issuer.mjs'), {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    silent: true,
  });
  readonly #settings: IssuerSettings;
  #key!: IssuerKey;
  issuer = '';

  constructor(settings: IssuerSettings) {
    this.#settings = settings;
  }

  async start(): Promise<void> {
    this.#key = await newKey('first');
    await this.#tell('listen', { ...this.#settings, keys: await this.#listKeys() });
  }

  /** Signs with another key from now on, and publishes the old one no longer. */
  async rotate(kid: string): Promise<void> {
    this.#key = await newKey(kid);
    await this.#tell('rotate', { keys: await this.#listKeys() });
  }

  /** Nobody listens at its address any more. */
  hush(): Promise<void> {
    return this.#tell('hush');
  }

  speak(): Promise<void> {
    return this.#tell('speak');
  }

  leave(account: string): Promise<void> {
    return this.#tell('leave', { account });
  }

  get publicJwk(): JWK {
    const { d: _secret, ...rest } = this.#key.jwk;
    return rest;
  }

  /** An access token as it signs them, with what a test changes; a claim that is undefined is left out. */
  sign(claims: object, header: object = {}, key: CryptoKey = this.#key.key): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const usual = { iss: this.issuer, aud: this.#settings.audience, iat: now, exp: now + 600, jti: 'x', client_id: 'viewer' };
    return new SignJWT({ ...usual, ...claims })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: this.#key.kid, ...header })
      .sign(key);
  }

  stop(): void {
    this.#process.disconnect();
  }

  /** Identity tokens are signed by RSA, access tokens by the elliptic key. */
  async #listKeys(): Promise<readonly JWK[]> {
    const { privateKey } = await generateKeyPair('RS256', { extractable: true });
    return [this.#key.jwk, { ...(await exportJWK(privateKey)), kid: `${this.#key.kid}-rsa`, alg: 'RS256', use: 'sig' }];
  }

  async #tell(act: string, given: object = {}): Promise<void> {
    this.#process.send({ act, ...given });
    const [{ issuer }] = (await once(this.#process, 'message')) as [{ issuer: string }];
    this.issuer = issuer;
  }
}

async function newKey(kid: string): Promise<IssuerKey> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  return { kid, key: privateKey, jwk: { ...(await exportJWK(privateKey)), kid, alg: 'ES256', use: 'sig' } };
}
