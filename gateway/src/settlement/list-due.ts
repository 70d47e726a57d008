import type { AdjudicationEntry, ClaimEntry } from '@medaccord/chaincode/model';
import type { ClaimPlace, Fact, Facts } from '../store';
import type { Parties } from './settlement-options';

const perPage = 200;

/** A claim whose newest adjudication no statement settles yet. */
export interface Due {
  readonly claim: ClaimEntry;
  readonly adjudication: Fact<AdjudicationEntry>;
}

/**
 * What hospital and insurer have to settle, in the order of the claims. Without what is still before a person, and without what was taken back
 * before any statement had it: neither pays anything.
 */
export function listDue(facts: Pick<Facts, 'find' | 'claims'>, { hospital, insurer }: Parties): readonly Due[] {
  const due: Due[] = [];
  let start: ClaimPlace | undefined;
  do {
    const { claims, next } = facts.claims.list({ hospital, insurer }, { order: 'submittedAt', start, most: perPage });
    for (const { relationRef, claimId } of claims) {
      const claim = facts.find<ClaimEntry>('claim', relationRef, claimId)?.value;
      const adjudication = facts.find<AdjudicationEntry>('adjudication', relationRef, claimId);
      if (claim?.use === 'claim' && adjudication !== undefined && isDue(adjudication.value)) due.push({ claim, adjudication });
    }
    start = next;
  } while (start !== undefined);
  return due;
}

function isDue({ n, status, outcome, settled }: AdjudicationEntry): boolean {
  if (status !== 'final' || n === settled?.n) return false;
  return settled !== undefined || outcome === 'complete' || outcome === 'partial';
}
