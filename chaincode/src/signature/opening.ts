import { newError, type Commitment } from '../model';
import { digestOf } from './digest';

/** Tells whether a preimage (model/commitment.ts) opens a commitment. */
export function isOpening(commitment: Commitment | null, preimage: Uint8Array): boolean {
  return commitment !== null && (digestOf(preimage) as string) === commitment;
}

/** @throws COMMITMENT_MISMATCH naming `of` when the preimage does not open the commitment. */
export function assertOpening(commitment: Commitment | null, preimage: Uint8Array, of: string): void {
  if (!isOpening(commitment, preimage)) throw newError('COMMITMENT_MISMATCH', { of });
}
