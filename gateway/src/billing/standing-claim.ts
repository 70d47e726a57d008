import type { Acknowledgement, AdjudicationEntry, ClaimEntry, Replacement } from '@medaccord/chaincode/model';
import type { ClaimStatus } from '../claims';
import type { Fact, Facts } from '../store';

/** A claim with the entries that answer it. */
export interface StandingClaim {
  readonly claim: Fact<ClaimEntry>;
  readonly acknowledgement: Acknowledgement | null;
  /** Every adjudication, the oldest first. */
  readonly adjudications: readonly AdjudicationEntry[];
  readonly status: ClaimStatus;
  /** The claim that corrects it or takes it back. */
  readonly replacedBy: string | null;
}

export function findStandingClaim(facts: Facts, relationRef: string, claimId: string): StandingClaim | undefined {
  const claim = facts.find<ClaimEntry>('claim', relationRef, claimId);
  return claim && describe(facts, claim);
}

/** Every claim of a relation, in the order in which the ledger got them. */
export function listStandingClaims(facts: Facts, relationRef: string): readonly StandingClaim[] {
  return facts.list<ClaimEntry>('claim', relationRef).map((claim) => describe(facts, claim));
}

function describe(facts: Facts, claim: Fact<ClaimEntry>): StandingClaim {
  const { relationRef, claimId } = claim.value;
  const acknowledgement = facts.find<Acknowledgement>('acknowledgement', relationRef, claimId)?.value ?? null;
  const adjudications = listAdjudications(facts, relationRef, claimId).reverse();
  const replacedBy = facts.find<Replacement>('replacement', relationRef, claimId)?.value.replacedBy ?? null;
  return { claim, acknowledgement, adjudications, replacedBy, status: facts.claims.find(relationRef, claimId)?.status ?? 'submitted' };
}

/** The adjudications of a claim, the newest first, down to the first number at which there is none. */
export function listAdjudications(facts: Facts, relationRef: string, claimId: string): AdjudicationEntry[] {
  const listed: AdjudicationEntry[] = [];
  let n = facts.find<AdjudicationEntry>('adjudication', relationRef, claimId)?.value.n ?? 0;
  for (; n > 0; n -= 1) {
    const entry = facts.find<AdjudicationEntry>('adjudication', relationRef, `${claimId}/${String(n)}`)?.value;
    if (entry === undefined) break;
    listed.push(entry);
  }
  return listed;
}
