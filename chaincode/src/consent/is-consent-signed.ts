import type { RelationEntry, Signed } from '../model';
import { isSignedBy } from '../signature';

/** Tells whether a consent carries the signature that it needs: the relation's signing key, or its recovery key for closing only. */
export function isConsentSigned(consent: Signed<'consent'>, relation: RelationEntry): boolean {
  if (consent.payload.relationRef !== relation.relationRef) return false;
  if (isSignedBy(consent, relation.keys.signing)) return true;
  return consent.payload.status === 'closed' && isSignedBy(consent, relation.keys.recovery);
}
