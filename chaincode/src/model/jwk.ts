import { object, oneOf, text, type Parsed } from './encoding/parser';

const coordinate = text(/^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/, '32 bytes in base64url');

/** A public key on P-256 (RFC 7518 section 6.2). That the point lies on the curve is checked where the key is used. */
export const parseJwk = object({ kty: oneOf(['EC']), crv: oneOf(['P-256']), x: coordinate, y: coordinate });
export type Jwk = Parsed<typeof parseJwk>;

/** What a patient's and a relation's keys are for: signing, being sealed to, and closing when all else is lost. */
export const parseKeys = object({ signing: parseJwk, sealing: parseJwk, recovery: parseJwk });
export type Keys = Parsed<typeof parseKeys>;

/** Tells whether two keys are the same point. */
export function isSameKey(one: Jwk, other: Jwk): boolean {
  return one.x === other.x && one.y === other.y;
}
