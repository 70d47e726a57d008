import type { StatementSync } from 'node:sqlite';
import { formatCanonical, type Acknowledgement, type AdjudicationEntry, type ClaimEntry } from '@medaccord/chaincode/model';
import type { LedgerEvent } from '../ledger/ledger';
import { readStored } from '../ledger/read-stored';
import type { ClaimList } from './claim-list';
import type { ClaimStatus } from './claim-row';
import { newPreparer, type Database, type Row } from './database';
import type { Applied, Facts } from './facts';

/** A row per step of a claim that this organisation made. Filled while blocks are applied, it is the same whenever it is filled again. */
export const claimEventTable = `
CREATE TABLE claim_event (
  block INTEGER NOT NULL,
  place INTEGER NOT NULL,
  ref TEXT NOT NULL,
  claim_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  status TEXT NOT NULL,
  more TEXT NOT NULL,
  PRIMARY KEY (block, place)
) STRICT, WITHOUT ROWID;`;

/**
 * What happens to a claim. `documented`: the document of a decision has arrived, so it can be read, and is worked out again; `settled`: a
 * statement that both signed has it.
 */
export const claimEventKinds = [
  ...(['submitted', 'acknowledged', 'adjudicated', 'documented'] as const),
  ...(['appealed', 'appeal-decided', 'settled'] as const),
] as const;
export type ClaimEventKind = (typeof claimEventKinds)[number];

/** Where an event stands among all: its block, and its place there, from 1 on. */
export interface EventPlace {
  readonly block: number;
  readonly place: number;
}

/** Ids, numbers and words of the ledger: no amount, nothing personal. */
export interface ClaimEvent extends EventPlace {
  readonly relationRef: string;
  readonly claimId: string;
  readonly kind: ClaimEventKind;
  /** Where the claim stands after it. */
  readonly status: ClaimStatus;
  readonly more: Readonly<Record<string, unknown>>;
}

type Happened = Pick<ClaimEvent, 'relationRef' | 'claimId' | 'kind' | 'more'>;
type ClaimName = Pick<ClaimEvent, 'relationRef' | 'claimId'>;

/** The steps of the claims that this organisation made, in the order of the ledger. */
export class ClaimEvents {
  readonly #facts: Pick<Facts, 'find' | 'height'>;
  readonly #claims: Pick<ClaimList, 'find' | 'listRelated'>;
  readonly #mspId: string;
  readonly #prepare: (sql: string) => StatementSync;

  constructor(
    database: Database,
    { facts, claims, mspId }: { facts: Pick<Facts, 'find' | 'height'>; claims: Pick<ClaimList, 'find' | 'listRelated'>; mspId: string },
  ) {
    this.#facts = facts;
    this.#claims = claims;
    this.#mspId = mspId;
    this.#prepare = newPreparer(database);
  }

  /** After which place everything is still to come. */
  get end(): EventPlace {
    return { block: this.#facts.height, place: 0 };
  }

  /** Those after a place, the oldest first. */
  list({ block, place }: EventPlace, most: number): readonly ClaimEvent[] {
    const sql = 'SELECT * FROM claim_event WHERE (block, place) > (?, ?) ORDER BY block, place LIMIT ?';
    return this.#prepare(sql).all(block, place, most).map(parseEvent);
  }

  /** What an entry tells that is not written yet: it is held against the one in whose place it comes. */
  see(applied: Applied): readonly Happened[] {
    switch (applied.type) {
      case 'claim':
        return [{ ...nameOf(applied.value), kind: 'submitted', more: { use: applied.value.use } }];
      case 'acknowledgement':
        return this.#seeAcknowledgement(applied.value);
      case 'adjudication':
        return this.#seeAdjudication(applied.value);
      case 'appeal': {
        const { number, n, party } = applied.value;
        return [{ ...nameOf(applied.value), kind: 'appealed', more: { number, n, party } }];
      }
      case 'appeal-decision': {
        const { number, outcome } = applied.value;
        return [{ ...nameOf(applied.value), kind: 'appeal-decided', more: { number, outcome } }];
      }
      default:
        return [];
    }
  }

  /** An event of the ledger is a hint alone: so is what is made of it. */
  hear(event: LedgerEvent): readonly Happened[] {
    return readStored(event).flatMap(({ kind, ref, id }): Happened[] => {
      const [claimId, n] = /^([A-Za-z0-9_-]{22,64})\.(\d{1,7})$/.exec(String(id))?.slice(1) ?? [];
      if (kind !== 'adjudication' || typeof ref !== 'string' || claimId === undefined) return [];
      return [{ relationRef: ref, claimId, kind: 'documented', more: { n: Number(n) } }];
    });
  }

  /** Keeps what was seen, now that the entries say so. */
  add(block: number, happened: readonly Happened[]): void {
    for (const { relationRef, claimId, kind, more } of happened) {
      const claim = this.#claims.find(relationRef, claimId);
      if (claim?.hospital === this.#mspId) this.#insert(block, relationRef, claimId, kind, claim.status, formatCanonical(more));
    }
  }

  #insert(block: number, ...values: readonly string[]): void {
    const place = '(SELECT coalesce(max(place), 0) + 1 FROM claim_event WHERE block = ?)';
    this.#prepare(`INSERT INTO claim_event VALUES (?, ${place}, ?, ?, ?, ?, ?)`).run(block, block, ...values);
  }

  #seeAcknowledgement({ outcome, reason, ...name }: Acknowledgement): readonly Happened[] {
    const before = this.#facts.find<Acknowledgement>('acknowledgement', name.relationRef, name.claimId)?.value;
    if (before?.outcome === outcome && before.reason === reason) return [];
    return [{ ...nameOf(name), kind: 'acknowledged', more: { outcome, reason } }];
  }

  #seeAdjudication(entry: AdjudicationEntry): readonly Happened[] {
    const before = this.#facts.find<AdjudicationEntry>('adjudication', entry.relationRef, entry.claimId)?.value;
    return [...this.#seeDecision(entry, before), ...seeSettlement(entry, before)];
  }

  #seeDecision(entry: AdjudicationEntry, before: AdjudicationEntry | undefined): readonly Happened[] {
    const { n, outcome, status } = entry;
    if (n === 0 || (before?.n === n && before.status === status)) return [];
    // What takes another claim back has no adjudication of its own.
    const decided = [entry, ...(outcome === 'reversed' ? this.#listReversals(entry) : [])];
    return decided.map((one) => ({ ...nameOf(one), kind: 'adjudicated', more: { n, outcome, isFinal: status === 'final' } }));
  }

  #listReversals({ relationRef, claimId }: ClaimName): readonly ClaimEntry[] {
    const related = this.#claims.listRelated(relationRef, claimId);
    const claims = related.flatMap((id) => this.#facts.find<ClaimEntry>('claim', relationRef, id)?.value ?? []);
    return claims.filter((claim) => claim.related?.relationship === 'reversal');
  }
}

function seeSettlement(entry: AdjudicationEntry, before: AdjudicationEntry | undefined): readonly Happened[] {
  const { settled } = entry;
  if (settled === undefined || formatCanonical(settled) === formatCanonical(before?.settled ?? null)) return [];
  return [{ ...nameOf(entry), kind: 'settled', more: { n: settled.n, statement: settled.number } }];
}

function nameOf({ relationRef, claimId }: ClaimName): ClaimName {
  return { relationRef, claimId };
}

function parseEvent(row: Row): ClaimEvent {
  return {
    block: Number(row.block),
    place: Number(row.place),
    relationRef: String(row.ref),
    claimId: String(row.claim_id),
    kind: String(row.kind) as ClaimEventKind,
    status: String(row.status) as ClaimStatus,
    more: JSON.parse(String(row.more)) as ClaimEvent['more'],
  };
}
