import {
  acknowledgementKey,
  adjudicationKey,
  billedKey,
  claimKey,
  claimRef,
  newError,
  parseBilledItem,
  parseClaimEntry,
  replacementKey,
  RequestInvalid,
  type Acknowledgement,
  type BilledItem,
  type ClaimEntry,
  type Digest,
  type RelationEntry,
  type Rules,
  type TransactionRequest,
  type TransactionResponse,
} from '../model';
import {
  acknowledgeClaim,
  assertSubmittable,
  billItem,
  freeItem,
  isSameClaim,
  openAdjudication,
  replaceClaim,
  submitClaim,
} from '../claim';
import { single, withAnyOther, type Ledger } from '../ledger';
import { assertStanding } from '../organisation';
import { digestOf } from '../signature';
import { claimOf, findClaim } from './claim-facts';
import { coverageOf } from './coverage-facts';
import { membersOf, organisationOf, participantOf, relationOf, rulesOf, sealForGood } from './facts';
import { entryOf } from './attested';
import { replacementOf, standingClaimOf } from './standing-claim';

type Submission = TransactionRequest<'SubmitClaim'>;
type Billed = readonly (BilledItem | 'junk' | undefined)[];

/**
 * Writes a claim's header and the keys of its fate. The hospital's own sealed copy of the body goes into its collection, so that nobody makes
 * a claim in its name. Nothing that another claim of the coverage writes is read: they commit in parallel.
 */
export async function submitClaimDesk(ledger: Ledger, request: Submission): Promise<ClaimEntry> {
  const { envelope } = ledger.input('SubmitClaim');
  const relation = await relationOf(ledger, request.relationRef);
  assertSubmittable(request, relation, ledger.caller.mspId);
  const standing = await submittedBefore(ledger, relation, request);
  if (standing !== undefined) return standing;
  const rules = await rulesOf(ledger);
  assertStanding(await organisationOf(ledger, relation.custodian), rules);
  await assertCovered(ledger, relation, request);
  const billed = await billedOf(ledger, request.tags);
  const facts = { relation, rules, billed, envelope: digestOf(envelope) };
  const claim = submitClaim(request, facts, participantOf(ledger.caller), ledger.now);
  if (request.related !== null) await replace(ledger, relation, request);
  await writeClaim(ledger, claim, rules);
  await bill(ledger, claim, { billed, rules });
  await ledger.seal(claim.hospital, claimRef(claim.relationRef, claim.claimId), envelope);
  ledger.emit({ name: 'ClaimSubmitted', ids: { relationRef: claim.relationRef, claimId: claim.claimId } });
  return claim;
}

/** The claim that stands, where it is the same; nothing where the id is free. @throws CLAIM_ALREADY_MADE */
async function submittedBefore(ledger: Ledger, relation: RelationEntry, request: Submission): Promise<ClaimEntry | undefined> {
  const { relationRef, claimId } = request;
  if ((await ledger.readOrJunk(claimKey(relationRef, claimId), parseClaimEntry)) === undefined) return undefined;
  const standing = await findClaim(ledger, relation, claimId);
  if (standing === undefined || !isSameClaim(request, standing)) throw newError('CLAIM_ALREADY_MADE', { relationRef, claimId });
  return standing;
}

/** Whether the coverage is in force is the rule's to say: it may end before the claim comes, and the services still be covered. */
async function assertCovered(ledger: Ledger, relation: RelationEntry, { relationRef, coverageId }: Submission): Promise<void> {
  const first = entryOf(await coverageOf(ledger, { relation, coverageId }, 1));
  if (first === undefined) throw newError('COVERAGE_NOT_FOUND', { relationRef, coverageId });
}

async function billedOf(ledger: Ledger, tags: readonly Digest[]): Promise<Billed> {
  const billed: (BilledItem | 'junk' | undefined)[] = [];
  for (const tag of tags) billed.push(await ledger.readOrJunk(billedKey(tag), parseBilledItem));
  return billed;
}

/** Marks the claim that this one takes back or corrects, and frees the items that it alone billed. */
async function replace(ledger: Ledger, relation: RelationEntry, request: Submission): Promise<void> {
  const { relationRef, claimId, related, tags } = request;
  if (related === null) return;
  const isItself = related.claimId === claimId;
  if (isItself) throw newError('CLAIM_NOT_REPLACEABLE', { relationRef, claimId, problem: 'is this claim itself' });
  const old = await claimOf(ledger, relation, related.claimId);
  const replacement = replaceClaim(request, { claim: old, replacement: await replacementOf(ledger, old) });
  await ledger.write(replacementKey(relationRef, old.claimId), replacement);
  const freed = old.tags.filter((tag) => !tags.includes(tag));
  const billed = await billedOf(ledger, freed);
  for (const [at, tag] of freed.entries()) {
    const item = freeItem(tag, billed[at], request);
    if (item !== undefined) await ledger.write(billedKey(tag), item);
  }
}

/** The header for good; who decides it is the insurer's alone to write, and what takes its place nobody's without the hospital. */
async function writeClaim(ledger: Ledger, claim: ClaimEntry, rules: Rules): Promise<void> {
  const { relationRef, claimId, hospital, insurer } = claim;
  const [header, decision, place] = [claimKey, adjudicationKey, replacementKey].map((keyOf) => keyOf(relationRef, claimId)) as [
    string,
    string,
    string,
  ];
  await ledger.write(header, claim);
  await sealForGood(ledger, rules, [header]);
  await ledger.write(decision, openAdjudication(claim));
  await ledger.protect(decision, single(insurer));
  await ledger.write(place, { relationRef, claimId, replacedBy: null });
  await ledger.protect(place, withAnyOther(hospital, membersOf(rules)));
}

/** Junk at a tag's key is left there: others may have put it under a policy that would stop the claim. */
async function bill(
  ledger: Ledger,
  claim: ClaimEntry,
  { billed, rules }: { readonly billed: Billed; readonly rules: Rules },
): Promise<void> {
  for (const [at, tag] of claim.tags.entries()) {
    if (billed[at] === 'junk') continue;
    await ledger.write(billedKey(tag), billItem(tag, billed[at], claim));
    await ledger.protect(billedKey(tag), withAnyOther(claim.hospital, membersOf(rules)));
  }
}

export async function acknowledgeClaimsDesk(
  ledger: Ledger,
  { relationRef, claims }: TransactionRequest<'AcknowledgeClaims'>,
): Promise<TransactionResponse<'AcknowledgeClaims'>> {
  if (new Set(claims.map(({ claimId }) => claimId)).size < claims.length)
    throw new RequestInvalid('request.claims', 'a list without repetitions');
  const relation = await relationOf(ledger, relationRef);
  const { mspId } = ledger.caller;
  if (mspId !== relation.counterparty) throw newError('CALLER_NOT_INSURER', { mspId });
  const policy = withAnyOther(mspId, membersOf(await rulesOf(ledger)));
  const acknowledgements: Acknowledgement[] = [];
  for (const { claimId, reason } of claims) {
    const standing = await standingClaimOf(ledger, relation, claimId);
    const entry = acknowledgeClaim({ reason }, standing, participantOf(ledger.caller), ledger.now);
    acknowledgements.push(entry);
    if (entry === standing.acknowledgement) continue;
    const key = acknowledgementKey(relationRef, claimId);
    await ledger.write(key, entry);
    await ledger.attest(mspId, key, entry);
    await ledger.protect(key, policy);
  }
  ledger.emit({ name: 'ClaimsAcknowledged', ids: { relationRef } });
  return { acknowledgements };
}

/** A claim with what counts of what became of it. */
export async function getClaimDesk(
  ledger: Ledger,
  { relationRef, claimId }: TransactionRequest<'GetClaim'>,
): Promise<TransactionResponse<'GetClaim'>> {
  const relation = await relationOf(ledger, relationRef);
  const { claim, replacement, acknowledgement, adjudication } = await standingClaimOf(ledger, relation, claimId);
  return { claim, replacedBy: replacement.replacedBy, acknowledgement: acknowledgement ?? null, adjudication };
}
