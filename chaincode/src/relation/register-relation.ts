import { isSameStatement, newError, type Instant, type RelationEntry, type Signed } from '../model';
import { assertDistinctKeys, assertSignedBy } from '../signature';

/**
 * The entry of a new relation, or the current one when it is of the same statement. A relation never changes: a new key is a new relation.
 *
 * @throws RELATION_INVALID, KEYS_NOT_DISTINCT, SIGNATURE_INVALID, RELATION_ALREADY_REGISTERED
 */
export function registerRelation(signed: Signed<'relation'>, current: RelationEntry | undefined, at: Instant): RelationEntry {
  const { relationRef, custodian, counterparty, keys } = signed.payload;
  if (custodian === counterparty) throw newError('RELATION_INVALID', { relationRef, problem: 'has one organisation on both sides' });
  assertDistinctKeys(keys);
  assertSignedBy(signed, keys.signing);
  if (current === undefined) return { ...signed.payload, jws: signed.jws, createdAt: at };
  if (!isSameStatement(current.jws, signed.jws)) throw newError('RELATION_ALREADY_REGISTERED', { relationRef });
  return current;
}
