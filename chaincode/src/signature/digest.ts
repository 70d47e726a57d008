import { createHash } from 'node:crypto';
import { formatBase64url, type Digest } from '../model';

/** SHA-256 of bytes or of a text's UTF-8 bytes, base64url. */
export function digestOf(content: Uint8Array | string): Digest {
  return formatBase64url(createHash('sha256').update(content).digest()) as Digest;
}
