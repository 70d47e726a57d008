import { createHmac } from 'node:crypto';
import { billedItemMessage, type ClaimBodyLine, type Digest } from '@medaccord/chaincode/model';

/** The tag of a line's item: base64url(HMAC-SHA-256(salt, service and day)). The hospital makes it, and the insurer compares. */
export function tagOf(line: Pick<ClaimBodyLine, 'service' | 'day' | 'item'>): Digest {
  return createHmac('sha256', Buffer.from(line.item.subjectSalt, 'base64url'))
    .update(billedItemMessage(line))
    .digest('base64url') as Digest;
}
