import {
  addAccumulators,
  adjudicationPreimage,
  authorizationId,
  billedClaimOf,
  claimPreimage,
  coveragePreimage,
  dayOf,
  decideClaim,
  decidedOutcome,
  decidingPlan,
  formatCanonical,
  parseSigned,
  settledFactsOf,
  subtractAccumulators,
  type Accumulators,
  type Adjudication,
  type AdjudicationDocument,
  type AdjudicationEntry,
  type BenefitPlan,
  type ClaimBody,
  type ClaimEntry,
  type ClaimFacts,
  type ClaimUse,
  type CoverageDocument,
  type CoverageEntry,
  type PlanEntry,
} from '@medaccord/chaincode/model';
import { commit } from '../crypto';

/** What can be wrong with an adjudication, for whoever works it out again. */
export const adjudicationProblems = {
  'not-committed': 'A document is not the one to which the ledger commits.',
  'other-claim': 'The document is about another claim, adjudication or coverage.',
  coverage: 'The coverage as it stood when the claim was made was not gone by.',
  plan: 'The plan is not the version that was in force when the claim was made.',
  facts: 'The rule was told something that claim, coverage and preauthorizations do not say.',
  before: 'What was used before is not what the adjudication before left.',
  position: 'Another adjudication has the same place.',
  result: "The plan's rule gives another answer.",
  override: 'A person paid more than was charged, or for a line that is not there.',
  'not-marked': 'The public entry does not say how the decision came about, or how it ended.',
  authorized: 'What was authorized is not what was asked for and would be paid.',
  reversal: 'The claim was taken back without a claim of its hospital that says so.',
} as const;
export type AdjudicationProblem = keyof typeof adjudicationProblems;

/** An adjudication of the same coverage, opened. */
export interface OtherAdjudication {
  readonly document: AdjudicationDocument;
  /** Of its claim. */
  readonly use: ClaimUse;
  /** Whether a second person still has to agree: it authorizes nothing yet. */
  readonly isProposed?: boolean;
}

/** What an adjudication is checked with: the ledger's entries, and the documents that they commit to. */
export interface AdjudicationPapers {
  readonly claim: ClaimEntry;
  readonly body: ClaimBody;
  /** Every version of the coverage, the oldest first. */
  readonly versions: readonly CoverageEntry[];
  readonly terms: CoverageDocument;
  /** What the insurer has published. */
  readonly plans: readonly PlanEntry[];
  readonly entry: AdjudicationEntry;
  readonly document: AdjudicationDocument;
  /** At least those at the place before, of the same claim, and of the preauthorizations that the claim draws on. */
  readonly others: readonly OtherAdjudication[];
  /** The claim that takes this one back. */
  readonly reversing: ClaimEntry | undefined;
}

/** `incomplete`: nothing is against it so far, but an adjudication before it is not at hand. */
export interface AdjudicationVerdict {
  readonly verdict: 'agrees' | 'differs' | 'incomplete';
  readonly problems: readonly AdjudicationProblem[];
}

/**
 * Works out an adjudication again: what hospital and patient do with every one, since the insurer's own chaincode alone endorses it. What a
 * person paid beside the rule agrees, as long as it is marked. `elsewhere` and `deceasedOn` are the insurer's word.
 */
export async function checkAdjudication(papers: AdjudicationPapers): Promise<AdjudicationVerdict> {
  const uncommitted = await findUncommitted(papers);
  const problems = uncommitted.length > 0 ? uncommitted : [...findMisnamed(papers), ...findInChain(papers), ...findInDecision(papers)];
  if (problems.length > 0) return { verdict: 'differs', problems: [...new Set(problems)] };
  return { verdict: isChainWhole(papers) ? 'agrees' : 'incomplete', problems: [] };
}

async function findUncommitted({ claim, body, versions, terms, entry, document }: AdjudicationPapers): Promise<AdjudicationProblem[]> {
  const signed = versions[document.coverageVersion - 1]?.jws;
  const opened = [
    (await commit(claimPreimage(body))) === claim.body,
    (await commit(adjudicationPreimage(document))) === entry.document,
    signed !== undefined && (await commit(coveragePreimage(terms))) === parseSigned('coverage', signed, 'coverage').payload.document,
  ];
  return opened.every(Boolean) ? [] : ['not-committed'];
}

function findMisnamed({ claim, body, versions, terms, entry, document }: AdjudicationPapers): AdjudicationProblem[] {
  const { relationRef, claimId, coverageId } = claim;
  const isOne = [body, document, entry].every((one) => one.relationRef === relationRef && one.claimId === claimId);
  const isCovered = [body, document, terms].every((one) => one.coverageId === coverageId);
  const wasLater = versions.slice(document.coverageVersion).some(({ recordedAt }) => recordedAt < claim.submittedAt);
  const isCurrent = !wasLater && entry.coverageVersion === document.coverageVersion;
  return [...(isOne && isCovered && document.n === entry.n ? [] : ['other-claim' as const]), ...(isCurrent ? [] : ['coverage' as const])];
}

function findInChain(papers: AdjudicationPapers): AdjudicationProblem[] {
  const { document, others } = papers;
  const isTaken = others.some(({ document: other }) => other.position === document.position);
  const isSame = !isChainWhole(papers) || formatCanonical(document.before) === formatCanonical(usedBefore(papers));
  return [...(isTaken ? ['position' as const] : []), ...(isSame ? [] : ['before' as const])];
}

function isChainWhole(papers: AdjudicationPapers): boolean {
  const { position, n } = papers.document;
  return (position === 1 || findBefore(papers) !== undefined) && (n === 1 || findPrevious(papers)?.document.n === n - 1);
}

function findBefore({ document, others }: AdjudicationPapers): OtherAdjudication | undefined {
  return others.find((other) => other.document.position === document.position - 1);
}

function findPrevious({ document, others }: AdjudicationPapers): OtherAdjudication | undefined {
  return others.find((other) => other.document.claimId === document.claimId && other.document.n === document.n - 1);
}

/** What the place before left, without what an earlier adjudication of this claim used; nothing that fits where that is more. */
function usedBefore(papers: AdjudicationPapers): Accumulators | null {
  const before = findBefore(papers);
  const previous = findPrevious(papers);
  const left = before === undefined ? {} : usedAfter(before);
  try {
    return previous === undefined ? left : subtractAccumulators(left, usedBy(previous));
  } catch {
    return null;
  }
}

/** What a coverage has used after an adjudication. */
export function usedAfter(one: OtherAdjudication): Accumulators {
  return addAccumulators(one.document.before, usedBy(one));
}

/** What is asked in advance and what is taken back use nothing. */
function usedBy({ document: { decided }, use }: OtherAdjudication): Accumulators {
  return decided === null || use !== 'claim' ? {} : resultOf(decided).used;
}

function resultOf({ result }: Decided): Adjudication {
  return JSON.parse(result) as Adjudication;
}

type Decided = NonNullable<AdjudicationDocument['decided']>;

function findInDecision(papers: AdjudicationPapers): AdjudicationProblem[] {
  const { document, entry } = papers;
  const isMarked = entry.manner === document.manner && entry.isOverridden === (document.decided?.overrides ?? []).length > 0;
  const marks: AdjudicationProblem[] = isMarked ? [] : ['not-marked'];
  return document.decided === null ? [...marks, ...findInReversal(papers)] : [...marks, ...findInRuling(papers, document.decided)];
}

function findInReversal({ document, entry, claim, reversing }: AdjudicationPapers): AdjudicationProblem[] {
  const isNamed =
    document.reversedBy !== null && reversing?.claimId === document.reversedBy && reversing.related?.claimId === claim.claimId;
  return isNamed && entry.outcome === 'reversed' ? [] : ['reversal'];
}

function findInRuling(papers: AdjudicationPapers, decided: Decided): AdjudicationProblem[] {
  const { body, claim, document, terms, plans, entry } = papers;
  const plan = findDecidingPlan(plans, terms, { claim, body });
  if (plan === undefined || plan.planId !== document.planId || plan.version !== document.planVersion) return ['plan'];
  const problems = [...findInFacts(papers, decided), ...findInOverrides(papers, decided), ...findInAuthorized(papers, decided)];
  const result = tryDecide(() => formatCanonical(decideClaim(plan, document, body, decided.facts)));
  if (result !== decided.result) return [...problems, 'result'];
  return entry.outcome === decidedOutcome(resultOf(decided), decided.overrides) ? problems : [...problems, 'not-marked'];
}

/** The version of a coverage's plan that decides a claim. */
export function findDecidingPlan(
  plans: readonly PlanEntry[],
  { planId }: Pick<CoverageDocument, 'planId'>,
  { claim: { submittedAt }, body }: { readonly claim: Pick<ClaimEntry, 'submittedAt'>; readonly body: Pick<ClaimBody, 'lines'> },
): BenefitPlan | undefined {
  const versions = plans.filter((entry) => entry.planId === planId);
  return decidingPlan(versions, submittedAt, body.lines[0]?.day ?? dayOf(submittedAt))?.plan;
}

function tryDecide(decide: () => string): string | undefined {
  try {
    return decide();
  } catch {
    return undefined;
  }
}

function findInFacts(papers: AdjudicationPapers, { facts }: Decided): AdjudicationProblem[] {
  const { claim, body, terms, versions, document } = papers;
  const settled = settledFactsOf({ claim, body }, { terms, versions: versions.slice(0, document.coverageVersion) }, listAuthorized(papers));
  const isTold = Object.entries(settled).every(
    ([name, value]) => formatCanonical(value) === formatCanonical(facts[name as keyof ClaimFacts]),
  );
  const named = new Set(
    billedClaimOf(body).lines.flatMap(({ sequence, recordTypes }) => recordTypes.map((type) => `${String(sequence)}/${type}`)),
  );
  const isEvidence = facts.evidence.every(({ line, recordType }) => named.has(`${String(line)}/${recordType}`));
  const isDecided = facts.decisions.length === 0 || document.manner === 'person';
  return isTold && isEvidence && isDecided ? [] : ['facts'];
}

/** What the preauthorizations that stood before this adjudication allow. */
function listAuthorized({ document, others }: AdjudicationPapers): ClaimFacts['authorizations'] {
  return standingAuthorizations(others.filter((other) => other.document.position < document.position));
}

/** What preauthorizations allow by the newest adjudication of each, in the order of their places. */
export function standingAuthorizations(adjudications: readonly OtherAdjudication[]): ClaimFacts['authorizations'] {
  const standing = new Map<string, AdjudicationDocument>();
  const settled = adjudications.filter(({ isProposed = false }) => !isProposed).map(({ document }) => document);
  for (const document of settled.sort((one, other) => one.position - other.position)) standing.set(document.claimId, document);
  return [...standing.values()].flatMap(({ decided }) => decided?.authorized ?? []);
}

function findInOverrides({ body, document }: AdjudicationPapers, { overrides }: Decided): AdjudicationProblem[] {
  const isFitting = overrides.every(({ line, benefit }) =>
    body.lines.some(({ sequence, charge }) => sequence === line && benefit <= charge),
  );
  return isFitting && (overrides.length === 0 || document.manner === 'person') ? [] : ['override'];
}

function findInAuthorized({ body }: AdjudicationPapers, { authorized, result }: Decided): AdjudicationProblem[] {
  if (authorized.length === 0) return [];
  const paid = (JSON.parse(result) as Adjudication).lines.filter(({ outcome }) => outcome === 'paid').map(({ sequence }) => sequence);
  const isAsked = authorized.every(({ id, service, units }) =>
    body.lines.some(
      (line) =>
        paid.includes(line.sequence) &&
        id === authorizationId(body.claimId, line.sequence) &&
        formatCanonical(service) === formatCanonical(line.service) &&
        units <= line.units,
    ),
  );
  return isAsked && body.use === 'preauthorization' ? [] : ['authorized'];
}
