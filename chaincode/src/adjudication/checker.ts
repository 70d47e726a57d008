import { newError, type ClaimEntry } from '../model';

/** Refuses an adjudication, with a problem of a fixed text, where something does not hold. */
export type Check = (holds: boolean, problem: string) => void;

/** The check of a claim's adjudication. The answer throws ADJUDICATION_INVALID. */
export function checkerOf({ relationRef, claimId }: Pick<ClaimEntry, 'relationRef' | 'claimId'>): Check {
  return (holds, problem) => {
    if (!holds) throw newError('ADJUDICATION_INVALID', { relationRef, claimId, problem });
  };
}
