import {
  isCoveredBy,
  neededRecords,
  type NeededRecord,
  type ProofFacts,
  type Purpose,
  type RelationEntry,
  type TransientInput,
} from '../model';
import { openBody } from '../adjudication';
import type { Ledger } from '../ledger';
import { decidingPlanOf, newestCoverageOf, tracedPlansOf } from './adjudication-facts';
import { claimOf } from './claim-facts';

/** What is asked for, and what is sent to show that a claim needs it. */
interface PaymentAsk {
  readonly purpose: Purpose;
  readonly proof: ProofFacts | null;
  readonly payment: TransientInput<'DecideRelease'>['payment'];
}

/**
 * The records that the claim needs by which a payment is proved, by the plan that decides it: none unless claim and terms are opened. Undefined
 * for other purposes, which rest on no claim.
 *
 * @throws COMMITMENT_MISMATCH, COVERAGE_NOT_FOUND, COVERAGE_NOT_CURRENT, PLAN_NOT_CURRENT; RequestInvalid
 */
export async function neededOf(
  ledger: Ledger,
  relation: RelationEntry,
  { purpose, proof, payment }: PaymentAsk,
): Promise<readonly NeededRecord[] | undefined> {
  if (proof?.kind !== 'claim' || !isCoveredBy(purpose, 'HPAYMT')) return undefined;
  if (proof.claim === undefined || payment === undefined) return [];
  const claim = await claimOf(ledger, relation, proof.claimId);
  const body = openBody(payment.claim, claim, 'input.payment.claim');
  const of = { relation, coverageId: claim.coverageId };
  const { terms } = await newestCoverageOf(ledger, of, { version: payment.coverageVersion, terms: payment.coverage });
  const plans = await tracedPlansOf(ledger, claim.insurer, terms.planId);
  return neededRecords(await decidingPlanOf(ledger, plans, { claim, body, version: payment.planVersion }), body);
}
