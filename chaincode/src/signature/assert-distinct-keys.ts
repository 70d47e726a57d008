import { isSameKey, newError, type Keys } from '../model';

/** @throws KEYS_NOT_DISTINCT when one key has two uses; a recovery key in daily use recovers nothing. */
export function assertDistinctKeys({ signing, sealing, recovery }: Keys): void {
  if (isSameKey(signing, sealing) || isSameKey(signing, recovery) || isSameKey(sealing, recovery)) throw newError('KEYS_NOT_DISTINCT');
}
