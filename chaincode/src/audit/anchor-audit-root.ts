import {
  isConsistent,
  isSameStatement,
  newError,
  type AuditRoot,
  type AuditRootStatement,
  type Digest,
  type Instant,
  type Jwk,
  type Signed,
} from '../model';
import { assertSignedBy, sha256 } from '../signature';

/** What the ledger says about a log whose next root is to be anchored; each root signed by a key that its organisation had. */
export interface AuditRootFacts {
  /** The root that stands under the number already. */
  readonly standing: AuditRoot | undefined;
  /** The root before; nothing when there is none. */
  readonly previous: AuditRoot | undefined;
  /** The organisation's signing key now. */
  readonly key: Jwk;
}

/**
 * The entry of a root; the standing one when it is the same. A log only grows: what it says now begins with what was anchored before.
 *
 * @throws SIGNATURE_INVALID, AUDIT_ROOT_ALREADY_ANCHORED, AUDIT_ROOT_NOT_NEXT, AUDIT_LOG_REWRITTEN
 */
export function anchorAuditRoot(
  signed: Signed<'audit-root'>,
  consistency: readonly Digest[],
  facts: AuditRootFacts,
  at: Instant,
): AuditRoot {
  const { payload, jws } = signed;
  const { standing, previous, key } = facts;
  const { number: n } = payload;
  if (standing !== undefined && isSameStatement(standing.jws, jws)) return standing;
  assertSignedBy(signed, key);
  if (standing !== undefined) throw newError('AUDIT_ROOT_ALREADY_ANCHORED', { n });
  if (!isNext(payload, previous)) throw newError('AUDIT_ROOT_NOT_NEXT', { n });
  const isSameLog = previous === undefined ? consistency.length === 0 : isConsistent(previous, payload, consistency, sha256);
  if (!isSameLog) throw newError('AUDIT_LOG_REWRITTEN', { n });
  return { ...payload, jws, at };
}

function isNext({ number, size, previousSize }: AuditRootStatement, previous: AuditRoot | undefined): boolean {
  if (number > 1 && previous === undefined) return false;
  return previousSize === (previous?.size ?? 0) && size > previousSize;
}
