import type { SQLInputValue, StatementSync } from 'node:sqlite';
import type { Acknowledgement, AdjudicationEntry, AppealDecision, AppealEntry, ClaimEntry } from '@medaccord/chaincode/model';
import { newPreparer, type Database, type Row } from './database';
import type { Applied, Facts } from './facts';
import { mostSteps } from './rank-set';

/**
 * A row per claim that this organisation made or got. `work`: 1 where its insurer's agent has something to do for it, 2 where it had to give it
 * back because the body was not there, which can still arrive.
 */
export const claimTable = `
CREATE TABLE claim_row (
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
  PRIMARY KEY (ref, claim_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX claim_related ON claim_row (ref, related_id) WHERE related_id IS NOT NULL;
CREATE INDEX claim_work ON claim_row (insurer, work, ref, coverage_id) WHERE work > 0;
CREATE INDEX claim_named ON claim_row (claim_id, submitted);
CREATE INDEX claim_relation ON claim_row (ref, submitted, claim_id);
CREATE INDEX claim_submitted ON claim_row (submitted, claim_id);
CREATE INDEX claim_status ON claim_row (status, submitted, claim_id);
CREATE INDEX claim_hospital ON claim_row (hospital, submitted, claim_id);
CREATE INDEX claim_coverage ON claim_row (coverage_id, submitted, claim_id);
CREATE INDEX claim_duplicate ON claim_row (submitted, claim_id) WHERE duplicate = 1;
CREATE INDEX claim_overridden ON claim_row (submitted, claim_id) WHERE overridden = 1;`;

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
  readonly relationRef: string;
  readonly claimId: string;
  readonly coverageId: string;
  readonly hospital: string;
  readonly insurer: string;
  readonly submittedAt: string;
  readonly status: ClaimStatus;
  readonly flags: readonly ClaimFlag[];
}

/** Where a page of claims ends. */
export interface ClaimPlace {
  readonly submitted: string;
  readonly claimId: string;
}

export interface ClaimQuery {
  readonly relationRef?: string | undefined;
  readonly insurer?: string | undefined;
  readonly hospital?: string | undefined;
  readonly coverageId?: string | undefined;
  readonly status?: ClaimStatus | undefined;
  readonly flag?: ClaimFlag | undefined;
  /** Submitted from (inclusive) until (exclusive). */
  readonly from?: string | undefined;
  readonly until?: string | undefined;
}

export interface ClaimPage {
  readonly order: 'submittedAt' | '-submittedAt';
  readonly after?: ClaimPlace | undefined;
  readonly most: number;
}

const scannedAtOnce = 200;

/** What the insurer's agent looks at now, and what it looks at again when something sealed arrives. */
const works = { waiting: 1, lost: 2 } as const;

/** Claims as they are searched for: a page costs the same however many there are. */
export class ClaimList {
  readonly #facts: Pick<Facts, 'find' | 'list'>;
  readonly #mspId: string;
  readonly #prepare: (sql: string) => StatementSync;

  constructor(database: Database, facts: Pick<Facts, 'find' | 'list'>, mspId: string) {
    this.#facts = facts;
    this.#mspId = mspId;
    this.#prepare = newPreparer(database);
  }

  /** Follows an entry of the ledger. */
  keep({ type, value }: Applied): void {
    if (type !== 'claim' && type !== 'acknowledgement' && type !== 'adjudication' && type !== 'appeal-decision') return;
    const { relationRef, claimId } = value;
    this.#put(relationRef, claimId);
    const related = this.#prepare('SELECT claim_id FROM claim_row WHERE ref = ? AND related_id = ?').all(relationRef, claimId);
    for (const row of related) this.#put(relationRef, String((row as Row).claim_id));
  }

  /** Coverages of this insurer with claims that its agent has to look at; or with those that came back because the body was not there. */
  listWork(which: keyof typeof works = 'waiting'): readonly { readonly relationRef: string; readonly coverageId: string }[] {
    const sql = 'SELECT DISTINCT ref, coverage_id FROM claim_row INDEXED BY claim_work WHERE work > 0 AND insurer = ? AND work = ?';
    const rows = this.#prepare(sql).all(this.#mspId, works[which]);
    return rows.map((row) => ({ relationRef: String(row.ref), coverageId: String(row.coverage_id) }));
  }

  /** The claims of one coverage that wait for the insurer's agent, or for their bodies. */
  listWorkOf(relationRef: string, coverageId: string, which: keyof typeof works = 'waiting'): readonly string[] {
    const sql =
      'SELECT claim_id FROM claim_row INDEXED BY claim_work WHERE work > 0 AND insurer = ? AND work = ? AND ref = ? AND coverage_id = ?';
    return this.#prepare(sql)
      .all(this.#mspId, works[which], relationRef, coverageId)
      .map((row) => String(row.claim_id));
  }

  find(relationRef: string, claimId: string): ListedClaim | undefined {
    const row = this.#prepare('SELECT * FROM claim_row WHERE ref = ? AND claim_id = ?').get(relationRef, claimId);
    return row && parseListed(row);
  }

  /** Of every relation, the first that was made before others: an id is its hospital's word. */
  findNamed(claimId: string): readonly ListedClaim[] {
    const rows = this.#prepare('SELECT * FROM claim_row INDEXED BY claim_named WHERE claim_id = ? ORDER BY submitted').all(claimId);
    return rows.map(parseListed);
  }

  /** A page may hold less than asked for and yet have a next one: where much had to be looked at, it ends there. */
  list(
    query: ClaimQuery,
    { order, after, most }: ClaimPage,
  ): { readonly claims: readonly ListedClaim[]; readonly next: ClaimPlace | undefined } {
    const claims: ListedClaim[] = [];
    let last = after;
    for (let looked = 0; looked < mostSteps; looked += scannedAtOnce) {
      const seen = this.#read(query, { order, after: last, most: scannedAtOnce });
      for (const claim of seen) {
        if (!isAsked(claim, query)) continue;
        if (claims.length === most) return { claims, next: placeOf(claims.at(-1)) };
        claims.push(claim);
      }
      if (seen.length < scannedAtOnce) return { claims, next: undefined };
      last = placeOf(seen.at(-1));
    }
    return { claims, next: last };
  }

  /** By the one condition that leaves least; the others are looked at claim by claim. */
  #read(
    { relationRef, coverageId, flag, status, hospital, from, until }: ClaimQuery,
    { order, after, most }: ClaimPage,
  ): readonly ListedClaim[] {
    const [index, sql, values] = narrowest({ relationRef, coverageId, flag, status, hospital });
    const direction = order === 'submittedAt' ? 'ASC' : 'DESC';
    const further = order === 'submittedAt' ? '>' : '<';
    const parts: [string, readonly SQLInputValue[]][] = [
      [sql, values],
      ...(from === undefined ? [] : [['submitted >= ?', [from]] as [string, SQLInputValue[]]]),
      ...(until === undefined ? [] : [['submitted < ?', [until]] as [string, SQLInputValue[]]]),
      ...(after === undefined
        ? []
        : [[`(submitted, claim_id) ${further} (?, ?)`, [after.submitted, after.claimId]] as [string, SQLInputValue[]]]),
    ];
    const where = parts.map(([part]) => part).join(' AND ');
    const columns = `submitted ${direction}, claim_id ${direction}`;
    const statement = `SELECT * FROM claim_row INDEXED BY ${index} WHERE ${where} ORDER BY ${columns} LIMIT ?`;
    return this.#prepare(statement)
      .all(...parts.flatMap(([, each]) => each), most)
      .map(parseListed);
  }

  #put(relationRef: string, claimId: string): void {
    const claim = this.#facts.find<ClaimEntry>('claim', relationRef, claimId)?.value;
    if (claim === undefined || (claim.hospital !== this.#mspId && claim.insurer !== this.#mspId)) return;
    const standing = this.#findStanding(claim);
    const status = statusOf(claim, standing);
    const { related, coverageId, hospital, insurer, submittedAt, duplicates } = claim;
    this.#prepare('INSERT OR REPLACE INTO claim_row VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)').run(
      ...[relationRef, claimId, related?.claimId ?? null, coverageId, hospital, insurer, submittedAt, status],
      ...[Number(duplicates.length > 0), Number(standing.adjudication?.isOverridden === true), workOf(status, standing)],
    );
  }

  #findStanding({ relationRef, claimId, related }: ClaimEntry): Standing {
    const adjudicationOf = (id: string): AdjudicationEntry | undefined =>
      this.#facts.find<AdjudicationEntry>('adjudication', relationRef, id)?.value;
    return {
      acknowledgement: this.#facts.find<Acknowledgement>('acknowledgement', relationRef, claimId)?.value,
      adjudication: adjudicationOf(claimId),
      granted: this.#listGranted(relationRef, claimId),
      related: related === null ? undefined : adjudicationOf(related.claimId),
    };
  }

  #listGranted(relationRef: string, claimId: string): readonly number[] {
    const decisions = this.#facts.list<AppealDecision>('appeal-decision', relationRef).map(({ value }) => value);
    return decisions
      .filter((decision) => decision.claimId === claimId && decision.outcome === 'granted')
      .flatMap(({ number }) => this.#facts.find<AppealEntry>('appeal', relationRef, `${claimId}/${String(number)}`)?.value.n ?? []);
  }
}

/** What became of a claim, and of the one that it names. */
interface Standing {
  readonly acknowledgement: Acknowledgement | undefined;
  readonly adjudication: AdjudicationEntry | undefined;
  readonly related: AdjudicationEntry | undefined;
  /** The adjudications against which an appeal was granted. */
  readonly granted: readonly number[];
}

function statusOf(claim: ClaimEntry, { acknowledgement, adjudication, related, granted }: Standing): ClaimStatus {
  if (hasTakenBack(claim, related)) return 'complete';
  if (adjudication?.status === 'proposed') return 'proposed';
  if (adjudication !== undefined && isReopened(adjudication, granted)) return 'reopened';
  return adjudication?.outcome ?? acknowledgement?.outcome ?? 'submitted';
}

function isReopened({ n, outcome }: AdjudicationEntry, granted: readonly number[]): boolean {
  return outcome !== 'reversed' && granted.includes(n);
}

function hasTakenBack({ related: of }: ClaimEntry, related: AdjudicationEntry | undefined): boolean {
  return of?.relationship === 'reversal' && related?.outcome === 'reversed';
}

function workOf(status: ClaimStatus, { acknowledgement }: Standing): number {
  if (status === 'returned') return acknowledgement?.reason === 'body-not-received' ? works.lost : 0;
  return status === 'submitted' || status === 'received' ? works.waiting : 0;
}

type Narrow = Pick<ClaimQuery, 'relationRef' | 'coverageId' | 'flag' | 'status' | 'hospital'>;

function narrowest({ relationRef, coverageId, flag, status, hospital }: Narrow): [index: string, sql: string, values: readonly string[]] {
  if (coverageId !== undefined) return ['claim_coverage', 'coverage_id = ?', [coverageId]];
  if (relationRef !== undefined) return ['claim_relation', 'ref = ?', [relationRef]];
  if (flag !== undefined) return [`claim_${flag}`, `${flag} = 1`, []];
  if (status !== undefined) return ['claim_status', 'status = ?', [status]];
  return hospital === undefined ? ['claim_submitted', 'true', []] : ['claim_hospital', 'hospital = ?', [hospital]];
}

function isAsked(claim: ListedClaim, { relationRef, insurer, hospital, coverageId, status, flag }: ClaimQuery): boolean {
  const asked = { relationRef, insurer, hospital, coverageId, status };
  const isEqual = Object.entries(asked).every(([name, value]) => value === undefined || claim[name as keyof typeof asked] === value);
  return isEqual && (flag === undefined || claim.flags.includes(flag));
}

function placeOf(claim: ListedClaim | undefined): ClaimPlace | undefined {
  return claim && { submitted: claim.submittedAt, claimId: claim.claimId };
}

function parseListed(row: Row): ListedClaim {
  return {
    relationRef: String(row.ref),
    claimId: String(row.claim_id),
    coverageId: String(row.coverage_id),
    hospital: String(row.hospital),
    insurer: String(row.insurer),
    submittedAt: String(row.submitted),
    status: String(row.status) as ClaimStatus,
    flags: claimFlags.filter((flag) => Number(row[flag]) === 1),
  };
}
