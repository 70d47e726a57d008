import {
  formatCanonical,
  isCoveredBy,
  neededRecords,
  type AccessRequest,
  type ClaimEntry,
  type NeededRecord,
  type TransientInput,
} from '@medaccord/chaincode/model';
import { readBody } from '../billing/read-claim';
import { listPlans } from '../claim-papers/list-plans';
import { openCoverage } from '../claim-papers/read-coverage';
import { findDecidingPlan } from '../claims';
import type { Transactions } from '../ledger/transactions';
import { readCode } from '../problem';
import type { SealedReader } from '../sealed/sealed-reader';
import type { Facts } from '../store';

/** What a claim needs that proves a payment, and what shows it to everybody who decides. */
export interface Payment {
  /** Nothing else is released for it. */
  readonly needed: readonly NeededRecord[];
  readonly opening: TransientInput<'DecideRelease'>['payment'];
}

export interface PaymentOptions {
  readonly facts: Facts;
  readonly sealed: SealedReader;
  readonly transactions: Pick<Transactions, 'evaluate'>;
}

const nothing: Payment = { needed: [], opening: undefined };

/** Of a request that rests on a claim of this hospital; undefined for any other, `missing` as long as the coverage's terms are not here. */
export async function readPayment(
  options: PaymentOptions,
  { relationRef, purpose, proof }: Pick<AccessRequest, 'relationRef' | 'purpose' | 'proof'>,
): Promise<Payment | 'missing' | undefined> {
  if (proof?.kind !== 'claim' || !isCoveredBy(purpose, 'HPAYMT')) return undefined;
  const claim = options.facts.find<ClaimEntry>('claim', relationRef, proof.claimId)?.value;
  if (claim === undefined) return nothing;
  try {
    const body = await readBody(options, claim);
    const { terms, newest } = await openCoverage(options, relationRef, claim.coverageId);
    const plan = findDecidingPlan(await listPlans(options, claim.insurer, terms.planId), terms, { claim, body });
    if (plan === undefined) return nothing;
    const opened = { claim: formatCanonical(body), coverage: formatCanonical(terms) };
    return { needed: neededRecords(plan, body), opening: { ...opened, coverageVersion: newest.version, planVersion: plan.version } };
  } catch (error) {
    if (readCode(error) === 'RESOURCE_NOT_FOUND') return 'missing';
    throw error;
  }
}
