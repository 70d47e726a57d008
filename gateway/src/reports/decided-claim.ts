import type { AdjudicationDocument, AdjudicationEntry, ClaimEntry } from '@medaccord/chaincode/model';

/** An adjudication of this insurer with its document; undefined where that does not open. */
export interface DecidedClaim {
  readonly claim: ClaimEntry;
  readonly entry: AdjudicationEntry;
  readonly document: AdjudicationDocument | undefined;
}

/** What was decided of one coverage in a period, in the order of its chain. */
export type DecidedCoverage = readonly DecidedClaim[];

/** An id of a claim is its hospital's word: two relations can have one of the same id. */
export function nameOf({ relationRef, claimId }: Pick<ClaimEntry, 'relationRef' | 'claimId'>): string {
  return `${relationRef}/${claimId}`;
}
