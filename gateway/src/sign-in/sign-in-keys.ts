import { randomBytes } from 'node:crypto';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import type { PeopleTable } from '../store';

/** What the OpenID provider signs with: identity tokens, and its own cookies. */
export interface SignInKeys {
  readonly keys: readonly JWK[];
  readonly cookies: readonly string[];
}

const name = 'sign-in';

/**
 * The keys of the organisation's provider, made when they are first needed, by whichever of its gateways needs them first. They are kept with the
 * accounts, so that every gateway that knows an account takes what another signed. RS256 is what OpenID Connect clients count on.
 */
export async function loadSignInKeys(people: PeopleTable): Promise<SignInKeys> {
  const known = await people.find('keys', name);
  if (known === undefined) await people.add('keys', name, await generate());
  return (known ?? (await people.find('keys', name))) as SignInKeys;
}

async function generate(): Promise<SignInKeys> {
  const newKey = async (alg: 'RS256' | 'ES256'): Promise<JWK> => {
    const { privateKey } = await generateKeyPair(alg, { extractable: true, modulusLength: 3072 });
    return { ...(await exportJWK(privateKey)), alg, use: 'sig', kid: randomBytes(8).toString('base64url') };
  };
  return { keys: [await newKey('RS256'), await newKey('ES256')], cookies: [randomBytes(32).toString('base64url')] };
}
