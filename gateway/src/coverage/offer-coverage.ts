import {
  formatInstant,
  type CoverageDocument,
  type CoverageEntry,
  type CoverageId,
  type PlanEntry,
  type RelationRef,
  type Salt,
} from '@medaccord/chaincode/model';
import { newError } from '../problem';
import type { CoverageOffer } from '../store';
import { findCover, type CoverageOptions } from './coverage-options';

export interface OfferWish extends Pick<CoverageDocument, 'planId' | 'period' | 'order' | 'isInNetwork'> {
  readonly operation: string;
  readonly relationRef: RelationRef;
  /** Of a coverage that gets new terms. */
  readonly coverageId?: CoverageId | undefined;
  /** By which the insurer knows whose it is: it stays in this gateway. */
  readonly beneficiary?: string | undefined;
}

/**
 * Prepares the terms of a coverage for the patient to sign: of a new one, or new ones of one that she has. Ids and salt follow from the
 * operation, so that a repeat offers the very same.
 * @throws CodedError RELATION_UNKNOWN, NOT_THE_INSURER; RESOURCE_NOT_FOUND without such a plan or coverage
 */
export async function offerCoverage(options: CoverageOptions, wish: OfferWish): Promise<CoverageOffer> {
  const { store } = options;
  const { operation, relationRef, planId, period, order, isInNetwork, beneficiary } = wish;
  findCover(options, relationRef);
  if (findPlan(options, planId) === undefined) throw newError('RESOURCE_NOT_FOUND', 'This insurer has published no such plan');
  const coverageId = wish.coverageId ?? (store.key.name('coverage', operation) as CoverageId);
  const newest = findNewestCoverage(options, relationRef, coverageId);
  if (wish.coverageId !== undefined && newest === undefined)
    throw newError('RESOURCE_NOT_FOUND', 'There is no such coverage in this relation');
  const salt = Buffer.from(store.key.name('coverage-salt', operation), 'base64url').subarray(0, 16).toString('base64url') as Salt;
  const document: CoverageDocument = { relationRef, coverageId, planId, period, order, isInNetwork, salt };
  const offer = { version: (newest?.version ?? 0) + 1, document, offeredAt: formatInstant(Date.now()) };
  if (beneficiary !== undefined) await store.beneficiaries.put(document, beneficiary);
  await store.offers.put(offer);
  return offer;
}

/** An offer with the newest version of its plan, for the patient to read. */
export interface ShownOffer extends CoverageOffer {
  readonly plan: PlanEntry['plan'] | null;
}

/** What this insurer offers to the patient of a relation and she has not signed. */
export async function listOffers(options: CoverageOptions, relationRef: string): Promise<readonly ShownOffer[]> {
  const offers = await options.store.offers.list(relationRef);
  return offers.map((offer) => ({ ...offer, plan: findPlan(options, offer.document.planId)?.plan ?? null }));
}

/** The newest version of one of this insurer's plans. */
function findPlan({ store, mspId }: CoverageOptions, planId: string): PlanEntry | undefined {
  const versions = store.facts.list<PlanEntry>('plan', mspId).map(({ value }) => value);
  return versions.filter((plan) => plan.planId === planId).sort((one, other) => other.version - one.version)[0];
}

/** The newest version of a coverage, as the read model has it. */
export function findNewestCoverage(
  { store }: Pick<CoverageOptions, 'store'>,
  relationRef: string,
  coverageId: string,
): CoverageEntry | undefined {
  const versions = store.facts.list<CoverageEntry>('coverage', relationRef).map(({ value }) => value);
  return versions.filter((one) => one.coverageId === coverageId).sort((one, other) => other.version - one.version)[0];
}
