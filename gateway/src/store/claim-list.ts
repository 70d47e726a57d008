import type { StatementSync } from 'node:sqlite';
import {
  epochMsOf,
  type Acknowledgement,
  type AdjudicationEntry,
  type AppealDecision,
  type AppealEntry,
  type ClaimEntry,
  type Instant,
} from '@medaccord/chaincode/model';
import { isBefore, newTermPlaces, seekStatements, uniteClaims, ClaimWalk, type ClaimKey, type Direction } from './claim-places';
import { claimStatuses, parseClaimRow, parseFindable, type ClaimStatus, type ListedClaim, type OpenedContent } from './claim-row';
import { boundsOf, isInBounds, termsAskedFor, termsOfClaim, type ClaimQuery, type ClaimScale } from './claim-terms';
import { inTransaction, newPreparer, type Database, type Row } from './database';
import type { Applied, Facts } from './facts';
import { mostSteps } from './rank-set';

/** By what a list of claims is ordered, upwards or (`-`) downwards; claims of one status by the time of their submission. */
export const claimOrders = ['submittedAt', '-submittedAt', 'amount', '-amount', 'status', '-status'] as const;
export type ClaimOrder = (typeof claimOrders)[number];

/** Where a page of claims begins: with the claim at this place; in an order by status, with this one. */
export interface ClaimPlace extends ClaimKey {
  readonly status?: ClaimStatus | undefined;
}

export interface ClaimPage {
  readonly order: ClaimOrder;
  readonly start?: ClaimPlace | undefined;
  readonly most: number;
}

export interface FoundClaims {
  readonly claims: readonly ListedClaim[];
  /** Where the next page begins. */
  readonly next: ClaimPlace | undefined;
}

/** What the insurer's agent looks at now, and what it looks at again when something sealed arrives. */
const works = { waiting: 1, lost: 2 } as const;

/** Claims as they are searched for: a page costs the same however many there are. */
export class ClaimList {
  readonly #facts: Pick<Facts, 'find' | 'list'>;
  readonly #mspId: string;
  readonly #database: Database;
  readonly #prepare: (sql: string) => StatementSync;

  constructor(database: Database, facts: Pick<Facts, 'find' | 'list'>, mspId: string) {
    this.#facts = facts;
    this.#mspId = mspId;
    this.#database = database;
    this.#prepare = newPreparer(database);
  }

  /** Follows an entry of the ledger. */
  keep({ type, value }: Applied): void {
    if (type !== 'claim' && type !== 'acknowledgement' && type !== 'adjudication' && type !== 'appeal-decision') return;
    const { relationRef, claimId } = value;
    this.#put(relationRef, claimId);
    for (const related of this.listRelated(relationRef, claimId)) this.#put(relationRef, related);
  }

  /** The claims that correct a claim or take it back. */
  listRelated(relationRef: string, claimId: string): readonly string[] {
    const rows = this.#prepare('SELECT claim_id FROM claim_row WHERE ref = ? AND related_id = ?').all(relationRef, claimId);
    return rows.map((row) => String(row.claim_id));
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

  /** Relations with claims of this insurer, in the order of their references. */
  listRelations(after: string, most: number): readonly string[] {
    const sql = 'SELECT DISTINCT ref FROM claim_row WHERE ref > ? AND insurer = ? ORDER BY ref LIMIT ?';
    return this.#prepare(sql)
      .all(after, this.#mspId, most)
      .map((row) => String(row.ref));
  }

  find(relationRef: string, claimId: string): ListedClaim | undefined {
    const row = this.#findRow(relationRef, claimId);
    return row && parseClaimRow(row);
  }

  /** Of every relation, the first that was made before others: an id is its hospital's word. */
  findNamed(claimId: string): readonly ListedClaim[] {
    const rows = this.#prepare('SELECT * FROM claim_row INDEXED BY claim_named WHERE claim_id = ? ORDER BY submitted').all(claimId);
    return rows.map(parseClaimRow);
  }

  /** Claims that this organisation got as an insurer and whose bodies have not been opened here, the oldest first. */
  listUnopened(): readonly ListedClaim[] {
    const sql = 'SELECT * FROM claim_row INDEXED BY claim_unopened WHERE insurer = ? AND amount IS NULL ORDER BY number';
    return this.#prepare(sql).all(this.#mspId).map(parseClaimRow);
  }

  get hasUnopened(): boolean {
    return (
      this.#prepare('SELECT 1 FROM claim_row INDEXED BY claim_unopened WHERE insurer = ? AND amount IS NULL').get(this.#mspId) !== undefined
    );
  }

  /** Keeps what the bodies of claims tell, by which they are found from now on: of all or of none. */
  open(opened: readonly OpenedContent[]): void {
    const sql = 'UPDATE claim_row SET amount = ?, currency = ?, services = ? WHERE ref = ? AND claim_id = ?';
    inTransaction(this.#database, () => {
      for (const { relationRef, claimId, amount, currency, services } of opened)
        this.#change(relationRef, claimId, () => {
          this.#prepare(sql).run(amount, currency, services.join(' '), relationRef, claimId);
        });
    });
  }

  /** A page may hold less than asked for and yet have a next one: where much had to be looked at, it ends there. */
  list(query: ClaimQuery, { order, start, most }: ClaimPage): FoundClaims {
    const claims: ListedClaim[] = [];
    let left = mostSteps;
    for (const { part, from } of partsOf(query, order, start)) {
      const status = order.endsWith('status') ? part.statuses?.[0] : undefined;
      const walk = this.#newWalk(part, order, from);
      for (let step = walk.step(); step !== 'end'; step = walk.step()) {
        const claim = step === 'leapt' ? undefined : this.#readWithin(step, part);
        if (claim !== undefined && claims.length === most) return { claims, next: { ...(step as ClaimKey), status } };
        if (claim !== undefined) claims.push(claim);
        left -= 1;
        if (left === 0) return { claims, next: { ...walk.key, status } };
      }
    }
    return { claims, next: undefined };
  }

  #newWalk(query: ClaimQuery, order: ClaimOrder, from: ClaimKey | undefined): ClaimWalk {
    const scale = order.endsWith('amount') ? 'amount' : 'time';
    const direction = order.startsWith('-') ? 'down' : 'up';
    const seek = this.#prepare(seekStatements[direction]);
    const places = termsAskedFor(query, scale).map((terms) => {
      return uniteClaims(
        terms.map((term) => newTermPlaces(seek, term, direction)),
        direction,
      );
    });
    const [first, until] = endsOf(query, scale, direction);
    return new ClaimWalk(places, [from === undefined || isBefore(from, first, direction) ? first : from, until], direction);
  }

  /** A claim, if it lies in the ranges that are asked for. */
  #readWithin({ number }: ClaimKey, query: ClaimQuery): ListedClaim | undefined {
    const claim = parseClaimRow(this.#prepare('SELECT * FROM claim_row WHERE number = ?').get(number) as Row);
    return isInBounds(claim, query) ? claim : undefined;
  }

  #put(relationRef: string, claimId: string): void {
    const claim = this.#facts.find<ClaimEntry>('claim', relationRef, claimId)?.value;
    if (claim === undefined || (claim.hospital !== this.#mspId && claim.insurer !== this.#mspId)) return;
    const standing = this.#findStanding(claim);
    const status = statusOf(claim, standing);
    const { related, coverageId, hospital, insurer, submittedAt, duplicates } = claim;
    this.#change(relationRef, claimId, () => {
      this.#prepare(
        `INSERT INTO claim_row (ref, claim_id, related_id, coverage_id, hospital, insurer, submitted, status, duplicate, overridden, work)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET status = excluded.status, overridden = excluded.overridden, work = excluded.work`,
      ).run(
        ...[relationRef, claimId, related?.claimId ?? null, coverageId, hospital, insurer, submittedAt, status],
        ...[Number(duplicates.length > 0), Number(standing.adjudication?.isOverridden === true), workOf(status, standing)],
      );
    });
  }

  /** Changes a row, and what it is found by with it. */
  #change(relationRef: string, claimId: string, change: () => void): void {
    const before = this.#termsOf(relationRef, claimId);
    change();
    const now = this.#termsOf(relationRef, claimId);
    for (const [term, { at, number }] of before)
      if (!now.has(term)) this.#prepare('DELETE FROM claim_term WHERE term = ? AND at = ? AND number = ?').run(term, at, number);
    for (const [term, { at, number }] of now)
      if (!before.has(term)) this.#prepare('INSERT INTO claim_term VALUES (?, ?, ?)').run(term, at, number);
  }

  #termsOf(relationRef: string, claimId: string): ReadonlyMap<string, ClaimKey> {
    const row = this.#findRow(relationRef, claimId);
    return row === undefined ? new Map<string, ClaimKey>() : termsOfClaim(parseFindable(row));
  }

  #findRow(relationRef: string, claimId: string): Row | undefined {
    return this.#prepare('SELECT * FROM claim_row WHERE ref = ? AND claim_id = ?').get(relationRef, claimId);
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

/** What a list is made of, one after another, and where the page begins in each: by status, the claims of each one. */
function partsOf(
  query: ClaimQuery,
  order: ClaimOrder,
  start: ClaimPlace | undefined,
): readonly { readonly part: ClaimQuery; readonly from: ClaimKey | undefined }[] {
  if (!order.endsWith('status')) return [{ part: query, from: start }];
  const asked = claimStatuses.filter((status) => query.statuses?.includes(status) ?? true);
  const ordered = order === 'status' ? asked : asked.toReversed();
  const left = start?.status === undefined ? ordered : ordered.slice(Math.max(0, ordered.indexOf(start.status)));
  return left.map((status) => ({ part: { ...query, statuses: [status] }, from: status === start?.status ? start : undefined }));
}

function endsOf(query: ClaimQuery, scale: ClaimScale, direction: Direction): readonly [from: ClaimKey, until: ClaimKey] {
  const [least, most] = boundsOf(query, scale);
  const [low, high] = [
    { at: least, number: 0 },
    { at: most, number: Number.MAX_SAFE_INTEGER },
  ];
  return direction === 'up' ? [low, high] : [high, low];
}

/** The place of a claim in a list by time. */
export function placeOfClaim({ submittedAt, number }: ListedClaim): ClaimPlace {
  return { at: epochMsOf(submittedAt as Instant), number };
}
