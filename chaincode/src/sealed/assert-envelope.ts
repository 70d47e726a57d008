import { newError, type Digest, type MspId, type SealedRef } from '../model';

/**
 * Checks that an envelope is the one that the patient's statement names for an organisation. Whoever brings it, it can be no other, so
 * nobody occupies or replaces it.
 *
 * @throws COMMITMENT_MISMATCH
 */
export function assertNamed(named: Readonly<Record<MspId, Digest>>, organisation: MspId, envelope: Digest): void {
  if (!Object.hasOwn(named, organisation) || named[organisation] !== envelope)
    throw newError('COMMITMENT_MISMATCH', { of: 'sealed value' });
}

/** Checks that no other envelope stands there already. @throws SEALED_ALREADY_STORED */
export function assertFirst(ref: SealedRef, standing: Digest | undefined, envelope: Digest): void {
  if (standing !== undefined && standing !== envelope) throw newError('SEALED_ALREADY_STORED', { ...ref });
}
