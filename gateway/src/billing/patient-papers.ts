import {
  appealNoticeRef,
  claimRef,
  explanationRef,
  parseCoverageDocument,
  parseJson,
  type Appeal,
  type AppealEntry,
  type ClaimId,
  type CoverageEntry,
  type MspId,
  type RelationRef,
  type SealedRef,
} from '@medaccord/chaincode/model';
import { listPlans } from '../claim-papers/list-plans';
import { listCoverage, termsRefOf } from '../claim-papers/read-coverage';
import type { ClaimPapers } from '../claims';
import type { Transactions } from '../ledger/transactions';
import type { SealedReader } from '../sealed/sealed-reader';
import type { Facts } from '../store';
import { listStandingClaims } from './standing-claim';

type Options = { readonly facts: Facts; readonly sealed: SealedReader; readonly transactions: Pick<Transactions, 'evaluate'> };

/** What a patient needs to understand her claims in a relation and to work them out again, from the hospital's own collection. */
export async function readPatientPapers(
  options: Options,
  { relationRef, insurer }: { readonly relationRef: RelationRef; readonly insurer: MspId },
): Promise<ClaimPapers> {
  const { facts, sealed } = options;
  const standing = listStandingClaims(facts, relationRef);
  const coverageIds = new Set(facts.list<CoverageEntry>('coverage', relationRef).map(({ value }) => value.coverageId));
  const coverages = (await Promise.all([...coverageIds].map((id) => listCoverage(options, relationRef, id)))).flat();
  const bodies = await openAll(
    sealed,
    standing.map(({ claim }) => claimRef(relationRef, claim.value.claimId)),
  );
  const terms = await openAll(sealed, coverages.map(termsRefOf));
  const explained = standing.flatMap(({ adjudications }) => adjudications);
  const explanations = await sealed.read(explained.map(({ claimId, n }) => explanationRef(relationRef, claimId, n)));
  const appeals = await readAppeals(options, relationRef);
  return {
    claims: standing.map(({ claim, adjudications, status, acknowledgement, replacedBy }, at) => ({
      ...{ claim: claim.value, status, acknowledgement, replacedBy, body: bodies[at] ?? null },
      adjudications: adjudications.map((entry) => ({ entry, explanation: explanations[explained.indexOf(entry)] ?? null })),
      appeals: appeals.filter(({ appeal }) => appeal.claimId === claim.value.claimId),
    })),
    coverages: coverages.map((entry, at) => ({ entry, terms: terms[at] ?? null })),
    plans: (await Promise.all(planIdsOf(terms).map((planId) => listPlans(options, insurer, planId)))).flat(),
  };
}

function planIdsOf(terms: readonly (string | undefined)[]): string[] {
  return [...new Set(terms.flatMap((text) => (text === undefined ? [] : parseJson(parseCoverageDocument, text, 'terms').planId)))];
}

/** The appeals of all claims with their decisions, by the own peer: what others wrote in the place of one does not count. */
async function readAppeals(
  { facts, sealed, transactions }: Options,
  relationRef: RelationRef,
): Promise<ClaimPapers['claims'][number]['appeals']> {
  const claimIds = new Set<ClaimId>(facts.list<AppealEntry>('appeal', relationRef).map(({ value }) => value.claimId));
  const found: Appeal[] = [];
  for (const claimId of claimIds) found.push(...(await transactions.evaluate('GetAppeals', { relationRef, claimId })).appeals);
  const notices = await sealed.read(found.map(({ appeal }) => appealNoticeRef(relationRef, appeal.claimId, appeal.number)));
  return found.map((one, at) => ({ ...one, notice: notices[at] ?? null }));
}

async function openAll(sealed: SealedReader, refs: readonly SealedRef[]): Promise<readonly (string | undefined)[]> {
  const envelopes = await sealed.read(refs);
  return Promise.all(
    refs.map(async (ref, at) => {
      const envelope = envelopes[at];
      return envelope === undefined ? undefined : Buffer.from(await sealed.open(ref, envelope)).toString('utf8');
    }),
  );
}
