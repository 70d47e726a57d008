import {
  acknowledgementKey,
  adjudicationKey,
  adjudicationRef,
  parseAcknowledgement,
  parseAdjudicationEntry,
  parseReplacement,
  provingClaimOf,
  replacementKey,
  type Acknowledgement,
  type AdjudicationEntry,
  type ClaimEntry,
  type ClaimId,
  type ProvingClaim,
  type RelationEntry,
  type Replacement,
} from '../model';
import { openAdjudication, type StandingClaim } from '../claim';
import type { Ledger } from '../ledger';
import { claimOf, findClaim } from './claim-facts';
import { attestedOf, entryOf } from './attested';

/** A claim with everything that counts of what became of it. @throws CLAIM_NOT_FOUND */
export async function standingClaimOf(ledger: Ledger, relation: RelationEntry, claimId: ClaimId): Promise<StandingClaim> {
  const claim = await claimOf(ledger, relation, claimId);
  return {
    claim,
    replacement: await replacementOf(ledger, claim),
    acknowledgement: await acknowledgementOf(ledger, claim),
    adjudication: await adjudicationOf(ledger, claim),
  };
}

/** A claim as far as it proves payment; reads what ends it, so that its end, if that commits first, invalidates the transaction. */
export async function findProvingClaim(ledger: Ledger, relation: RelationEntry, claimId: ClaimId): Promise<ProvingClaim | undefined> {
  const claim = await findClaim(ledger, relation, claimId);
  if (claim === undefined) return undefined;
  const { replacedBy } = await replacementOf(ledger, claim);
  return provingClaimOf(claim, { replacedBy, acknowledgement: (await acknowledgementOf(ledger, claim)) ?? null });
}

/** The insurer's newest answer to a claim, as it attests to it. */
async function acknowledgementOf(ledger: Ledger, { relationRef, claimId, insurer }: ClaimEntry): Promise<Acknowledgement | undefined> {
  const key = acknowledgementKey(relationRef, claimId);
  return entryOf(await attestedOf(ledger, key, { parse: parseAcknowledgement, authorOf: () => insurer }));
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
