import type {
  Acknowledgement,
  AdjudicationDocument,
  AdjudicationEntry,
  BenefitPlan,
  ClaimBody,
  ClaimEntry,
  Instant,
  PlanEntry,
  Replacement,
} from '@medaccord/chaincode/model';
import { readBody } from '../billing/read-claim';
import { openAdjudication } from '../claim-papers/read-chain';
import type { JsonObject } from '../fhir';
import { answerOf, formatClaim, formatClaimResponse, formatExplanation } from '../fhir-claims';
import { newError } from '../problem';
import type { Store } from '../store';
import type { LedgerOptions } from './ledger-options';
import type { ClaimType } from './ledger-types';
import { openIfHere } from './open-if-here';

/** A claim with the public entries that answer it. */
export interface ClaimEntries {
  readonly claim: ClaimEntry;
  readonly acknowledgement: Acknowledgement | undefined;
  readonly adjudication: AdjudicationEntry;
  /** Of a claim that takes another back: the decision of that one. */
  readonly undone: AdjudicationEntry | undefined;
  /** When a later claim took it back or corrected it. */
  readonly replacedAt: Instant | undefined;
}

/** @throws CodedError RESOURCE_NOT_FOUND */
export function findClaimEntries(
  { store: { facts } }: { readonly store: Pick<Store, 'facts'> },
  { relationRef, claimId }: { readonly relationRef: string; readonly claimId: string },
): ClaimEntries {
  const claim = facts.find<ClaimEntry>('claim', relationRef, claimId)?.value;
  const adjudication = facts.find<AdjudicationEntry>('adjudication', relationRef, claimId)?.value;
  if (claim === undefined || adjudication === undefined) throw newError('RESOURCE_NOT_FOUND', 'There is no such claim');
  return {
    claim,
    adjudication,
    acknowledgement: facts.find<Acknowledgement>('acknowledgement', relationRef, claimId)?.value,
    undone: findUndone(facts, claim),
    replacedAt: findReplacing(facts, claim)?.submittedAt,
  };
}

/** A claim is replaced as soon as the one that says so is submitted. */
function findReplacing(facts: Pick<Store['facts'], 'find'>, { relationRef, claimId }: ClaimEntry): ClaimEntry | undefined {
  const by = facts.find<Replacement>('replacement', relationRef, claimId)?.value.replacedBy ?? undefined;
  return by && facts.find<ClaimEntry>('claim', relationRef, by)?.value;
}

function findUndone(facts: Pick<Store['facts'], 'find'>, { relationRef, related }: ClaimEntry): AdjudicationEntry | undefined {
  if (related?.relationship !== 'reversal') return undefined;
  return facts.find<AdjudicationEntry>('adjudication', relationRef, related.claimId)?.value;
}

/** What is sealed of a claim, as far as this organisation can open it. */
export interface ClaimPapers {
  readonly body: ClaimBody | undefined;
  /** The newest decision. */
  readonly opened: Decision | undefined;
}

export async function openPapers(options: LedgerOptions, entries: ClaimEntries): Promise<ClaimPapers> {
  const [body, opened] = await Promise.all([openBody(options, entries), openDecision(options, entries)]);
  return { body, opened };
}

/** A claim, or what its insurer answered, as a FHIR resource. */
export function formatPapers(type: ClaimType, entries: ClaimEntries, { body, opened }: ClaimPapers): JsonObject {
  const { claim, replacedAt, ...answered } = entries;
  const resource = formatClaim(claim, { body, replacedAt });
  if (type === 'Claim') return resource;
  const answer = answerOf(resource, { ...answered, claim, opened });
  return type === 'ClaimResponse' ? formatClaimResponse(answer) : formatExplanation(answer);
}

/** The same of one claim, with what can be opened here. */
export async function presentClaim(options: LedgerOptions, type: ClaimType, entries: ClaimEntries): Promise<JsonObject> {
  const papers = type === 'Claim' ? { body: await openBody(options, entries), opened: undefined } : await openPapers(options, entries);
  return formatPapers(type, entries, papers);
}

function openBody(options: LedgerOptions, { claim }: ClaimEntries): Promise<ClaimBody | undefined> {
  return openIfHere(() => readBody(options, claim));
}

type Decision = { readonly document: AdjudicationDocument; readonly plan: BenefitPlan };

async function openDecision(options: LedgerOptions, { claim, adjudication }: ClaimEntries): Promise<Decision | undefined> {
  if (adjudication.n === 0) return undefined;
  const document = await openIfHere(() => openAdjudication(options, adjudication));
  if (document === undefined) return undefined;
  const name = `${document.planId}/${String(document.planVersion)}`;
  const plan = options.store.facts.find<PlanEntry>('plan', claim.insurer, name)?.value.plan;
  return plan && { document, plan };
}
