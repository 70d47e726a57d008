import {
  addAccumulators,
  formatCanonical,
  parseAccumulators,
  parseJson,
  RequestInvalid,
  subtractAccumulators,
  type Accumulators,
  type AdjudicationDocument,
  type ClaimUse,
  type Parser,
} from '../model';
import type { ChainPlace } from './adjudication-question';
import type { Check } from './checker';

/**
 * What is used when an adjudication of a claim begins: without what an earlier one of the same claim used. A preauthorization uses nothing.
 *
 * @throws ADJUDICATION_INVALID when more would be taken back than there is
 */
export function takeBack(check: Check, used: Accumulators, previous: AdjudicationDocument | undefined, use: ClaimUse): Accumulators {
  const standing = previous?.decided;
  if (standing === undefined || standing === null || use !== 'claim') return used;
  try {
    return subtractAccumulators(used, usedBy(standing.result));
  } catch (error) {
    check(!(error instanceof RangeError), 'takes back more than is used');
    throw error;
  }
}

/** Where the chain stands after an adjudication of a claim that uses so much. `elsewhere` is never carried on. */
export function advance({ position }: ChainPlace, before: Accumulators, uses: Accumulators): ChainPlace {
  return { position: position + 1, used: addAccumulators(before, uses) };
}

/** Whether two texts would be the same. */
export function isSameUse(one: Accumulators, other: Accumulators): boolean {
  return formatCanonical(one) === formatCanonical(other);
}

/** What a claim used by a result that stands. */
function usedBy(result: string): Accumulators {
  const parse: Parser<Accumulators> = (value, place) => {
    if (typeof value !== 'object' || value === null || !('used' in value)) throw new RequestInvalid(place, 'a result of the rule');
    return parseAccumulators(value.used, `${place}.used`);
  };
  return parseJson(parse, result, 'input.previous.result');
}
