import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import { newError, type Jwk, type Signed, type SignedKind } from '../model';

/** Tells whether a statement is signed by a key: ES256 (RFC 7518 section 3.4). False also for a key that is no point of the curve. */
export function isSignedBy(signed: Signed<SignedKind>, key: Jwk): boolean {
  const publicKey = importKey(key);
  if (publicKey === undefined) return false;
  return verify('sha256', Buffer.from(signed.signingInput, 'ascii'), { key: publicKey, dsaEncoding: 'ieee-p1363' }, signed.signature);
}

/** @throws SIGNATURE_INVALID when none of the keys signed the statement. */
export function assertSignedBy(signed: Signed<SignedKind>, ...keys: readonly Jwk[]): void {
  if (!keys.some((key) => isSignedBy(signed, key))) throw newError('SIGNATURE_INVALID', { kind: signed.kind });
}

function importKey(key: Jwk): KeyObject | undefined {
  try {
    return createPublicKey({ key: { ...key }, format: 'jwk' });
  } catch {
    return undefined;
  }
}
