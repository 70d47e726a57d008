import {
  acknowledgementKey,
  adjudicationKey,
  adjudicationRef,
  parseAcknowledgement,
  parseAdjudicationEntry,
  parseReplacement,
  replacementKey,
  type AdjudicationEntry,
  type ClaimEntry,
  type ClaimId,
  type RelationEntry,
  type Replacement,
} from '../model';
import { openAdjudication, type StandingClaim } from '../claim';
import type { Ledger } from '../ledger';
import { claimOf } from './claim-facts';
import { attestedOf, entryOf } from './proof-facts';

/** A claim with everything that counts of what became of it. @throws CLAIM_NOT_FOUND */
export async function standingClaimOf(ledger: Ledger, relation: RelationEntry, claimId: ClaimId): Promise<StandingClaim> {
  const claim = await claimOf(ledger, relation, claimId);
  const key = acknowledgementKey(relation.relationRef, claimId);
  return {
    claim,
    replacement: await replacementOf(ledger, claim),
    acknowledgement: entryOf(await attestedOf(ledger, key, { parse: parseAcknowledgement, authorOf: () => relation.counterparty })),
    adjudication: await adjudicationOf(ledger, claim),
  };
}

/** Whether a later claim takes this one's place: nobody writes that without the hospital, but for what it wrote itself when it made the claim. */
export async function replacementOf(ledger: Ledger, { relationRef, claimId }: ClaimEntry): Promise<Replacement> {
  const standing = await ledger.readOrJunk(replacementKey(relationRef, claimId), parseReplacement);
  return { relationRef, claimId, replacedBy: standing === undefined || standing === 'junk' ? null : standing.replacedBy };
}

/**
 * The insurer's newest adjudication; the empty one before the first. The hospital makes the key, and with altered chaincode could make more
 * of it: an adjudication counts with the document that is sealed in the insurer's own collection.
 */
export async function adjudicationOf(ledger: Ledger, claim: ClaimEntry): Promise<AdjudicationEntry> {
  const { relationRef, claimId, insurer } = claim;
  const entry = await ledger.readOrJunk(adjudicationKey(relationRef, claimId), parseAdjudicationEntry);
  if (entry === undefined || entry === 'junk' || entry.n === 0) return openAdjudication(claim);
  const own = await ledger.sealedDigest(insurer, adjudicationRef(relationRef, claimId, entry.n));
  return own !== undefined && own === entry.sealed[insurer] ? entry : openAdjudication(claim);
}
