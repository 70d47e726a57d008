import type { EncryptionKey } from '@medaccord/chaincode/model';
import { isSuiteId, type SealingPublicKey } from '../crypto';
import { newError } from '../problem';

/** The first of an organisation's keys whose suite is known here. @throws CodedError ORGANISATION_NOT_FOUND */
export function findSealingKey(keys: readonly EncryptionKey[]): SealingPublicKey {
  for (const { suite, publicKey } of keys) if (isSuiteId(suite)) return { suite, publicKey };
  throw newError('ORGANISATION_NOT_FOUND', 'The organisation publishes no key of a known suite');
}
