import type { ClaimBody, ClaimBodyLine, CoverageId, RelationRef } from '@medaccord/chaincode/model';

/** A line as it is asked for: its records by their ids, or as FHIR references. */
export type WishedLine = Omit<ClaimBodyLine, 'records' | 'item'> & { readonly records: readonly string[] };

/** What a claim bills. */
export type WishedBill = Pick<ClaimBody, 'type' | 'currency'> & { readonly lines: readonly WishedLine[] };

/** A claim as it is asked for: with its lines, or by a Claim resource that the hospital holds. */
export interface ClaimWish extends Pick<ClaimBody, 'use' | 'related'> {
  readonly relationRef: RelationRef;
  readonly coverageId: CoverageId;
  /** Or the FHIR reference of a Claim. */
  readonly bill: WishedBill | string;
}
