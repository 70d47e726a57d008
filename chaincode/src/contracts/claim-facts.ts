import { claimKey, claimRef, newError, parseClaimEntry, type ClaimEntry, type ClaimId, type RelationEntry } from '../model';
import type { Ledger } from '../ledger';

/**
 * A claim of the relation's hospital to its insurer. Two members could write a header with altered chaincode: it counts only with the sealed
 * body in the hospital's own collection.
 *
 * @throws CLAIM_NOT_FOUND
 */
export async function claimOf(ledger: Ledger, relation: RelationEntry, claimId: ClaimId): Promise<ClaimEntry> {
  const claim = await findClaim(ledger, relation, claimId);
  if (claim === undefined) throw newError('CLAIM_NOT_FOUND', { relationRef: relation.relationRef, claimId });
  return claim;
}

/** As `claimOf`; nothing where no claim counts. */
export async function findClaim(
  ledger: Ledger,
  { relationRef, custodian, counterparty }: RelationEntry,
  claimId: ClaimId,
): Promise<ClaimEntry | undefined> {
  const claim = await ledger.readOrJunk(claimKey(relationRef, claimId), parseClaimEntry);
  if (claim === undefined || claim === 'junk') return undefined;
  const isItself = claim.relationRef === relationRef && claim.claimId === claimId;
  if (!isItself || claim.hospital !== custodian || claim.insurer !== counterparty) return undefined;
  const own = await ledger.sealedDigest(custodian, claimRef(relationRef, claimId));
  return own !== undefined && own === claim.sealed[custodian] ? claim : undefined;
}
