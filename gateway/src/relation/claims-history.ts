import type { Acknowledgement, AdjudicationEntry, ClaimEntry, CoverageEntry, Instant } from '@medaccord/chaincode/model';
import type { Fact, Facts } from '../store';

interface Entry<K extends string> {
  readonly kind: K;
  readonly at: Instant;
  readonly transactionId: string;
  readonly block: number;
}

/** What hospital and insurer do about the bills of a relation. What was treated and what it costs stands in sealed documents. */
export type ClaimHistoryEntry =
  | (Entry<'coverage'> & Pick<CoverageEntry, 'coverageId' | 'version' | 'status' | 'insurer'>)
  | (Entry<'claim'> &
      Pick<ClaimEntry, 'claimId' | 'use' | 'coverageId' | 'related' | 'hospital' | 'insurer' | 'acknowledgeBy' | 'adjudicateBy'> & {
        readonly lines: number;
        /** How many of them another claim had billed before. */
        readonly duplicates: number;
      })
  | (Entry<'acknowledgement'> & Pick<Acknowledgement, 'claimId' | 'outcome' | 'reason' | 'by'>)
  | (Entry<'adjudication'> & Pick<AdjudicationEntry, 'claimId' | 'n' | 'outcome' | 'status' | 'manner' | 'isOverridden' | 'by'>);

export function readClaimsHistory(facts: Facts, relationRef: string): readonly ClaimHistoryEntry[] {
  return [
    ...facts.list<CoverageEntry>('coverage', relationRef).map(newCoverage),
    ...facts.list<ClaimEntry>('claim', relationRef).map(newClaim),
    ...facts.list<Acknowledgement>('acknowledgement', relationRef).map(newAcknowledgement),
    ...facts.list<AdjudicationEntry>('adjudication', relationRef).flatMap(newAdjudication),
  ];
}

function newCoverage({ value, transactionId, block }: Fact<CoverageEntry>): ClaimHistoryEntry {
  const { coverageId, version, status, insurer, recordedAt } = value;
  return { kind: 'coverage', at: recordedAt, transactionId, block, coverageId, version, status, insurer };
}

function newClaim({ value, transactionId, block }: Fact<ClaimEntry>): ClaimHistoryEntry {
  const { claimId, use, coverageId, related, hospital, insurer, tags, duplicates, submittedAt, acknowledgeBy, adjudicateBy } = value;
  const header = { claimId, use, coverageId, related, hospital, insurer, acknowledgeBy, adjudicateBy };
  return { kind: 'claim', at: submittedAt, transactionId, block, ...header, lines: tags.length, duplicates: duplicates.length };
}

function newAcknowledgement({ value, transactionId, block }: Fact<Acknowledgement>): ClaimHistoryEntry {
  const { claimId, outcome, reason, by, at } = value;
  return { kind: 'acknowledgement', at, transactionId, block, claimId, outcome, reason, by };
}

/** Each adjudication stands under its number; what stands under the claim alone is the newest of them once more. */
function newAdjudication({ id, value, transactionId, block }: Fact<AdjudicationEntry>): readonly ClaimHistoryEntry[] {
  const { claimId, n, outcome, status, manner, isOverridden, by, at } = value;
  if (id === claimId || at === null) return [];
  return [{ kind: 'adjudication', at, transactionId, block, claimId, n, outcome, status, manner, isOverridden, by }];
}
