import type { Row } from './database';

/**
 * `claim_row`: a row per claim that this organisation made or got, under a number in the order in which the ledger told of it. `work`: 1 where
 * its insurer's agent has something to do for it, 2 where it had to give it back because the body was not there, which can still arrive.
 * `amount` and what is beside it come from the body, once that is opened; `services` are keyed hashes. `claim_term`: what claims are found by.
 */
export const claimTable = `
DROP TABLE IF EXISTS claim_row;
DROP TABLE IF EXISTS claim_term;
CREATE TABLE claim_row (
  number INTEGER PRIMARY KEY,
  ref TEXT NOT NULL,
  claim_id TEXT NOT NULL,
  related_id TEXT,
  coverage_id TEXT NOT NULL,
  hospital TEXT NOT NULL,
  insurer TEXT NOT NULL,
  submitted TEXT NOT NULL,
  status TEXT NOT NULL,
  duplicate INTEGER NOT NULL,
  overridden INTEGER NOT NULL,
  work INTEGER NOT NULL,
  amount INTEGER,
  currency TEXT,
  services TEXT,
  UNIQUE (ref, claim_id)
) STRICT;
CREATE INDEX claim_related ON claim_row (ref, related_id) WHERE related_id IS NOT NULL;
CREATE INDEX claim_work ON claim_row (insurer, work, ref, coverage_id) WHERE work > 0;
CREATE INDEX claim_named ON claim_row (claim_id, submitted);
CREATE INDEX claim_unopened ON claim_row (insurer) WHERE amount IS NULL;
CREATE TABLE claim_term (
  term TEXT NOT NULL,
  at INTEGER NOT NULL,
  number INTEGER NOT NULL,
  PRIMARY KEY (term, at, number)
) STRICT, WITHOUT ROWID;`;

/**
 * Where a claim stands. `queued`, `partial`: all or some of its lines wait for a person; `proposed`: for a second one; `reversed`: taken back,
 * or corrected by a later claim; `reopened`: an appeal was granted, and the insurer decides it again. A claim that takes another back is complete when that one is reversed.
 */
export const claimStatuses = [
  ...(['submitted', 'received', 'returned', 'queued', 'partial'] as const),
  ...(['proposed', 'complete', 'reversed', 'reopened'] as const),
] as const;
export type ClaimStatus = (typeof claimStatuses)[number];

export const claimFlags = ['duplicate', 'overridden'] as const;
export type ClaimFlag = (typeof claimFlags)[number];

export interface ListedClaim {
  /** In the order in which the ledger told of it. */
  readonly number: number;
  readonly relationRef: string;
  readonly claimId: string;
  readonly coverageId: string;
  readonly hospital: string;
  readonly insurer: string;
  readonly submittedAt: string;
  readonly status: ClaimStatus;
  readonly flags: readonly ClaimFlag[];
  /** What all lines charge, in minor units, and the currency: null as long as the body has not been opened here. */
  readonly amount: number | null;
  readonly currency: string | null;
}

/** What a claim's body tells the index. */
export interface OpenedContent extends Pick<ListedClaim, 'relationRef' | 'claimId'> {
  readonly amount: number;
  readonly currency: string;
  /** Names of the services of its lines, made with the local key. */
  readonly services: readonly string[];
}

/** A claim with all that it is found by. */
export interface FindableClaim extends ListedClaim {
  readonly services: readonly string[];
}

export function parseClaimRow(row: Row): ListedClaim {
  return {
    number: Number(row.number),
    relationRef: String(row.ref),
    claimId: String(row.claim_id),
    coverageId: String(row.coverage_id),
    hospital: String(row.hospital),
    insurer: String(row.insurer),
    submittedAt: String(row.submitted),
    status: String(row.status) as ClaimStatus,
    flags: claimFlags.filter((flag) => Number(row[flag]) === 1),
    amount: row.amount === null ? null : Number(row.amount),
    currency: row.currency === null ? null : String(row.currency),
  };
}

export function parseFindable(row: Row): FindableClaim {
  return { ...parseClaimRow(row), services: row.services === null ? [] : String(row.services).split(' ').filter(Boolean) };
}
