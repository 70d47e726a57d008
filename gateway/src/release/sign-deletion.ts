import { formatInstant, type DeletionReceipt, type Ending, type Instant } from '@medaccord/chaincode/model';
import { signJws, type SigningKey } from '../crypto';
import type { RequestName } from '../store';

/** Which copy is deleted: the own one in its parts, or what a redisclosure handed on, of which the recipient was told. */
export type Copy = Pick<DeletionReceipt, 'of' | 'parts' | 'told'>;

/** This organisation's receipt that a copy is deleted. */
export function signDeletion(
  { relationRef, requester, requestId }: RequestName,
  ending: Ending,
  copy: Copy,
  key: SigningKey,
): Promise<string> {
  const issuedAt: Instant = formatInstant(Date.now());
  return signJws('deletion-receipt', { relationRef, requester, requestId, ...ending, ...copy, issuedAt }, key);
}
