import {
  delegationPreimage,
  delegationRef,
  findProblemOfGrant,
  parseDelegationOpening,
  parseJson,
  type DelegationGrant,
  type DelegationOpening,
} from '@medaccord/chaincode/model';
import { assertOpens } from '../crypto';
import { readCode } from '../problem';
import type { SealedReader } from '../sealed/sealed-reader';

/** What a grant commits to, as it was sealed to this organisation; nothing as long as it has not arrived or is not what the grant may say. */
export async function openDelegation(sealed: SealedReader, grant: DelegationGrant): Promise<DelegationOpening | undefined> {
  try {
    const text = await sealed.openText(delegationRef(grant.relationRef, grant.n));
    return text === undefined ? undefined : await checkOpening(text, grant);
  } catch (error) {
    if (['DECRYPT_FAILED', 'COMMITMENT_MISMATCH', 'REQUEST_INVALID'].includes(readCode(error) ?? '')) return undefined;
    throw error;
  }
}

/** Reads the text of an opening. @throws CommitmentMismatch, RequestInvalid; nothing when the grant may not say what it says */
export async function checkOpening(text: string, grant: DelegationGrant): Promise<DelegationOpening | undefined> {
  const opening = parseJson(parseDelegationOpening, text, 'delegation');
  await assertOpens(grant.opening, delegationPreimage(opening));
  return findProblemOfGrant(grant, opening) === undefined ? opening : undefined;
}
