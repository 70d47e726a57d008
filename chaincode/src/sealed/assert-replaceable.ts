import type { Caller, Digest, MspId, SealedRef } from '../model';
import { SealedAlreadyStored } from './sealed-errors';

/**
 * Checks that a value may be stored where another may stand already: the same again may, another one only by the organisation whose
 * collection it is. Junk stored first is named in its transaction, and its organisation
 * can replace it.
 *
 * @throws SealedAlreadyStored
 */
export function assertReplaceable(
  ref: SealedRef,
  { standing, envelope }: { standing: Digest | undefined; envelope: Digest },
  organisation: MspId,
  caller: Caller,
): void {
  if (standing !== undefined && standing !== envelope && caller.mspId !== organisation) throw new SealedAlreadyStored(ref);
}
