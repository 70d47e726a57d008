import { MOST_CLAIMS, type BilledItem, type ClaimEntry, type Digest } from '../model';

/** What stands under a tag's key. Junk is nobody's claim, and nothing says that none stood there: it counts as one. */
type Standing = BilledItem | 'junk' | undefined;
type Claim = Pick<ClaimEntry, 'relationRef' | 'claimId' | 'related' | 'tags'>;

/** The places of the tags that another claim bills, other than the one that is corrected. */
export function findDuplicates(billed: readonly Standing[], claim: Pick<Claim, 'relationRef' | 'related'>): readonly number[] {
  return billed.flatMap((standing, place) => (standing === 'junk' || othersOf(standing, claim).length > 0 ? [place] : []));
}

/** The tag's key with the claim on it, in the place of the one that it corrects. */
export function billItem(tag: Digest, standing: Standing, claim: Claim): BilledItem {
  const { relationRef, claimId } = claim;
  const claims = standing === 'junk' ? [] : othersOf(standing, claim);
  return { tag, claims: claims.length < MOST_CLAIMS ? [...claims, { relationRef, claimId }] : claims };
}

/** The tag's key without the claim that is taken back; undefined when that is not on it. */
export function freeItem(tag: Digest, standing: Standing, claim: Pick<Claim, 'relationRef' | 'related'>): BilledItem | undefined {
  if (standing === undefined || standing === 'junk') return undefined;
  const claims = othersOf(standing, claim);
  return claims.length < standing.claims.length ? { tag, claims } : undefined;
}

function othersOf(
  standing: BilledItem | undefined,
  { relationRef, related }: Pick<Claim, 'relationRef' | 'related'>,
): BilledItem['claims'] {
  const others = standing?.claims.filter((one) => one.relationRef !== relationRef || one.claimId !== related?.claimId);
  return others ?? [];
}
