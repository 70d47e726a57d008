import { newError, parseSigned, type RelationEntry } from '../model';
import { isSignedBy } from '../signature';

/**
 * The relation as its own signed statement says it; what else stands in the entry is not relied on.
 *
 * @throws RELATION_INVALID when the statement is not one of this relation's key.
 */
export function trustRelation(entry: RelationEntry): RelationEntry {
  const signed = parseSigned('relation', entry.jws, 'relation');
  if (signed.payload.relationRef !== entry.relationRef || !isSignedBy(signed, signed.payload.keys.signing)) {
    throw newError('RELATION_INVALID', { relationRef: entry.relationRef, problem: 'carries no valid statement' });
  }
  return { ...signed.payload, jws: entry.jws, createdAt: entry.createdAt };
}
