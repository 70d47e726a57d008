import type { Acknowledgement, AdjudicationEntry, ClaimEntry, Replacement } from '../model';

/** What the ledger says of a claim, all of it from those who may say it. */
export interface StandingClaim {
  readonly claim: ClaimEntry;
  readonly replacement: Replacement;
  /** The insurer's. */
  readonly acknowledgement: Acknowledgement | undefined;
  /** The insurer's newest; with `n` 0 before the first. */
  readonly adjudication: AdjudicationEntry;
}
