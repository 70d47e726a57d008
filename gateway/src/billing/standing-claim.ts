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
  const newest = facts.find<AdjudicationEntry>('adjudication', relationRef, claimId)?.value.n ?? 0;
  const adjudications = Array.from({ length: newest }, (_, at) => at + 1).flatMap(
    (n) => facts.find<AdjudicationEntry>('adjudication', relationRef, `${claimId}/${String(n)}`)?.value ?? [],
  );
  const replacedBy = facts.find<Replacement>('replacement', relationRef, claimId)?.value.replacedBy ?? null;
  return { claim, acknowledgement, adjudications, replacedBy, status: facts.claims.find(relationRef, claimId)?.status ?? 'submitted' };
}
