import {
  billedClaimOf,
  categoryOf,
  evidenceNeeded,
  formatInstant,
  type AccessRequest,
  type BenefitPlan,
  type Category,
  type ClaimFacts,
  type NamedRecord,
  type Purpose,
  type RequestId,
  type SubjectRef,
} from '@medaccord/chaincode/model';
import { requestAccess } from '../access/request-access';
import { findRequestStatus, type RequestStatus } from '../access/request-status';
import type { OpenedClaim } from '../claim-papers/open-claim';
import { readCode, toCodedError } from '../problem';
import { openRelease, type OpenedResource } from '../release/read-release';
import type { AdjudicationOptions } from './adjudication-options';
import { isSound } from './find-fault';

/** Claims attachment (http://terminology.hl7.org/CodeSystem/v3-ActReason): a kind of payment. */
const purpose: Purpose = 'CLMATTCH';
const role = 'insurer-clerk';
/** Errors by which a delivery is no evidence of anything: what was released is not what the hospital anchored. */
const tampered = ['CONTENT_NOT_ANCHORED', 'DECRYPT_FAILED', 'COMMITMENT_MISMATCH'];
const lost = ['RELEASE_ENDED', 'RECEIPT_MISSING'];

export interface Evidence {
  readonly evidence: ClaimFacts['evidence'];
  /** The releases by which it came. */
  readonly releases: readonly RequestId[];
}

/** A record that a line names and the plan's rule reads. */
interface Wanted {
  readonly line: number;
  readonly recordType: string;
  readonly records: readonly NamedRecord[];
}

const none: Evidence = { evidence: [], releases: [] };

/**
 * What the rule is told of records: what was released of those that it reads, and which records that a line names cannot support it, whether
 * the rule reads them or not. The chaincode wants the latter stated.
 */
export async function withUnsound(
  options: Pick<AdjudicationOptions, 'facts'>,
  { claim, body }: OpenedClaim,
  subjectRef: SubjectRef,
  { evidence, releases }: Evidence,
): Promise<Evidence> {
  const rows = new Map(evidence.map((row) => [nameOf(row), row]));
  for (const { sequence, records } of body.lines) {
    for (const record of records) {
      const row = { line: sequence, recordType: record.type, isIntact: false };
      if (!(await isSound(options, claim, { ...record, subjectRef }))) rows.set(nameOf(row), row);
    }
  }
  const sorted = [...rows.values()].sort((one, other) => one.line - other.line || (one.recordType < other.recordType ? -1 : 1));
  return { evidence: sorted, releases };
}

const nameOf = ({ line, recordType }: ClaimFacts['evidence'][number]): string => `${String(line)}/${recordType}`;

/**
 * The records that the plan's rule reads before it decides a claim. They are asked for once, and waited for until the hospital has answered,
 * at most until the claim must be decided. A refusal is an answer: then there is no evidence.
 * @returns nothing as long as the answer is awaited
 */
export async function gatherEvidence(options: AdjudicationOptions, opened: OpenedClaim, plan: BenefitPlan): Promise<Evidence | undefined> {
  const wanted = listWanted(opened, plan);
  if (wanted.length === 0) return none;
  if (listRequests(options, opened).length === 0) await askOnce(options, opened, wanted);
  const isAwaited = listRequests(options, opened).some(({ status }) => status === 'pending' || status === 'decided');
  const isOverdue = opened.claim.adjudicateBy <= formatInstant(Date.now());
  return isAwaited && !isOverdue ? undefined : readReleased(options, opened, plan);
}

/** What was released for a claim by now, whoever of the insurer asked for it with the claim as proof. */
export async function readReleased(options: AdjudicationOptions, opened: OpenedClaim, plan: BenefitPlan): Promise<Evidence> {
  const wanted = listWanted(opened, plan);
  const released = listRequests(options, opened).filter(({ status }) => status === 'released');
  const read: Evidence[] = [];
  for (const { requestId } of wanted.length === 0 ? [] : released)
    read.push(await readEvidence(options, requestId as RequestId, { opened, wanted }));
  return joinEvidence(read);
}

/** A record that came intact once is there, whatever else came. */
export function joinEvidence(parts: readonly Evidence[]): Evidence {
  const rows = new Map<string, ClaimFacts['evidence'][number]>();
  for (const row of parts.flatMap(({ evidence }) => evidence)) if (rows.get(nameOf(row))?.isIntact !== true) rows.set(nameOf(row), row);
  return { evidence: [...rows.values()], releases: [...new Set(parts.flatMap(({ releases }) => releases))] };
}

/** What a line does not name cannot be released for it. */
function listWanted({ body }: OpenedClaim, plan: BenefitPlan): readonly Wanted[] {
  return evidenceNeeded(plan, billedClaimOf(body)).flatMap(({ line, recordTypes }) => {
    const named = body.lines.find(({ sequence }) => sequence === line)?.records ?? [];
    const wanted = recordTypes.map((recordType) => ({ line, recordType, records: named.filter(({ type }) => type === recordType) }));
    return wanted.filter(({ records }) => records.length > 0);
  });
}

/** What this insurer asked for with the claim as proof: the agent itself, or a clerk once more. */
function listRequests({ facts, mspId }: AdjudicationOptions, { claim }: OpenedClaim): readonly RequestStatus[] {
  return facts.list<AccessRequest>('request', claim.relationRef).flatMap(({ value: { requestId, proof } }) => {
    const isForClaim = proof?.kind === 'claim' && proof.claimId === claim.claimId;
    return (isForClaim && findRequestStatus(facts, mspId, requestId)) || [];
  });
}

/** A request that the ledger itself refuses, such as in a relation that the patient closed, will never be answered. */
async function askOnce(options: AdjudicationOptions, opened: OpenedClaim, wanted: readonly Wanted[]): Promise<void> {
  try {
    await ask(options, opened, wanted);
  } catch (error) {
    const isRefusal = ['rule', 'forbidden', 'not-found'].includes(toCodedError(error).category);
    if (!isRefusal) throw error;
    options.onTrouble(error);
  }
}

async function ask(options: AdjudicationOptions, opened: OpenedClaim, wanted: readonly Wanted[]): Promise<void> {
  const { relationRef, claimId } = opened.claim;
  await requestAccess(options, {
    operation: `claim-evidence/${relationRef}/${claimId}`,
    relationRef,
    purpose,
    proof: { kind: 'claim', claimId },
    categories: [...new Set(wanted.flatMap(({ recordType }) => categoriesOf(recordType)))].sort(),
    person: { department: null, role, person: null, teams: null },
    identity: await options.clerk(),
  });
}

/** An Observation is in one of several categories; which one the claim does not tell. */
function categoriesOf(recordType: string): readonly Category[] {
  if (recordType !== 'Observation') return [categoryOf(recordType)];
  return ['laboratory', 'vital-signs', 'imaging', 'procedure', 'social-history', 'exam'].map((code) => categoryOf(recordType, [code]));
}

interface Asked {
  readonly opened: OpenedClaim;
  readonly wanted: readonly Wanted[];
}

async function readEvidence(options: AdjudicationOptions, requestId: RequestId, { opened, wanted }: Asked): Promise<Evidence> {
  try {
    const { resources } = await openRelease(options, requestId);
    const recordIds = resources.map(({ recordId }) => recordId);
    const { relationRef } = opened.claim;
    await options.writeDown({ event: 'disclosure', relationRef, requestId, purpose, code: 'permit', recordIds });
    const shown = wanted.filter(({ records }) => records.some((record) => isReleased(resources, record)));
    const evidence = shown.map(({ line, recordType }) => ({ line, recordType, isIntact: true }));
    return { evidence, releases: evidence.length === 0 ? [] : [requestId] };
  } catch (error) {
    const code = readCode(error) ?? '';
    if (lost.includes(code)) return none;
    if (!tampered.includes(code)) throw error;
    return { evidence: wanted.map(({ line, recordType }) => ({ line, recordType, isIntact: false })), releases: [requestId] };
  }
}

/** The very version that the line names, of the type that it says. */
function isReleased(resources: readonly OpenedResource[], { recordId, version, type }: NamedRecord): boolean {
  return resources.some((one) => one.recordId === recordId && one.version === version && typeOf(one.resource) === type);
}

function typeOf(resource: string): unknown {
  return (JSON.parse(resource) as { readonly resourceType?: unknown }).resourceType;
}
