import type { Commitment } from '@medaccord/chaincode/model';
import { CommitmentMismatch } from './crypto-errors';
import { hashBytes } from './digest';

/** The commitment of a preimage, which the model composes of domain, salt and bytes: its SHA-256, as base64url. */
export async function commit(preimage: Uint8Array): Promise<Commitment> {
  return (await hashBytes(preimage)) as string as Commitment;
}

/** @throws {CommitmentMismatch} when the preimage is not what was committed to. */
export async function assertOpens(commitment: string, preimage: Uint8Array): Promise<void> {
  if ((await commit(preimage)) !== commitment) throw new CommitmentMismatch();
}
