import type { ConsentHeader, RelationKind } from '../signed-payload';
import type { Rules } from '../entry';
import type { MspId } from '../identifiers';
import type { Instant, Period } from '../instant';
import type { Proof } from '../proof';
import type { Referral, Study } from '../proof-entry';
import { isCoveredBy, type Purpose } from '../purpose';

/** What the ledger says of what a request names as its proof; an entry without its author's attestation is none. */
export type ProofFacts =
  | (Extract<Proof, { kind: 'referral' }> & { readonly referral: Referral | undefined })
  | Extract<Proof, { kind: 'claim' }>
  | (Extract<Proof, { kind: 'study' }> & { readonly study: Study | undefined });

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

function reasonOfPayment({ relation, proof }: ProofQuestion): ProofReason | undefined {
  if (proof?.kind !== 'claim') return 'purpose-not-proved';
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
