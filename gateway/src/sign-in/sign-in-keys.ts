import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { loadOrCreatePrivateFile } from '../store';

/** What the OpenID provider signs with: identity tokens, and its own cookies. */
export interface SignInKeys {
  readonly keys: readonly JWK[];
  readonly cookies: readonly string[];
}

/** Keys in a file of mode 0600 under the gateway's data folder, made when they are first needed. RS256 is what OpenID Connect clients count on. */
export async function loadSignInKeys(data: string): Promise<SignInKeys> {
  const path = join(data, 'keys', 'sign-in.json');
  const fresh = existsSync(path) ? undefined : await generate();
  return JSON.parse(loadOrCreatePrivateFile(path, () => `${JSON.stringify(fresh)}\n`)) as SignInKeys;
}

async function generate(): Promise<SignInKeys> {
  const newKey = async (alg: 'RS256' | 'ES256'): Promise<JWK> => {
    const { privateKey } = await generateKeyPair(alg, { extractable: true, modulusLength: 3072 });
    return { ...(await exportJWK(privateKey)), alg, use: 'sig', kid: randomBytes(8).toString('base64url') };
  };
  return { keys: [await newKey('RS256'), await newKey('ES256')], cookies: [randomBytes(32).toString('base64url')] };
}
