import {
  accumulatorKey,
  dayOf,
  decidingPlan,
  decisionKey,
  formatCanonical,
  newError,
  parseAccumulatorEntry,
  parseDecision,
  parsePlanEntry,
  planKey,
  type AccumulatorEntry,
  type BenefitPlan,
  type ClaimBody,
  type ClaimEntry,
  type ClaimFacts,
  type CoverageDocument,
  type CoverageEntry,
  type Day,
  type Decision,
  type PatientEntry,
  type PlanEntry,
  type RecordId,
  type RecordVersion,
  type RelationEntry,
  type RequestId,
} from '../model';
import { openAuthorized, openTerms, parseDocument, type NamedRecords } from '../adjudication';
import type { Ledger } from '../ledger';
import { coverageOf, statementOf, type CoverageOf } from './coverage-facts';
import { statusesOf } from './delegation-facts';
import { entryOf } from './attested';
import { tracedRecordsOf } from './record-facts';
import { adjudicationOf } from './standing-claim';
import { claimOf } from './claim-facts';

// What an adjudication is judged by, read so that no block joins a coverage with its plan, or a relation with records and patient.

/** The terms of a coverage in its newest version, and all its versions. @throws COVERAGE_NOT_FOUND, COVERAGE_NOT_CURRENT */
export async function newestCoverageOf(
  ledger: Ledger,
  of: CoverageOf,
  { version, terms }: { readonly version: number; readonly terms: string },
): Promise<{ readonly terms: CoverageDocument; readonly versions: readonly CoverageEntry[] }> {
  const { relation, coverageId } = of;
  const { relationRef } = relation;
  const versions: CoverageEntry[] = [];
  for (let number = 1; number <= version; number += 1) {
    const entry = entryOf(await coverageOf(ledger, of, number));
    if (entry !== undefined) versions.push(entry);
  }
  const newest = versions.at(-1);
  const statement = newest?.version === version ? statementOf(newest, relation) : undefined;
  if (statement === undefined) throw newError('COVERAGE_NOT_FOUND', { relationRef, coverageId });
  // Whatever stands there: what others wrote stops that number, and the insurer records the next one.
  if ((await coverageOf(ledger, of, version + 1)) !== undefined)
    throw newError('COVERAGE_NOT_CURRENT', { relationRef, coverageId, version });
  return { terms: openTerms(terms, statement), versions };
}

/** How much of a coverage is used, by the insurer's own key. @throws COVERAGE_NOT_FOUND */
export async function accumulatorOf(ledger: Ledger, { relation, coverageId }: CoverageOf): Promise<AccumulatorEntry> {
  const { relationRef } = relation;
  const accumulator = await ledger.read(accumulatorKey(relationRef, coverageId), parseAccumulatorEntry);
  if (accumulator === undefined) throw newError('COVERAGE_NOT_FOUND', { relationRef, coverageId });
  return accumulator;
}

/** Every version of a plan that was ever published, from the history: the key of a plan in the block would say which one she has. */
export async function tracedPlansOf(ledger: Ledger, insurer: ClaimEntry['insurer'], planId: string): Promise<readonly PlanEntry[]> {
  const plans: PlanEntry[] = [];
  for (let version = 1; ; version += 1) {
    const written = await ledger.history(planKey(insurer, planId, version), parsePlanEntry);
    if (written.length === 0) return plans;
    const [first] = written.filter((one) => one !== 'junk');
    if (first?.insurer === insurer && first.planId === planId && first.version === version) plans.push(first);
  }
}

/**
 * The version of the plan by which a claim is decided. Only where it is not the one that the insurer goes by is the insurer's attestation
 * looked at: a version that two others put there does not count, and of one that counts nothing is committed.
 *
 * @throws PLAN_NOT_CURRENT
 */
export async function decidingPlanOf(
  ledger: Ledger,
  plans: readonly PlanEntry[],
  { claim, body, version }: { readonly claim: ClaimEntry; readonly body: ClaimBody; readonly version: number },
): Promise<BenefitPlan> {
  const { relationRef, claimId, submittedAt } = claim;
  const day = body.lines[0]?.day ?? dayOf(submittedAt);
  const deciding = decidingPlan(plans, submittedAt, day);
  if (deciding?.version === version) return deciding.plan;
  if (deciding === undefined || (await ledger.isAttested(deciding.insurer, keyOf(deciding), deciding)))
    throw newError('PLAN_NOT_CURRENT', { relationRef, claimId, version });
  return decidingPlanOf(
    ledger,
    plans.filter((one) => one !== deciding),
    { claim, body, version },
  );
}

const keyOf = ({ insurer, planId, version }: PlanEntry): string => planKey(insurer, planId, version);

/** The records that claims name, as they were anchored. */
export async function namedRecordsOf(
  ledger: Ledger,
  bodies: readonly ClaimBody[],
  { subjectRef, custodian }: PatientEntry,
): Promise<NamedRecords> {
  const name = (recordId: RecordId, version: number): string => formatCanonical([recordId, version]);
  const versions = new Map<string, RecordVersion>();
  for (const { records, item } of bodies.flatMap(({ lines }) => lines)) {
    for (const { recordId, version } of [...records, { ...item, version: 1 }]) versions.set(name(recordId, version), { recordId, version });
  }
  const traced = await tracedRecordsOf(ledger, [...versions.values()], custodian);
  const facts = new Map([...versions.keys()].map((key, at) => [key, traced[at]]));
  const nothing = { anchor: undefined, group: undefined, status: undefined };
  return { subjectRef, of: (recordId, version) => facts.get(name(recordId, version)) ?? nothing };
}

/** By what day a patient's custodian had recorded her death; null when it has not, or took that back. */
export async function deceasedByOf(ledger: Ledger, patient: PatientEntry): Promise<Day | null> {
  const newest = (await statusesOf(ledger, patient)).at(-1);
  return newest?.status === 'deceased' ? dayOf(newest.issuedAt) : null;
}

/** What the preauthorizations of a coverage allow whose documents are opened. @throws CLAIM_NOT_FOUND, COMMITMENT_MISMATCH, ADJUDICATION_INVALID */
export async function authorizedOf(
  ledger: Ledger,
  { relation, coverageId }: CoverageOf,
  documents: readonly string[],
): Promise<ClaimFacts['authorizations']> {
  const authorized: ClaimFacts['authorizations'][number][] = [];
  for (const [at, text] of documents.entries()) {
    const document = parseDocument(text, `input.preauthorizations[${String(at)}]`);
    const claim = await claimOf(ledger, relation, document.claimId);
    const adjudication = await adjudicationOf(ledger, claim);
    authorized.push(...openAuthorized(document, { claim, adjudication }, coverageId));
  }
  return authorized;
}

/** The decisions of these requests of the insurer's, in their order. */
export async function releasesOf(
  ledger: Ledger,
  { relationRef, counterparty }: RelationEntry,
  requestIds: readonly RequestId[],
): Promise<readonly (Decision | undefined)[]> {
  const decisions: (Decision | undefined)[] = [];
  for (const requestId of requestIds) decisions.push(await ledger.read(decisionKey(relationRef, counterparty, requestId), parseDecision));
  return decisions;
}
