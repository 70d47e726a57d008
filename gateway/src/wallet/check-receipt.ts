import type { Jwk } from '@medaccord/chaincode/model';
import { verifyJws } from '../crypto';

/** A key that an organisation signs with, and the block from which on. */
export type KeyFrom = { readonly key: Jwk; readonly since: number };

/**
 * Tells whether the receipt of a request, which stands in a block, is signed by the key that its organisation had then: one that replaced it
 * since makes no difference. `keys` are all that it had, the first first. In the block that replaces a key both count.
 */
export async function isReceiptSigned(receipt: string, requestId: string, block: number, keys: readonly KeyFrom[]): Promise<boolean> {
  const then = keys.filter(({ since }, at) => since <= block && (keys[at + 1]?.since ?? block) >= block);
  const outcomes = await Promise.allSettled(then.map(({ key }) => verifyJws('disclosure-receipt', receipt, key)));
  return outcomes.some((outcome) => outcome.status === 'fulfilled' && outcome.value.requestId === requestId);
}
