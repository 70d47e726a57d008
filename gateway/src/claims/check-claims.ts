import {
  parseClaimBody,
  parseCoverageDocument,
  parseJson,
  parseSigned,
  type Acknowledgement,
  type AdjudicationDocument,
  type AdjudicationEntry,
  type ClaimBody,
  type ClaimEntry,
  type CoverageEntry,
  type PlanEntry,
} from '@medaccord/chaincode/model';
import { checkAdjudication, type AdjudicationVerdict, type OtherAdjudication } from './check-adjudication';
import type { ClaimStatus } from './describe-claim';

/** What a patient needs to understand her claims in a relation, and to work them out again. */
export interface ClaimPapers {
  readonly claims: readonly ClaimPaper[];
  readonly coverages: readonly {
    readonly entry: CoverageEntry;
    /** Canonical text of the terms, to which her statement commits; null until they have arrived. */
    readonly terms: string | null;
  }[];
  /** What her insurer has published. */
  readonly plans: readonly PlanEntry[];
}

export interface ClaimPaper {
  readonly claim: ClaimEntry;
  readonly status: ClaimStatus;
  readonly acknowledgement: Acknowledgement | null;
  /** The claim that corrects it or takes it back. */
  readonly replacedBy: string | null;
  /** Canonical text, to which the claim's entry commits. */
  readonly body: string | null;
  readonly adjudications: readonly {
    readonly entry: AdjudicationEntry;
    /** The document, sealed to her; null until it has arrived. */
    readonly explanation: string | null;
  }[];
}

/** A claim that the patient has opened, with its newest adjudication. */
export interface CheckedClaim extends Omit<ClaimPaper, 'body' | 'adjudications'> {
  readonly body: ClaimBody | null;
  readonly newest: (AdjudicationVerdict & { readonly entry: AdjudicationEntry; readonly document: AdjudicationDocument }) | null;
}

/** Opens what was sealed to the patient. */
export type OpenExplanation = (claimId: string, n: number, envelope: string) => Promise<AdjudicationDocument>;

/** Opens every claim and works out its newest adjudication again. @throws DecryptFailed, RequestInvalid */
export async function checkClaims(papers: ClaimPapers, openExplanation: OpenExplanation): Promise<readonly CheckedClaim[]> {
  const opened = await Promise.all(papers.claims.map((paper) => openClaim(paper, openExplanation)));
  const all = opened.flatMap(({ paper, documents }) =>
    documents.map((document) => ({ document, use: paper.claim.use, isProposed: isProposed(paper, document) })),
  );
  return Promise.all(opened.map((one) => checkClaim(papers, one, all)));
}

interface OpenedClaim {
  readonly paper: ClaimPaper;
  readonly body: ClaimBody | null;
  readonly documents: readonly AdjudicationDocument[];
}

async function openClaim(paper: ClaimPaper, openExplanation: OpenExplanation): Promise<OpenedClaim> {
  const { claim, body, adjudications } = paper;
  const arrived = adjudications.flatMap(({ entry, explanation }) => (explanation === null ? [] : [{ n: entry.n, explanation }]));
  return {
    paper,
    body: body === null ? null : parseJson(parseClaimBody, body, 'body'),
    documents: await Promise.all(arrived.map(({ n, explanation }) => openExplanation(claim.claimId, n, explanation))),
  };
}

async function checkClaim(
  papers: ClaimPapers,
  { paper, body, documents }: OpenedClaim,
  all: readonly OtherAdjudication[],
): Promise<CheckedClaim> {
  const { adjudications, body: _, ...shown } = paper;
  const entry = adjudications.at(-1)?.entry;
  const document = documents.find(({ n }) => n === entry?.n);
  const covered = papers.coverages.filter((one) => one.entry.coverageId === paper.claim.coverageId);
  const terms = document && termsOf(covered, document);
  if (body === null || entry === undefined || document === undefined || terms === undefined) return { ...shown, body, newest: null };
  const verdict = await checkAdjudication({
    ...{ claim: paper.claim, body, entry, document, plans: papers.plans },
    versions: covered.map((one) => one.entry),
    terms: parseJson(parseCoverageDocument, terms, 'coverage'),
    others: all.filter((other) => other.document !== document && other.document.coverageId === document.coverageId),
    reversing: papers.claims.find(({ claim }) => claim.claimId === document.reversedBy)?.claim,
  });
  return { ...shown, body, newest: { ...verdict, entry, document } };
}

/** The terms that were gone by: those of the version that the statement of the coverage's version names. */
function termsOf(covered: ClaimPapers['coverages'], { coverageVersion }: AdjudicationDocument): string | undefined {
  const jws = covered.find(({ entry }) => entry.version === coverageVersion)?.entry.jws;
  const signed = jws === undefined ? undefined : parseSigned('coverage', jws, 'coverage').payload.version;
  return covered.find(({ entry }) => entry.version === signed)?.terms ?? undefined;
}

function isProposed({ adjudications }: ClaimPaper, { n }: AdjudicationDocument): boolean {
  return adjudications.some(({ entry }) => entry.n === n && entry.status === 'proposed');
}
