import {
  formatInstant,
  type AdjudicationEntry,
  type ClaimEntry,
  type ClaimId,
  type Replacement,
  type ReturnReason,
} from '@medaccord/chaincode/model';
import { openClaim, type OpenedClaim } from '../claim-papers/open-claim';
import { openAdjudication } from '../claim-papers/read-chain';
import type { AdjudicationOptions } from './adjudication-options';
import { planOf, type Draft } from './draft';
import { findFault } from './find-fault';
import { gatherEvidence, withUnsound } from './gather-evidence';
import type { OpenedCoverage } from './open-coverage';

/** What is to be done about a claim: adjudications that belong together, an answer to its hospital, or nothing yet. */
export type Finding =
  { readonly kind: 'drafts'; readonly drafts: readonly Draft[] } | ({ readonly kind: 'answer' } & Answer) | { readonly kind: 'waiting' };

/** That the insurer has a claim, or why it gives it back. */
export interface Answer {
  readonly claimId: ClaimId;
  readonly reason: ReturnReason | null;
}

const waiting: Finding = { kind: 'waiting' };

/** Looks at a claim that nobody has decided, with what is here of it by now. */
export async function examineClaim(options: AdjudicationOptions, coverage: OpenedCoverage, claim: ClaimEntry): Promise<Finding> {
  const opened = await openSoundly(options, coverage, claim);
  if ('kind' in opened) return opened;
  const back = await draftReversal(options, claim);
  if (back === undefined) return waiting;
  if (claim.related?.relationship === 'reversal') return { kind: 'drafts', drafts: back };
  const draft = await draftDecision(options, coverage, opened);
  if (draft === undefined) return answerOnce(options, claim, null);
  const isReturned = statusOf(options, claim) === 'returned';
  return isReturned ? { kind: 'answer', claimId: claim.claimId, reason: null } : { kind: 'drafts', drafts: [...back, draft] };
}

/** Gives back a claim whose body has not come by the day that the ledger keeps. */
export function examineMissing(options: Pick<AdjudicationOptions, 'facts'>, claim: ClaimEntry): Finding {
  const isOverdue = claim.acknowledgeBy <= formatInstant(Date.now());
  return isOverdue ? answerOnce(options, claim, 'body-not-received') : waiting;
}

async function openSoundly(
  options: AdjudicationOptions,
  { subjectRef }: OpenedCoverage,
  claim: ClaimEntry,
): Promise<OpenedClaim | Finding> {
  const { claimId } = claim;
  const opened = await openClaim(options, claim);
  if (opened === undefined) return examineMissing(options, claim);
  if (opened === 'body-mismatch') return { kind: 'answer', claimId, reason: opened };
  const fault = await findFault(options, opened, subjectRef);
  return fault === undefined ? opened : { kind: 'answer', claimId, reason: fault };
}

/** Undefined as long as evidence is awaited, and where the plan has no version. */
async function draftDecision(options: AdjudicationOptions, coverage: OpenedCoverage, opened: OpenedClaim): Promise<Draft | undefined> {
  const plan = planOf(coverage, opened);
  const gathered = plan && (await gatherEvidence(options, opened, plan.plan));
  if (gathered === undefined) return undefined;
  const evidence = await withUnsound(options, opened, coverage.subjectRef, gathered);
  return { ...opened, standing: standingOf(options, opened.claim), previous: undefined, act: { evidence } };
}

/** Takes back the claim that this one names, if it names one and that is not done; undefined as long as the body of that one is not here. */
async function draftReversal(
  options: AdjudicationOptions,
  { relationRef, claimId, related }: ClaimEntry,
): Promise<readonly Draft[] | undefined> {
  if (related === null) return [];
  const old = options.facts.find<ClaimEntry>('claim', relationRef, related.claimId)?.value;
  if (old === undefined || findReplacement(options, old) !== claimId) return undefined;
  const standing = standingOf(options, old);
  if (standing.outcome === 'reversed') return [];
  const opened = await openClaim(options, old);
  if (typeof opened !== 'object') return undefined;
  const previous = standing.n === 0 ? undefined : await openAdjudication(options, standing);
  return [{ ...opened, standing, previous, act: { reversedBy: claimId } }];
}

/** The claim that takes one back or corrects it: such a claim is not decided any more. Nobody writes that without the hospital. */
export function findReplacement(
  { facts }: Pick<AdjudicationOptions, 'facts'>,
  { relationRef, claimId }: Pick<ClaimEntry, 'relationRef' | 'claimId'>,
): ClaimId | null {
  return facts.find<Replacement>('replacement', relationRef, claimId)?.value.replacedBy ?? null;
}

/** What stands of a claim's adjudications: the empty one before the first. */
export function standingOf(
  { facts }: Pick<AdjudicationOptions, 'facts'>,
  { relationRef, claimId }: Pick<ClaimEntry, 'relationRef' | 'claimId'>,
): AdjudicationEntry {
  const standing = facts.find<AdjudicationEntry>('adjudication', relationRef, claimId)?.value;
  if (standing === undefined) throw new Error('A claim without the key of its adjudication');
  return standing;
}

/** Once is enough. */
function answerOnce(options: Pick<AdjudicationOptions, 'facts'>, claim: ClaimEntry, reason: ReturnReason | null): Finding {
  const isSaid = statusOf(options, claim) === (reason === null ? 'received' : 'returned');
  return isSaid ? waiting : { kind: 'answer', claimId: claim.claimId, reason };
}

function statusOf({ facts }: Pick<AdjudicationOptions, 'facts'>, { relationRef, claimId }: ClaimEntry): string | undefined {
  return facts.claims.find(relationRef, claimId)?.status;
}
