import { formatCanonical } from '../encoding/canonical-json';
import { formatUtf8 } from '../encoding/utf8';
import type { ClaimBodyLine } from './claim-body';

/**
 * What is authenticated, under the 16 bytes of `line.item.subjectSalt`, by the tag of a billed item: base64url(HMAC-SHA-256(salt, message)).
 * The salt is random and fixed in the anchor of the record's first version, so that one service on one day of one record has one tag, and
 * whoever does not know the salt can neither make nor test one.
 */
export function billedItemMessage({ service, day }: Pick<ClaimBodyLine, 'service' | 'day'>): Uint8Array {
  return formatUtf8(`medaccord/billed-item\u0000${formatCanonical({ system: service.system, code: service.code, day })}`);
}
