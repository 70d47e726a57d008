import { formatCanonical } from '@medaccord/chaincode/model';
import { formatBase64url, parseBase64url } from './base64url';
import { SignatureInvalid } from './crypto-errors';
import type { PublicJwk } from './p256-jwk';
import { importVerificationKey, type SigningKey } from './signing-key';

const ECDSA_SHA256 = { name: 'ECDSA', hash: 'SHA-256' } as const;
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Signs a payload as compact JWS (RFC 7515) with ES256 (RFC 7518 section 3.4). The header is exactly
 * {"alg":"ES256","typ":"medaccord-<kind>+jws"}: a signature for one kind never passes as another's.
 */
export async function signJws(kind: string, payload: unknown, key: SigningKey): Promise<string> {
  const input = `${headerOf(kind)}.${formatBase64url(encoder.encode(formatCanonical(payload as never)))}`;
  const signature = await crypto.subtle.sign(ECDSA_SHA256, key.privateKey, encoder.encode(input));
  return `${input}.${formatBase64url(new Uint8Array(signature))}`;
}

/**
 * Verifies a compact JWS of a kind against a key.
 * @returns the payload, whose text was canonical JSON; its shape is for the caller to parse
 * @throws {SignatureInvalid} whatever is wrong with it
 */
export async function verifyJws(kind: string, jws: string, key: PublicJwk): Promise<unknown> {
  try {
    const [header, payload, signature, ...rest] = jws.split('.');
    if (header !== headerOf(kind) || payload === undefined || signature === undefined || rest.length > 0) throw new SignatureInvalid();
    const input = encoder.encode(`${header}.${payload}`);
    const bytes = parseBase64url(signature);
    if (!(await crypto.subtle.verify(ECDSA_SHA256, await importVerificationKey(key), bytes, input))) throw new SignatureInvalid();
    return parseCanonical(decoder.decode(parseBase64url(payload)));
  } catch {
    throw new SignatureInvalid();
  }
}

function headerOf(kind: string): string {
  return formatBase64url(encoder.encode(`{"alg":"ES256","typ":"medaccord-${kind}+jws"}`));
}

function parseCanonical(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (formatCanonical(value as never) !== text) throw new SignatureInvalid();
  return value;
}
