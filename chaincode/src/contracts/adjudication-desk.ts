import {
  accumulatorKey,
  adjudicationKey,
  adjudicationRef,
  newError,
  parseSigned,
  RequestInvalid,
  usedPreimage,
  type AccumulatorEntry,
  type AdjudicationDocument,
  type AdjudicationEntry,
  type ClaimBody,
  type ClaimId,
  type Commitment,
  type PatientEntry,
  type PlanEntry,
  type RelationEntry,
  type Rules,
  type TransactionRequest,
  type TransactionResponse,
  type TransientInput,
} from '../model';
import {
  adjudicateClaim,
  confirmAdjudication,
  openBody,
  openPrevious,
  openUsed,
  parseDocument,
  type AdjudicationQuestion,
  type ChainPlace,
} from '../adjudication';
import type { StandingClaim } from '../claim';
import type { Ledger } from '../ledger';
import { assertStanding } from '../organisation';
import { assertBindingOf, checkBinding } from '../relation';
import { digestOf } from '../signature';
import {
  accumulatorOf,
  authorizedOf,
  deceasedByOf,
  decidingPlanOf,
  namedRecordsOf,
  newestCoverageOf,
  releasesOf,
  tracedPlansOf,
} from './adjudication-facts';
import type { CoverageOf } from './coverage-facts';
import { organisationOf, participantOf, relationOf, rulesOf, tracedPatientOf } from './facts';
import { adjudicationOf, standingClaimOf } from './standing-claim';
import { claimOf } from './claim-facts';

type Request = TransactionRequest<'AdjudicateClaims'>;
type Input = TransientInput<'AdjudicateClaims'>;

/** One claim of the list, opened. */
interface OpenedClaim extends StandingClaim {
  readonly body: ClaimBody;
  readonly document: AdjudicationDocument;
  readonly previous: AdjudicationDocument | undefined;
  readonly sealed: AdjudicationQuestion['sealed'];
  readonly envelope: string;
}

/** What all claims of the list are judged by. */
type Shared = Pick<AdjudicationQuestion, 'coverage' | 'authorized' | 'records' | 'deceasedBy' | 'person'> & {
  readonly relation: RelationEntry;
  readonly plans: readonly PlanEntry[];
  readonly rules: Rules;
};

/**
 * Adjudicates claims of one coverage, one after another, at the insurer's own peer: it alone endorses, every key is under its own policy.
 * The read set joins relation, coverage and claims; patient, records and plan are read from the history, which leaves no trace in the block.
 */
export async function adjudicateClaimsDesk(ledger: Ledger, request: Request): Promise<TransactionResponse<'AdjudicateClaims'>> {
  const { relationRef, coverageId } = request;
  const relation = await relationOf(ledger, relationRef);
  assertInsurerDecides(ledger, relation, request);
  const input = ledger.input('AdjudicateClaims');
  const rules = await rulesOf(ledger);
  assertStanding(await organisationOf(ledger, relation.counterparty), rules);
  const of = { relation, coverageId };
  const accumulator = await accumulatorOf(ledger, of);
  const opened = await openClaims(ledger, of, request, input);
  const shared = await sharedOf(ledger, of, { request, input, opened, rules });
  const adjudications: AdjudicationEntry[] = [];
  const reversed = new Set<ClaimId>();
  let chain: ChainPlace = { position: accumulator.position, used: openUsed(input.used, accumulator) };
  for (const one of opened) {
    const question = await questionOf(ledger, one, { shared, chain, reversed });
    const adjudicated = adjudicateClaim(question, rules, participantOf(ledger.caller), ledger.now);
    chain = adjudicated.chain;
    if (adjudicated.entry.outcome === 'reversed') reversed.add(one.claim.claimId);
    adjudications.push(adjudicated.entry);
    await writeAdjudication(ledger, adjudicated.entry, one);
  }
  await writeAccumulator(ledger, accumulator, chain, opened.at(-1)?.document);
  ledger.emit({ name: 'ClaimsAdjudicated', ids: { relationRef, coverageId } });
  return { position: chain.position, adjudications };
}

/** A person decides through a clerk's own identity. @throws CALLER_NOT_INSURER, PEER_NOT_OWN, ADJUDICATION_NEEDS_PERSON, RequestInvalid */
function assertInsurerDecides(ledger: Ledger, { counterparty }: RelationEntry, { relationRef, claims, person }: Request): void {
  const { mspId, role } = ledger.caller;
  if (mspId !== counterparty) throw newError('CALLER_NOT_INSURER', { mspId });
  ledger.assertOwnPeer();
  const [first] = claims;
  if (first !== undefined && person !== null && role !== 'insurer-clerk')
    throw newError('ADJUDICATION_NEEDS_PERSON', { relationRef, claimId: first.claimId });
  if (new Set(claims.map(({ claimId }) => claimId)).size < claims.length)
    throw new RequestInvalid('request.claims', 'a list without repetitions');
}

async function openClaims(
  ledger: Ledger,
  { relation, coverageId }: CoverageOf,
  request: Request,
  input: Input,
): Promise<readonly OpenedClaim[]> {
  if (input.claims.length !== request.claims.length) throw new RequestInvalid('input.claims', 'one for each claim of the request');
  const opened: OpenedClaim[] = [];
  for (const [at, sent] of input.claims.entries()) {
    const place = `input.claims[${String(at)}]`;
    const claimId = request.claims[at]?.claimId as ClaimId;
    const standing = await standingClaimOf(ledger, relation, claimId);
    if (standing.claim.coverageId !== coverageId) throw new RequestInvalid('request.claims', 'claims of this coverage');
    opened.push({
      ...standing,
      body: openBody(sent.body, standing.claim, `${place}.body`),
      document: parseDocument(sent.document, `${place}.document`),
      previous: openPrevious(sent.previous, standing.adjudication, `${place}.previous`),
      sealed: { insurer: digestOf(sent.envelope), hospital: sent.hospital, patient: sent.patient },
      envelope: sent.envelope,
    });
  }
  return opened;
}

async function sharedOf(
  ledger: Ledger,
  of: CoverageOf,
  {
    request,
    input,
    opened,
    rules,
  }: { readonly request: Request; readonly input: Input; readonly opened: readonly OpenedClaim[]; readonly rules: Rules },
): Promise<Shared> {
  const { relation } = of;
  const coverage = await newestCoverageOf(ledger, of, { version: request.coverageVersion, terms: input.coverage });
  const patient = await boundPatientOf(ledger, relation, input.binding);
  return {
    relation,
    rules,
    coverage,
    plans: await tracedPlansOf(ledger, relation.counterparty, coverage.terms.planId),
    authorized: await authorizedOf(ledger, of, input.preauthorizations),
    records: await namedRecordsOf(
      ledger,
      opened.map(({ body }) => body),
      patient,
    ),
    deceasedBy: await deceasedByOf(ledger, patient),
    person: request.person,
  };
}

/** Whose relation it is, by its binding; from the history, so that no block joins her with it. @throws COMMITMENT_MISMATCH, BINDING_INVALID */
async function boundPatientOf(ledger: Ledger, relation: RelationEntry, text: string): Promise<PatientEntry> {
  const binding = parseSigned('binding', text, 'input.binding');
  assertBindingOf(relation, binding);
  const patient = await tracedPatientOf(ledger, binding.payload.subjectRef);
  checkBinding(relation, binding, patient);
  return patient;
}

async function questionOf(
  ledger: Ledger,
  opened: OpenedClaim,
  { shared, chain, reversed }: { readonly shared: Shared; readonly chain: ChainPlace; readonly reversed: ReadonlySet<ClaimId> },
): Promise<AdjudicationQuestion> {
  const { claim, body, document } = opened;
  const plan = await decidingPlanOf(ledger, shared.plans, { claim, body, version: document.planVersion });
  const releases = await releasesOf(ledger, shared.relation, document.decided?.releases ?? []);
  const old = claim.related?.claimId;
  const isOldReversed = old !== undefined && (reversed.has(old) || (await isReversed(ledger, shared.relation, old)));
  return { ...opened, ...shared, chain, plan, releases, isOldReversed };
}

async function isReversed(ledger: Ledger, relation: RelationEntry, claimId: ClaimId): Promise<boolean> {
  return (await adjudicationOf(ledger, await claimOf(ledger, relation, claimId))).outcome === 'reversed';
}

async function writeAdjudication(ledger: Ledger, entry: AdjudicationEntry, { claim, envelope }: OpenedClaim): Promise<void> {
  const { relationRef, claimId, insurer } = claim;
  await ledger.write(adjudicationKey(relationRef, claimId), entry);
  await ledger.seal(insurer, adjudicationRef(relationRef, claimId, entry.n), envelope);
}

/** Under the salt of the newest document, which everybody has who may know what is used. */
async function writeAccumulator(
  ledger: Ledger,
  { relationRef, coverageId }: AccumulatorEntry,
  { position, used }: ChainPlace,
  newest: AdjudicationDocument | undefined,
): Promise<void> {
  const commitment = newest === undefined ? null : (digestOf(usedPreimage(used, newest.salt)) as string as Commitment);
  const entry: AccumulatorEntry = { relationRef, coverageId, position, used: commitment, at: ledger.now };
  await ledger.write(accumulatorKey(relationRef, coverageId), entry);
}

/** A second person of the insurer agrees; under its own policy, as the adjudication is. */
export async function confirmAdjudicationDesk(
  ledger: Ledger,
  request: TransactionRequest<'ConfirmAdjudication'>,
): Promise<AdjudicationEntry> {
  const { relationRef, claimId } = request;
  const relation = await relationOf(ledger, relationRef);
  const { mspId } = ledger.caller;
  if (mspId !== relation.counterparty) throw newError('CALLER_NOT_INSURER', { mspId });
  const standing = await adjudicationOf(ledger, await claimOf(ledger, relation, claimId));
  const entry = confirmAdjudication(request, standing, ledger.now);
  if (entry === standing) return entry;
  await ledger.write(adjudicationKey(relationRef, claimId), entry);
  ledger.emit({ name: 'AdjudicationConfirmed', ids: { relationRef, claimId } });
  return entry;
}
