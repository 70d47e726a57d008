import { toCodedError } from '../problem';

/** Errors by which the ledger refuses something as it is: repeating it would not help. */
export const refusals: readonly string[] = ['invalid', 'rule', 'conflict', 'not-found', 'forbidden'];

/**
 * Hands in a list whole, or one by one where it is refused, so that nothing holds up anything else; what is refused alone, too, is reported.
 * @returns whether anything was taken
 * @throws what is no refusal
 */
export async function inParts<T>(
  all: readonly T[],
  handIn: (part: readonly T[]) => Promise<void>,
  onTrouble: (error: unknown) => void,
): Promise<boolean> {
  const isTaken = async (part: readonly T[]): Promise<boolean> => {
    try {
      await handIn(part);
      return true;
    } catch (error) {
      if (!refusals.includes(toCodedError(error).category)) throw error;
      onTrouble(error);
      return false;
    }
  };
  if (all.length === 0) return false;
  if (await isTaken(all)) return true;
  let isAnyTaken = false;
  for (const one of all.length > 1 ? all : []) isAnyTaken = (await isTaken([one])) || isAnyTaken;
  return isAnyTaken;
}
