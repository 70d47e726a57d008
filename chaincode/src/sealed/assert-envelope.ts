import type { Digest, MspId, SealedRef } from '../model';
import { CommitmentMismatch } from '../signature';
import { SealedAlreadyStored } from './sealed-errors';

/**
 * Checks that an envelope is the one that the patient's statement names for an organisation. Whoever brings it, it can be no other, so
 * nobody occupies or replaces it.
 *
 * @throws CommitmentMismatch
 */
export function assertNamed(named: Readonly<Record<MspId, Digest>>, organisation: MspId, envelope: Digest): void {
  if (!Object.hasOwn(named, organisation) || named[organisation] !== envelope) throw new CommitmentMismatch('sealed value');
}

/** Checks that no other envelope stands there already. @throws SealedAlreadyStored */
export function assertFirst(ref: SealedRef, standing: Digest | undefined, envelope: Digest): void {
  if (standing !== undefined && standing !== envelope) throw new SealedAlreadyStored(ref);
}
