import { formatSigned, formatSigningInput, parseSigned, type Jwk, type SignedKind, type SignedPayload } from '@medaccord/chaincode/model';
import { SignatureInvalid } from './crypto-errors';
import { importVerificationKey, type SigningKey } from './signing-key';

const ECDSA_SHA256 = { name: 'ECDSA', hash: 'SHA-256' } as const;
const encoder = new TextEncoder();

/**
 * Signs a payload as compact JWS (RFC 7515) with ES256 (RFC 7518 section 3.4). The header names the kind: a signature for one kind never
 * passes as another's.
 */
export async function signJws<K extends SignedKind>(kind: K, payload: SignedPayload<K>, key: SigningKey): Promise<string> {
  const input = formatSigningInput(kind, payload);
  return formatSigned(input, new Uint8Array(await crypto.subtle.sign(ECDSA_SHA256, key.privateKey, encoder.encode(input))));
}

/**
 * Verifies a compact JWS of a kind against a key and gives its payload.
 * @throws {RequestInvalid} naming `place`, when it does not have the form of its kind
 * @throws {SignatureInvalid}
 */
export async function verifyJws<K extends SignedKind>(kind: K, jws: string, key: Jwk, place: string = kind): Promise<SignedPayload<K>> {
  const { payload, signature, signingInput } = parseSigned(kind, jws, place);
  if (!(await isSignatureOf(key, signature, encoder.encode(signingInput)))) throw new SignatureInvalid();
  return payload;
}

async function isSignatureOf(key: Jwk, signature: Uint8Array, bytes: Uint8Array<ArrayBuffer>): Promise<boolean> {
  try {
    return await crypto.subtle.verify(ECDSA_SHA256, await importVerificationKey(key), signature, bytes);
  } catch {
    // A point that is not on the curve cannot be imported: nothing is signed by it.
    return false;
  }
}
