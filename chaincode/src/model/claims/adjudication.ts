import type { Accumulators } from './accumulators';
import type { ClaimReason } from './claim-reason';

/** A part of a charge that is not paid, and why. */
export interface Adjustment {
  readonly reason: ClaimReason;
  readonly amount: number;
  /** The part of the plan that says so, such as `exclusions/cosmetic`. */
  readonly rule: string;
}

/** In minor units. `submitted` is the sum of benefit, deductible, copay, coinsurance, noncovered, discount, priorpayerpaid and pending. */
export interface Amounts {
  readonly submitted: number;
  /** What of it the plan looks at, before the patient's shares. */
  readonly eligible: number;
  readonly deductible: number;
  readonly copay: number;
  readonly coinsurance: number;
  readonly noncovered: number;
  readonly discount: number;
  readonly priorpayerpaid: number;
  readonly benefit: number;
  /** Waits for a person. */
  readonly pending: number;
  /** What the patient bears: her shares, and what is not covered where a patient bears that. */
  readonly memberliability: number;
}

export interface AdjudicatedLine {
  readonly sequence: number;
  readonly outcome: 'paid' | 'denied' | 'review';
  /** The part of the plan that decided. */
  readonly rule: string;
  readonly category: string | null;
  /** How many of its units are paid for. */
  readonly units: number;
  readonly amounts: Amounts;
  /** Everything that is not paid, to the last minor unit. */
  readonly adjustments: readonly Adjustment[];
}

export interface Adjudication {
  readonly planId: string;
  readonly planVersion: number;
  readonly claimId: string;
  /** queued: every line waits for a person; partial: some do. */
  readonly outcome: 'complete' | 'partial' | 'queued';
  readonly lines: readonly AdjudicatedLine[];
  readonly totals: Amounts;
  /** What this claim used. */
  readonly used: Accumulators;
  /** What is used with it. */
  readonly accumulators: Accumulators;
}
