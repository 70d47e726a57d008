import { claimRef, explanationRef, type CoverageEntry, type PlanEntry, type RelationRef, type SealedRef } from '@medaccord/chaincode/model';
import type { ClaimPapers } from '../claims';
import type { SealedReader } from '../sealed/sealed-reader';
import type { Facts } from '../store';
import { listStandingClaims } from './standing-claim';
import { termsRefOf } from './read-coverage';

type Options = { readonly facts: Facts; readonly sealed: SealedReader };

/** What a patient needs to understand her claims in a relation and to work them out again, from the hospital's own collection. */
export async function readPatientPapers(
  { facts, sealed }: Options,
  { relationRef, insurer }: { readonly relationRef: RelationRef; readonly insurer: string },
): Promise<ClaimPapers> {
  const standing = listStandingClaims(facts, relationRef);
  const coverages = facts.list<CoverageEntry>('coverage', relationRef).map(({ value }) => value);
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
    plans: facts.list<PlanEntry>('plan', insurer).map(({ value }) => value),
  };
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
