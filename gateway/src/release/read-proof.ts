import { provingClaimOf, type AccessRequest, type ProofFacts } from '@medaccord/chaincode/model';
import type { Transactions } from '../ledger/transactions';
import { readCode } from '../problem';

/**
 * What the ledger says of the proof that a request names, as the organisation's own peer has it: an entry that its author does not attest
 * to, which blocks do not show, is none.
 */
export async function readProof(
  transactions: Pick<Transactions, 'evaluate'>,
  { relationRef, proof }: Pick<AccessRequest, 'relationRef' | 'proof'>,
): Promise<ProofFacts | null> {
  switch (proof?.kind) {
    case 'referral': {
      const { referralId } = proof;
      return {
        ...proof,
        referral: await findOr('REFERRAL_NOT_FOUND', () => transactions.evaluate('GetReferral', { relationRef, referralId })),
      };
    }
    case 'study': {
      const { studyId } = proof;
      return { ...proof, study: await findOr('STUDY_NOT_FOUND', () => transactions.evaluate('GetStudy', { studyId })) };
    }
    case 'claim': {
      const { claimId } = proof;
      const found = await findOr('CLAIM_NOT_FOUND', () => transactions.evaluate('GetClaim', { relationRef, claimId }));
      return { ...proof, claim: found && provingClaimOf(found.claim, found) };
    }
    case undefined:
      return null;
  }
}

async function findOr<T>(absent: string, read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (readCode(error) === absent) return undefined;
    throw error;
  }
}
