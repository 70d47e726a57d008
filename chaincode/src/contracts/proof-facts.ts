import {
  parseReferral,
  parseStudy,
  referralKey,
  studyKey,
  type Proof,
  type ProofFacts,
  type Referral,
  type ReferralId,
  type RelationEntry,
  type Study,
  type StudyId,
} from '../model';
import type { Ledger } from '../ledger';
import type { Attested } from '../proof';
import { attestedOf, entryOf } from './attested';
import { findProvingClaim } from './standing-claim';

// Entries that prove a purpose. Any two members could write one with altered chaincode: it counts only with its author's attestation.

/** What the ledger says of what a request names. Reads the entry, so that its end, if that commits first, invalidates the transaction. */
export async function proofOf(ledger: Ledger, relation: RelationEntry, proof: Proof | null): Promise<ProofFacts | null> {
  switch (proof?.kind) {
    case 'referral':
      return { ...proof, referral: entryOf(await referralOf(ledger, relation, proof.referralId)) };
    case 'study':
      return { ...proof, study: entryOf(await studyOf(ledger, proof.studyId)) };
    case 'claim':
      return { ...proof, claim: await findProvingClaim(ledger, relation, proof.claimId) };
    case undefined:
      return null;
  }
}

/** A referral in a relation, attested by the relation's custodian, whoever the entry says made it. */
export function referralOf(ledger: Ledger, { relationRef, custodian }: RelationEntry, referralId: ReferralId): Promise<Attested<Referral>> {
  return attestedOf(ledger, referralKey(relationRef, referralId), { parse: parseReferral, authorOf: () => custodian });
}

/** A study, attested by the member that it says approved it; whether that is an authority the rule asks. */
export function studyOf(ledger: Ledger, studyId: StudyId): Promise<Attested<Study>> {
  return attestedOf(ledger, studyKey(studyId), { parse: parseStudy, authorOf: ({ authority }) => authority });
}
