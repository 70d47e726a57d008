import type { Expiring } from '../committer/block-view';
import { parseExpiry, ranges } from '../store/keys';
import type { OrderedReader } from '../store/ordered-store';
import { parseNumber } from '../store/values';

const ALL = 1 << 30;

/** What block-to-live removes with a block, unless it was written again since. */
export function readExpiring(chain: OrderedReader, block: number): readonly Expiring[] {
  const { start, end } = ranges.expiring(block);
  return chain.scan(start, end, ALL).map(({ key, value }) => ({ ...parseExpiry(key), writtenIn: parseNumber(value) }));
}
