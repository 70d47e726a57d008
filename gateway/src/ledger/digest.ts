import { createHash } from 'node:crypto';
import type { Digest } from '@medaccord/chaincode/model';

/** SHA-256 of bytes or of a text's UTF-8 bytes, base64url, as the ledger holds digests; it also names an operation after what it does. */
export function digestOf(content: Uint8Array | string): Digest {
  return createHash('sha256').update(content).digest('base64url') as Digest;
}
