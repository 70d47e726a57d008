import { CommitmentMismatch, DecryptFailed } from '../crypto';
import { readCode } from '../problem';

const absent: readonly (string | undefined)[] = ['RESOURCE_NOT_FOUND', 'CONTENT_NOT_ANCHORED', 'DECRYPT_FAILED', 'REQUEST_INVALID'];

/** What was sealed, or nothing where it has not arrived or is not what the ledger commits to: then the public entries tell what they can. */
export async function openIfHere<T>(open: () => Promise<T>): Promise<T | undefined> {
  try {
    return await open();
  } catch (error) {
    if (error instanceof CommitmentMismatch || error instanceof DecryptFailed || absent.includes(readCode(error))) return undefined;
    throw error;
  }
}
