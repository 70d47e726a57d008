import type { Digest } from '@medaccord/chaincode/model';
import { formatBase64url } from './base64url';

/** SHA-256 of bytes, as base64url. */
export async function hashBytes(bytes: Uint8Array): Promise<Digest> {
  return formatBase64url(await sha256(bytes)) as Digest;
}

/** SHA-256 of bytes. */
export async function sha256(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}
