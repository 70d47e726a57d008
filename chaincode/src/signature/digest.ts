import { createHash } from 'node:crypto';
import { formatBase64url, payloadBytes, type Digest } from '../model';

export function sha256(content: Uint8Array | string): Uint8Array {
  return createHash('sha256').update(content).digest();
}

/** SHA-256 of bytes or of a text's UTF-8 bytes, base64url. */
export function digestOf(content: Uint8Array | string): Digest {
  return formatBase64url(sha256(content)) as Digest;
}

/** SHA-256 of a statement's payload: the same for every form of its signature. */
export function payloadDigestOf(jws: string): Digest {
  return digestOf(payloadBytes(jws));
}
