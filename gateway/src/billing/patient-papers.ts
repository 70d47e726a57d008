import {
  claimRef,
  explanationRef,
  parseCoverageDocument,
  parseJson,
  type CoverageEntry,
  type MspId,
  type RelationRef,
  type SealedRef,
} from '@medaccord/chaincode/model';
import type { ClaimPapers } from '../claims';
import type { Transactions } from '../ledger/transactions';
import type { SealedReader } from '../sealed/sealed-reader';
import type { Facts } from '../store';
import { listPlans } from './list-plans';
import { listCoverage, termsRefOf } from './read-coverage';
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
  return {
    claims: standing.map(({ claim, adjudications, status, acknowledgement, replacedBy }, at) => ({
      ...{ claim: claim.value, status, acknowledgement, replacedBy, body: bodies[at] ?? null },
      adjudications: adjudications.map((entry) => ({ entry, explanation: explanations[explained.indexOf(entry)] ?? null })),
    })),
    coverages: coverages.map((entry, at) => ({ entry, terms: terms[at] ?? null })),
    plans: (await Promise.all(planIdsOf(terms).map((planId) => listPlans(options, insurer, planId)))).flat(),
  };
}

function planIdsOf(terms: readonly (string | undefined)[]): string[] {
  return [...new Set(terms.flatMap((text) => (text === undefined ? [] : parseJson(parseCoverageDocument, text, 'terms').planId)))];
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
