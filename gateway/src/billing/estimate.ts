import {
  billedClaimOf,
  coveredDays,
  dayOf,
  decideClaim,
  formatInstant,
  settledFactsOf,
  type Accumulators,
  type AccumulatorEntry,
  type Adjudication,
  type BilledItem,
  type ClaimEntry,
  type ClaimId,
  type CoverageDocument,
  type CoverageEntry,
  type CoverageId,
  type RelationEntry,
  type Salt,
} from '@medaccord/chaincode/model';
import { listPlans } from '../claim-papers/list-plans';
import { openCoverage } from '../claim-papers/read-coverage';
import { describeAdjudication, findDecidingPlan, standingAuthorizations, usedAfter } from '../claims';
import { newError } from '../problem';
import type { BillingOptions } from './billing-options';
import type { ClaimWish } from './claim-wish';
import { openOther } from './collect-papers';
import { newClaimBody, tagLines } from './new-claim-body';

/** What the hospital knows of how much a coverage has used: by the adjudications that it was told. */
export interface KnownUse {
  readonly used: Accumulators;
  /** Whether it was told the newest one. */
  readonly isNewest: boolean;
}

export interface Eligibility extends KnownUse {
  readonly version: number;
  readonly status: CoverageEntry['status'];
  /** Whether it is in force today (UTC). */
  readonly isInForce: boolean;
  readonly days: CoverageDocument['period'];
  readonly order: CoverageDocument['order'];
  readonly isInNetwork: boolean;
  readonly plan: { readonly planId: string; readonly version: number; readonly title: string; readonly currency: string } | null;
}

/** Whether a patient is covered today, and by what. @throws CodedError RESOURCE_NOT_FOUND */
export async function readEligibility(options: BillingOptions, relation: RelationEntry, coverageId: CoverageId): Promise<Eligibility> {
  const { newest, terms, versions } = await openCoverage(options, relation.relationRef, coverageId);
  const days = coveredDays(terms, versions);
  const at = formatInstant(Date.now());
  const today = dayOf(at);
  const plans = await listPlans({ ...options, facts: options.store.facts }, relation.counterparty, terms.planId);
  const plan = findDecidingPlan(plans, terms, { claim: { submittedAt: at }, body: { lines: [] } });
  return {
    ...{ version: newest.version, status: newest.status, days, order: terms.order, isInNetwork: terms.isInNetwork },
    isInForce: newest.status === 'active' && days.from <= today && (days.until === null || today < days.until),
    plan: plan === undefined ? null : { planId: plan.planId, version: plan.version, title: plan.title, currency: plan.currency },
    ...readKnownUse(options, relation.relationRef, coverageId),
  };
}

/** An answer of the rule before treatment, which binds nobody. */
export interface Estimate {
  readonly adjudication: Adjudication;
  readonly used: KnownUse;
  /** In words, line by line. */
  readonly text: readonly string[];
}

/**
 * What the plan would pay for a claim if it came now and everything that its lines name were there. What the insurer alone knows (other
 * relations, claims on their way) is not in it.
 * @throws CodedError RESOURCE_NOT_FOUND and others
 */
export async function estimateClaim(options: BillingOptions, wish: ClaimWish): Promise<Estimate> {
  const { store } = options;
  const { relationRef, coverageId } = wish;
  const none = { claimId: 'estimate-estimate-estimate' as ClaimId, salt: 'A'.repeat(22) as Salt };
  const body = await newClaimBody(options, wish, none);
  const relation = store.facts.find<RelationEntry>('relation', relationRef)?.value as RelationEntry;
  const { terms, versions } = await openCoverage(options, relationRef, coverageId);
  const submittedAt = formatInstant(Date.now());
  const plans = await listPlans({ ...options, facts: store.facts }, relation.counterparty, terms.planId);
  const plan = findDecidingPlan(plans, terms, { claim: { submittedAt }, body });
  if (plan === undefined) throw newError('RESOURCE_NOT_FOUND', 'The insurer has published no version of the plan for this day');
  const tags = tagLines(body);
  const duplicates = tags.flatMap((tag, at) => (isBilled(store.facts.find<BilledItem>('billed', tag)?.value) ? [at] : []));
  const used = readKnownUse(options, relationRef, coverageId);
  const known = store.adjudicated.list(relationRef, coverageId).flatMap((row) => openOther(store, row));
  const authorized = standingAuthorizations(known);
  const claim = { submittedAt, duplicates } as unknown as ClaimEntry;
  const facts = {
    ...settledFactsOf({ claim, body }, { terms, versions }, authorized),
    deceasedOn: null,
    evidence: billedClaimOf(body).lines.flatMap(({ sequence, recordTypes }) =>
      recordTypes.map((recordType) => ({ line: sequence, recordType, isIntact: true })),
    ),
    decisions: [],
  };
  const adjudication = decideClaim(plan, { before: used.used, elsewhere: {} }, body, facts);
  return { adjudication, used, text: describeAdjudication(adjudication, plan, billedClaimOf(body)) };
}

function isBilled(item: BilledItem | undefined): boolean {
  return item !== undefined && item.claims.length > 0;
}

function readKnownUse({ store }: BillingOptions, relationRef: string, coverageId: string): KnownUse {
  const newest = store.adjudicated.listAt(relationRef, coverageId)[0];
  const opened = newest && openOther(store, newest)[0];
  const position = store.facts.find<AccumulatorEntry>('accumulator', relationRef, coverageId)?.value.position ?? 0;
  return { used: opened === undefined ? {} : usedAfter(opened), isNewest: (newest?.position ?? 0) === position };
}
