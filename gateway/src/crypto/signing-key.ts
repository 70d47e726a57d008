import { publicJwkOf, type PrivateJwk, type PublicJwk } from './p256-jwk';

const ECDSA = { name: 'ECDSA', namedCurve: 'P-256' } as const;

/** A WebCrypto key; named by what makes one, for the platforms' type libraries disagree on the name. */
export type WebKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

/** A key that signs, opened for use: the private half cannot be read out again. */
export type SigningKey = { readonly publicJwk: PublicJwk; readonly privateKey: WebKey };

/** A fresh ES256 key, to be stored by its owner (file 0600, key provider) and opened with importSigningKey. */
export async function generateSigningKey(): Promise<PrivateJwk> {
  const pair = await crypto.subtle.generateKey(ECDSA, true, ['sign', 'verify']);
  const jwk = (await crypto.subtle.exportKey('jwk', pair.privateKey)) as PrivateJwk;
  return { ...publicJwkOf(jwk), d: jwk.d };
}

/** @throws {DOMException} DataError when the key is not a P-256 key. */
export async function importSigningKey(jwk: PrivateJwk): Promise<SigningKey> {
  const privateKey = await crypto.subtle.importKey('jwk', { ...publicJwkOf(jwk), d: jwk.d }, ECDSA, false, ['sign']);
  return { publicJwk: publicJwkOf(jwk), privateKey };
}

/** @throws {DOMException} DataError when the key is not a P-256 key. */
export function importVerificationKey(jwk: PublicJwk): Promise<WebKey> {
  return crypto.subtle.importKey('jwk', publicJwkOf(jwk), ECDSA, false, ['verify']);
}
