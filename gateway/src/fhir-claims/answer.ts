import type {
  Acknowledgement,
  Adjudication,
  AdjudicationDocument,
  AdjudicationEntry,
  BenefitPlan,
  ClaimEntry,
  Instant,
} from '@medaccord/chaincode/model';
import type { JsonObject } from '../fhir';
import { parseResult } from './parse-result';

type Decided = NonNullable<AdjudicationDocument['decided']>;

/** What was decided of a claim, as far as it can be read. */
export interface Ruling extends Pick<Decided, 'overrides' | 'authorized'> {
  readonly plan: BenefitPlan;
  /** The rule's answer, beside which `overrides` stand. */
  readonly adjudication: Adjudication;
  readonly isInNetwork: boolean;
}

/** What an insurer answers to a claim: of it a ClaimResponse and an ExplanationOfBenefit are made. */
export interface Answer {
  /** The FHIR Claim that it answers. */
  readonly claim: JsonObject;
  /** Its id on the ledger; of an estimate that of the Claim. */
  readonly claimId: string;
  /** The how-manieth decision, 0 before the first; undefined for an estimate, which is nobody's. */
  readonly n: number | undefined;
  readonly at: Instant;
  /** draft: a second person has to agree; cancelled: another claim took its place. */
  readonly status: 'active' | 'draft' | 'cancelled';
  readonly outcome: 'queued' | 'partial' | 'complete' | 'error';
  readonly disposition: string;
  /** Why the claim was given back. */
  readonly returned?: NonNullable<Acknowledgement['reason']>;
  /** What the insurer says besides. */
  readonly note?: string | undefined;
  readonly ruling: Ruling | undefined;
}

/** What the ledger has of a claim's decision; `opened` is what can be read of the newest. */
export interface DecisionPapers {
  readonly claim: ClaimEntry;
  readonly adjudication: AdjudicationEntry;
  readonly acknowledgement: Acknowledgement | undefined;
  /** Of a claim that takes another back, which has no decision of its own: that one's. */
  readonly undone: AdjudicationEntry | undefined;
  readonly opened: { readonly document: AdjudicationDocument; readonly plan: BenefitPlan } | undefined;
}

/** The insurer's answer to a claim as it stands on the ledger. */
export function answerOf(claim: JsonObject, papers: DecisionPapers): Answer {
  const { adjudication, opened } = papers;
  const { claimId } = papers.claim;
  const decided = opened?.document.decided ?? undefined;
  return {
    claim,
    claimId,
    n: adjudication.n,
    at: lastOf(papers),
    status: statusOf(adjudication),
    ...outcomeOf(papers),
    note: opened?.document.note,
    ruling: opened && decided && rulingOf(decided, opened.plan),
  };
}

/** Nothing where an insurer that goes its own way sealed what is no result. */
function rulingOf({ facts, result, overrides, authorized }: Decided, plan: BenefitPlan): Ruling | undefined {
  const adjudication = parseResult(result);
  return adjudication && { plan, adjudication, isInNetwork: facts.isInNetwork, overrides, authorized };
}

function statusOf({ status, outcome }: AdjudicationEntry): Answer['status'] {
  if (status === 'proposed') return 'draft';
  return outcome === 'reversed' ? 'cancelled' : 'active';
}

/** When the newest of them was written. */
function lastOf(papers: DecisionPapers): Instant {
  const { adjudication, acknowledgement, claim } = papers;
  return adjudication.at ?? reversalOf(papers)?.at ?? acknowledgement?.at ?? claim.submittedAt;
}

/** The decision by which the insurer took back what this claim takes back. */
function reversalOf({ undone }: DecisionPapers): AdjudicationEntry | undefined {
  return undone?.outcome === 'reversed' ? undone : undefined;
}

function outcomeOf(papers: DecisionPapers): Pick<Answer, 'outcome' | 'disposition' | 'returned'> {
  const { adjudication, acknowledgement, opened } = papers;
  const { outcome } = adjudication;
  if (reversalOf(papers) !== undefined) return { outcome: 'complete', disposition: 'Done: the other claim is taken back.' };
  if (outcome === 'reversed') return { outcome: 'complete', disposition: 'Taken back: another claim stands in its place.' };
  if (outcome !== null)
    return { outcome, disposition: opened === undefined ? 'Decided; the decision cannot be read here.' : planText(opened.plan) };
  const reason = acknowledgement?.reason ?? null;
  if (reason !== null) return { outcome: 'error', disposition: `Given back undecided: ${reason}.`, returned: reason };
  return { outcome: 'queued', disposition: acknowledgement === undefined ? 'Submitted.' : 'Received; not decided yet.' };
}

/** Which plan decided. */
export function planText({ planId, version }: BenefitPlan): string {
  return `${planId}, version ${String(version)}`;
}
