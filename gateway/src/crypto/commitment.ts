import { commitmentPreimage, type Commitment, type CommitmentDomain } from '@medaccord/chaincode/model';
import { CommitmentMismatch } from './crypto-errors';
import { hashBytes } from './digest';

/** What a commitment opens to: the domain it was made for, its salt (16 bytes) and the bytes. */
export type Opening = { readonly domain: CommitmentDomain; readonly salt: Uint8Array; readonly bytes: Uint8Array };

/** The salted commitment to bytes: SHA-256 of the model's preimage, as base64url. */
export async function commit(opening: Opening): Promise<Commitment> {
  return (await hashBytes(commitmentPreimage(opening.domain, opening.salt, opening.bytes))) as Commitment;
}

/** @throws {CommitmentMismatch} when the opening is not what was committed to. */
export async function assertOpens(commitment: string, opening: Opening): Promise<void> {
  if ((await commit(opening)) !== commitment) throw new CommitmentMismatch(opening.domain);
}
