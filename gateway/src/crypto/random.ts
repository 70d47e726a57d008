import type { Salt } from '@medaccord/chaincode/model';
import { formatBase64url } from './base64url';

/** Cryptographically random bytes. */
export function newRandomBytes(length: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(length));
}

/** A salt of a commitment: 16 random bytes, as base64url. */
export function newSalt(): Salt {
  return formatBase64url(newRandomBytes(16)) as Salt;
}
