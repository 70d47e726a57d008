import { formatBase64url } from './base64url';
import { formatPoint, publicJwkOf, type PrivateJwk, type PublicJwk } from './p256-jwk';
import type { WebKey } from './signing-key';
import { DEFAULT_SUITE, SUITES, type SuiteId } from './suites';

/** What others seal to: a suite and its serialised public key, base64url. An organisation publishes it in this form on the ledger. */
export type SealingPublicKey = { readonly suite: SuiteId; readonly publicKey: string };

/** A sealing key as its owner stores it (file 0600, key provider). */
export type StoredSealingKey = SealingPublicKey & { readonly privateKey: PrivateJwk };

/** A key that opens envelopes. */
export type SealingKey = SealingPublicKey & { readonly privateKey: WebKey };

/** A fresh key of a suite. */
export async function generateSealingKey(suite: SuiteId = DEFAULT_SUITE): Promise<StoredSealingKey> {
  const { kem } = SUITES[suite].hpke;
  const pair = await kem.generateKeyPair();
  const jwk = (await crypto.subtle.exportKey('jwk', pair.privateKey)) as PrivateJwk;
  const publicKey = formatBase64url(new Uint8Array(await kem.serializePublicKey(pair.publicKey)));
  return { suite, publicKey, privateKey: { ...publicJwkOf(jwk), d: jwk.d } };
}

/** Opens a stored key for use. Its public half is taken from the private key, so a stored pair that does not match cannot be used. */
export async function importSealingKey(stored: Pick<StoredSealingKey, 'suite' | 'privateKey'>): Promise<SealingKey> {
  const { suite, privateKey } = stored;
  const key = await SUITES[suite].hpke.kem.importKey(
    'jwk',
    { ...publicJwkOf(privateKey), d: privateKey.d, key_ops: ['deriveBits'] },
    false,
  );
  return { suite, publicKey: formatBase64url(formatPoint(privateKey)), privateKey: key };
}

/** A P-256 JWK, as patients and relations publish it, as something to seal to. */
export function sealingPublicKeyOf(jwk: PublicJwk): SealingPublicKey {
  return { suite: 'HPKE-P256-SHA256-A256GCM', publicKey: formatBase64url(formatPoint(jwk)) };
}
