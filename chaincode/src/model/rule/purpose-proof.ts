import type { ConsentHeader, RelationKind } from '../signed-payload';
import type { Acknowledgement, ClaimEntry } from '../claims/claim-entry';
import type { Rules } from '../entry';
import type { ClaimId, MspId } from '../identifiers';
import type { Instant, Period } from '../instant';
import type { Proof } from '../proof';
import type { Referral, Study } from '../proof-entry';
import { isCoveredBy, type Purpose } from '../purpose';

/** What the ledger says of what a request names as its proof; an entry without its author's attestation is none. */
export type ProofFacts =
  | (Extract<Proof, { kind: 'referral' }> & { readonly referral: Referral | undefined })
  | (Extract<Proof, { kind: 'claim' }> & { readonly claim: ProvingClaim | undefined })
  | (Extract<Proof, { kind: 'study' }> & { readonly study: Study | undefined });

/** A claim as far as it proves payment. */
export interface ProvingClaim extends Pick<ClaimEntry, 'relationRef' | 'hospital' | 'insurer'> {
  /** The insurer gave it back, or a later claim took it back or corrected it. */
  readonly isOver: boolean;
}

/** What a claim that counts proves, after what became of it. */
export function provingClaimOf(
  { relationRef, hospital, insurer }: ClaimEntry,
  {
    replacedBy,
    acknowledgement,
  }: { readonly replacedBy: ClaimId | null; readonly acknowledgement: Pick<Acknowledgement, 'outcome'> | null },
): ProvingClaim {
  return { relationRef, hospital, insurer, isOver: replacedBy !== null || acknowledgement?.outcome === 'returned' };
}

/** What the proof of a purpose is judged by. */
export interface ProofQuestion {
  readonly relation: { readonly custodian: MspId; readonly counterparty: MspId; readonly kinds: readonly RelationKind[] };
  readonly consent: Pick<ConsentHeader, 'relationRef'>;
  readonly rules: Pick<Rules, 'roles' | 'suspended'>;
  readonly now: Instant;
  readonly purpose: Purpose;
  /** Null when the request names none. */
  readonly proof: ProofFacts | null;
}

type ProofReason = 'purpose-not-proved' | 'proof-ended' | 'relation-kind';

/** Purposes that need a proof, each with all below it, but for emergencies: these are declared (break-glass.ts). */
const needs: readonly { readonly purpose: Purpose; readonly reasonOf: (question: ProofQuestion) => ProofReason | undefined }[] = [
  { purpose: 'TREAT', reasonOf: reasonOfTreatment },
  { purpose: 'HPAYMT', reasonOf: reasonOfPayment },
  { purpose: 'HRESCH', reasonOf: reasonOfResearch },
];

/** Why a purpose is asserted and not proved; undefined when it is proved or needs no proof. */
export function reasonOfProof(question: ProofQuestion): ProofReason | undefined {
  return needs.find(({ purpose }) => isCoveredBy(question.purpose, purpose))?.reasonOf(question);
}

function reasonOfTreatment(question: ProofQuestion): ProofReason | undefined {
  const { relation, consent, proof, now } = question;
  if (relation.kinds.includes('care')) return undefined;
  if (proof?.kind !== 'referral') return 'relation-kind';
  const { referral } = proof;
  const counts =
    referral?.relationRef === consent.relationRef &&
    referral.custodian === relation.custodian &&
    referral.counterparty === relation.counterparty;
  return counts ? reasonOfTime(referral, now) : 'purpose-not-proved';
}

function reasonOfPayment({ relation, consent, proof }: ProofQuestion): ProofReason | undefined {
  const claim = proof?.kind === 'claim' ? proof.claim : undefined;
  const counts =
    claim?.relationRef === consent.relationRef && claim.hospital === relation.custodian && claim.insurer === relation.counterparty;
  if (!counts) return 'purpose-not-proved';
  if (claim.isOver) return 'proof-ended';
  return relation.kinds.includes('cover') ? undefined : 'relation-kind';
}

function reasonOfResearch({ relation, rules, proof, purpose, now }: ProofQuestion): ProofReason | undefined {
  const study = proof?.kind === 'study' ? proof.study : undefined;
  const counts =
    study !== undefined &&
    rules.roles[study.authority] === 'authority' &&
    !rules.suspended.includes(study.authority) &&
    study.sponsors.includes(relation.counterparty) &&
    study.purposes.some((cover) => isCoveredBy(purpose, cover));
  if (!counts) return 'purpose-not-proved';
  return reasonOfTime(study, now) ?? (relation.kinds.includes('research') ? undefined : 'relation-kind');
}

function reasonOfTime(
  { validity, endedAt }: { readonly validity: Period; readonly endedAt: Instant | null },
  now: Instant,
): ProofReason | undefined {
  if (now < validity.from) return 'purpose-not-proved';
  return endedAt !== null || now >= validity.until ? 'proof-ended' : undefined;
}
