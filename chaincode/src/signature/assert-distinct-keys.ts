import { DomainError, isSameKey, type Keys } from '../model';

export class KeysNotDistinct extends DomainError {
  constructor() {
    super('KEYS_NOT_DISTINCT', 'signing, sealing and recovery need three different keys');
  }
}

/** @throws KeysNotDistinct when one key has two uses; a recovery key in daily use recovers nothing. */
export function assertDistinctKeys({ signing, sealing, recovery }: Keys): void {
  if (isSameKey(signing, sealing) || isSameKey(signing, recovery) || isSameKey(sealing, recovery)) throw new KeysNotDistinct();
}
