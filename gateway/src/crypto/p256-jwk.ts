import type { Jwk } from '@medaccord/chaincode/model';
import { parseBase64url } from './base64url';

/** A P-256 public key as JWK (RFC 7518 section 6.2), with no other member. */
export type PublicJwk = Jwk;

/** A P-256 private key as JWK. */
export type PrivateJwk = PublicJwk & { readonly d: string };

/** The uncompressed point 0x04 || x || y (65 bytes; SEC 1 section 2.3.3) of a key. */
export function formatPoint(jwk: PublicJwk): Uint8Array<ArrayBuffer> {
  const point = new Uint8Array(65);
  point[0] = 4;
  point.set(parseBase64url(jwk.x), 1);
  point.set(parseBase64url(jwk.y), 33);
  return point;
}

/** The public half of a key, member by member, so that nothing private slips through. */
export function publicJwkOf(jwk: PublicJwk): PublicJwk {
  return { kty: 'EC', crv: 'P-256', x: jwk.x, y: jwk.y };
}
