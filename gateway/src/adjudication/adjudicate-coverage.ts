import {
  addMinutes,
  formatCanonical,
  formatInstant,
  MAX_CLAIMS,
  type ClaimEntry,
  type RelationRef,
  type Rules,
} from '@medaccord/chaincode/model';
import type { CoverageName } from '../claim-papers/coverage-name';
import { listDrawn } from '../claim-papers/list-drawn';
import { digestOf } from '../ledger/digest';
import { newLanes } from '../ledger/lanes';
import { readCode } from '../problem';
import type { AdjudicationOptions } from './adjudication-options';
import type { Draft } from './draft';
import { examineClaim, examineMissing, findReplacement, type Answer, type Finding } from './examine-claim';
import { inParts } from './in-parts';
import { openCoverage, type OpenedCoverage } from './open-coverage';
import { submitAdjudications } from './submit-adjudications';

/** Claims that are opened and whose evidence is read at once. */
const atOnce = 8;
/** Lines of one list: what a transaction opens stays within bounds. */
const MOST_LINES = 1_000;

/** Adjudications that belong together: of a correction, and of the claim that it takes back. */
type Group = readonly Draft[];

/**
 * Does what can be done now about the claims of one coverage, in the order in which the ledger got them: gives back what cannot be worked
 * with, acknowledges what waits for evidence, and decides the rest, as many as one transaction holds.
 * @returns whether anything changed on the ledger
 */
export async function adjudicateCoverage(options: AdjudicationOptions, name: CoverageName): Promise<boolean> {
  const claims = listClaims(options, name);
  if (claims.length === 0) return false;
  const coverage = await openCoverage(options, name);
  const findings = await examineUpTo(options, coverage, claims);
  const answers = findings.flatMap((finding) => (finding.kind === 'answer' ? [finding] : []));
  const groups = await listGroups(options, claims, findings);
  const hasAnswered = await answer(options, name, answers);
  return (await decide(options, name, firstList(groups))) || hasAnswered;
}

/** In the order of the ledger, so that accumulators follow it. */
function listClaims(options: AdjudicationOptions, { relationRef, coverageId }: CoverageName): readonly ClaimEntry[] {
  const { claims } = options.facts;
  const open = new Set([...claims.listWorkOf(relationRef, coverageId), ...claims.listWorkOf(relationRef, coverageId, 'lost')]);
  const all = options.facts.list<ClaimEntry>('claim', relationRef).map(({ value }) => value);
  return all.filter((claim) => open.has(claim.claimId) && findReplacement(options, claim) === null);
}

/** As far as one list reaches: what comes behind it is looked at for the next. */
async function examineUpTo(
  options: AdjudicationOptions,
  coverage: Awaited<ReturnType<typeof openCoverage>>,
  claims: readonly ClaimEntry[],
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (let start = 0; start < claims.length; start += MAX_CLAIMS) {
    findings.push(...(await examineAll(options, coverage, claims.slice(start, start + MAX_CLAIMS))));
    if (findings.filter(({ kind }) => kind === 'drafts').length >= MAX_CLAIMS) break;
  }
  return findings;
}

/** What is the matter with one claim is reported, and stops no other. */
function examineAll(
  options: AdjudicationOptions,
  coverage: Awaited<ReturnType<typeof openCoverage>>,
  claims: readonly ClaimEntry[],
): Promise<readonly Finding[]> {
  const examine = async (claim: ClaimEntry): Promise<Finding> => {
    if (coverage === 'unknown') return { kind: 'answer', claimId: claim.claimId, reason: 'coverage-unknown' };
    // Without terms and binding nothing can be looked at.
    return coverage === undefined ? examineMissing(options, claim) : examineClaim(options, coverage, claim);
  };
  const lane = newLanes(atOnce);
  return Promise.all(
    claims.map((claim) =>
      lane(() => examine(claim)).catch((error: unknown): Finding => {
        options.onTrouble(error);
        return { kind: 'waiting' };
      }),
    ),
  );
}

/** In the order of the ledger, up to a claim that those behind it have to wait for. */
async function listGroups(
  options: AdjudicationOptions,
  claims: readonly ClaimEntry[],
  findings: readonly Finding[],
): Promise<readonly Group[]> {
  const groups: Group[] = [];
  for (const [at, finding] of findings.entries()) {
    const claim = claims[at];
    if (finding.kind === 'drafts') groups.push(finding.drafts);
    else if (claim !== undefined && (await holdsOthers(options, claim, finding))) break;
  }
  return groups;
}

/**
 * A claim whose body or evidence is on its way comes before later ones, so that what a deductible leaves does not hang on the speed of a
 * delivery; no longer than the hospital has for a decision by the rules. A header that two others forged holds nobody up.
 */
async function holdsOthers({ facts, transactions }: AdjudicationOptions, claim: ClaimEntry, finding: Finding): Promise<boolean> {
  const { relationRef, claimId, submittedAt } = claim;
  const isOnItsWay = finding.kind === 'waiting' || (finding.kind === 'answer' && finding.reason === null);
  const minutes = facts.find<Rules>('rules')?.value.deadlines.decisionMinutes ?? 0;
  if (!isOnItsWay || addMinutes(submittedAt, minutes) <= formatInstant(Date.now())) return false;
  return transactions.evaluate('GetClaim', { relationRef, claimId }).then(
    () => true,
    (error: unknown) => {
      if (readCode(error) === 'CLAIM_NOT_FOUND') return false;
      throw error;
    },
  );
}

/**
 * As many claims as one list holds. What draws on a preauthorization that is decided in the same list waits for the next one: the ledger has
 * to have it first.
 */
function firstList(groups: readonly Group[]): readonly Group[] {
  const list: Group[] = [];
  let lines = 0;
  for (const drafts of groups) {
    const decided = new Set<string>(list.flat().map(({ claim }) => claim.claimId));
    const more = drafts.reduce((sum, { body }) => sum + body.lines.length, 0);
    const isFull = list.flat().length + drafts.length > MAX_CLAIMS || (list.length > 0 && lines + more > MOST_LINES);
    if (isFull || listDrawn(drafts).some((claimId) => decided.has(claimId))) break;
    list.push(drafts);
    lines += more;
  }
  return list;
}

function decide(options: AdjudicationOptions, name: CoverageName, groups: readonly Group[]): Promise<boolean> {
  const handIn = async (part: readonly Group[]): Promise<void> => {
    // As it stands now: each list goes on from the one before.
    const coverage = (await openCoverage(options, name)) as OpenedCoverage;
    await submitAdjudications(options, coverage, part.flat());
  };
  return inParts(groups, handIn, options.onTrouble);
}

async function answer(options: AdjudicationOptions, name: CoverageName, answers: readonly Answer[]): Promise<boolean> {
  const relationRef = name.relationRef as RelationRef;
  const handIn = async (part: readonly Answer[]): Promise<void> => {
    const claims = part.map(({ claimId, reason }) => ({ claimId, reason }));
    const operation = `acknowledge/${relationRef}/${digestOf(formatCanonical(claims))}`;
    const { block } = await options.transactions.submit('AcknowledgeClaims', { relationRef, claims }, { operation, mayLag: true });
    await options.projector.waitForBlock(block);
  };
  let hasAnswered = false;
  for (let start = 0; start < answers.length; start += MAX_CLAIMS)
    hasAnswered = (await inParts(answers.slice(start, start + MAX_CLAIMS), handIn, options.onTrouble)) || hasAnswered;
  return hasAnswered;
}
