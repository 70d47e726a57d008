import {
  opinionPreimage,
  parseClaimBody,
  parseCoverageDocument,
  parseJson,
  parseSigned,
  type Acknowledgement,
  type AdjudicationDocument,
  type AdjudicationEntry,
  type Appeal,
  type AppealPaper,
  type ClaimBody,
  type ClaimEntry,
  type CoverageEntry,
  type PlanEntry,
} from '@medaccord/chaincode/model';
import { assertOpens } from '../crypto';
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
  /** Those that count, the oldest first; `notice`: the reasons of the decision, sealed to her. */
  readonly appeals: readonly (Appeal & { readonly notice: string | null })[];
}

/** A claim that the patient has opened, with its newest adjudication. */
export interface CheckedClaim extends Omit<ClaimPaper, 'body' | 'adjudications' | 'appeals'> {
  readonly body: ClaimBody | null;
  /** What her insurer sent as the newest decision cannot be read, or names what is not there. */
  readonly isUnreadable: boolean;
  readonly newest: (AdjudicationVerdict & { readonly entry: AdjudicationEntry; readonly document: AdjudicationDocument }) | null;
  readonly appeals: readonly CheckedAppeal[];
}

/** An appeal with why it was decided so: null as long as that has not arrived, and where it is not what the ledger commits to. */
export interface CheckedAppeal extends Appeal {
  readonly opinion: string | null;
  readonly isUnreadable: boolean;
}

/** Opens what was sealed to the patient. */
export interface OpenPapers {
  readonly explanation: (claimId: string, n: number, envelope: string) => Promise<AdjudicationDocument>;
  readonly notice: (claimId: string, number: number, envelope: string) => Promise<AppealPaper>;
}

/** Opens every claim and works out its newest adjudication again; what does not open is marked, so that it hides nothing else. */
export async function checkClaims(papers: ClaimPapers, open: OpenPapers): Promise<readonly CheckedClaim[]> {
  const opened = await Promise.all(papers.claims.map((paper) => openClaim(paper, open)));
  return Promise.all(opened.map((one) => checkClaim(papers, one, opened)));
}

interface OpenedClaim {
  readonly paper: ClaimPaper;
  readonly body: ClaimBody | null;
  /** In the order of the adjudications; undefined where nothing has arrived that opens. */
  readonly documents: readonly (AdjudicationDocument | undefined)[];
  readonly appeals: readonly CheckedAppeal[];
}

async function openClaim(paper: ClaimPaper, open: OpenPapers): Promise<OpenedClaim> {
  const { claim, body, adjudications } = paper;
  const openDocument = ({ entry, explanation }: ClaimPaper['adjudications'][number]): Promise<AdjudicationDocument | undefined> =>
    explanation === null ? Promise.resolve(undefined) : open.explanation(claim.claimId, entry.n, explanation).catch(() => undefined);
  const documents = await Promise.all(adjudications.map(openDocument));
  const appeals = await Promise.all(paper.appeals.map((appeal) => openAppeal(appeal, open)));
  return { paper, documents, appeals, body: body === null ? null : parseJson(parseClaimBody, body, 'body') };
}

function listAll(opened: readonly OpenedClaim[]): OtherAdjudication[] {
  return opened.flatMap(({ paper: { claim, adjudications }, documents }) =>
    adjudications.flatMap(({ entry }, at) => {
      const document = documents[at];
      return document === undefined ? [] : [{ document, use: claim.use, isProposed: entry.status === 'proposed' }];
    }),
  );
}

async function openAppeal({ notice, ...appeal }: ClaimPaper['appeals'][number], open: OpenPapers): Promise<CheckedAppeal> {
  const { decision, appeal: of } = appeal;
  if (notice === null || decision === null) return { ...appeal, opinion: null, isUnreadable: false };
  try {
    const paper = await open.notice(of.claimId, of.number, notice);
    await assertOpens(decision.opinion, opinionPreimage(paper));
    return { ...appeal, opinion: paper.text, isUnreadable: false };
  } catch {
    return { ...appeal, opinion: null, isUnreadable: true };
  }
}

async function checkClaim(
  papers: ClaimPapers,
  { paper, body, documents, appeals }: OpenedClaim,
  all: readonly OpenedClaim[],
): Promise<CheckedClaim> {
  const { adjudications, body: _, ...rest } = paper;
  const shown = { ...rest, appeals };
  const newest = adjudications.at(-1);
  const document = documents.at(-1);
  const covered = papers.coverages.filter((one) => one.entry.coverageId === paper.claim.coverageId);
  const terms = document && termsOf(covered, document);
  if (body === null || newest === undefined || document === undefined || terms === undefined)
    return { ...shown, body, isUnreadable: newest !== undefined && newest.explanation !== null, newest: null };
  const verdict = await checkAdjudication({
    ...{ claim: paper.claim, body, entry: newest.entry, document, plans: papers.plans },
    versions: covered.map((one) => one.entry),
    terms: parseJson(parseCoverageDocument, terms, 'coverage'),
    others: listAll(all).filter((other) => other.document !== document && other.document.coverageId === document.coverageId),
    reversing: papers.claims.find(({ claim }) => claim.claimId === document.reversedBy)?.claim,
  });
  return { ...shown, body, isUnreadable: false, newest: { ...verdict, entry: newest.entry, document } };
}

/** The terms that were gone by: those of the version that the statement of the coverage's version names. */
function termsOf(covered: ClaimPapers['coverages'], { coverageVersion }: AdjudicationDocument): string | undefined {
  const jws = covered.find(({ entry }) => entry.version === coverageVersion)?.entry.jws;
  const signed = jws === undefined ? undefined : parseSigned('coverage', jws, 'coverage').payload.version;
  return covered.find(({ entry }) => entry.version === signed)?.terms ?? undefined;
}
