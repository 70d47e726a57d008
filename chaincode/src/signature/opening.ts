import { DomainError, type Commitment } from '../model';
import { digestOf } from './digest';

/** An opening that is not one of its commitment. */
export class CommitmentMismatch extends DomainError {
  constructor(of: string) {
    super('COMMITMENT_MISMATCH', `the ${of} is not the one that was committed to`, { of });
  }
}

/** Tells whether a preimage (model/commitment.ts) opens a commitment. */
export function isOpening(commitment: Commitment | null, preimage: Uint8Array): boolean {
  return commitment !== null && (digestOf(preimage) as string) === commitment;
}

/** @throws CommitmentMismatch naming `of` when the preimage does not open the commitment. */
export function assertOpening(commitment: Commitment | null, preimage: Uint8Array, of: string): void {
  if (!isOpening(commitment, preimage)) throw new CommitmentMismatch(of);
}
