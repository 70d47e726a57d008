import { formatCanonical, formatInstant, parseEntryName, type EntryName, type Instant } from '@medaccord/chaincode/model';
import type { LedgerBlock } from '../ledger/ledger';
import { effects, type Effect } from './effects';
import {
  detailsOf,
  isWithdrawn,
  loadStanding,
  nextRuling,
  rule,
  type Asked,
  type RuledRecord,
  type Ruling,
  type Standing,
  type StandingOptions,
} from './standing';

export interface ConsentCheckOptions extends StandingOptions {
  /** @throws CodedError when it is not known that no newer block is missing here */
  readonly assertKnown: () => void;
  /** How much is kept. */
  readonly most?: typeof MOST;
  readonly now?: () => number;
}

/** Who asks for what, in which relation. */
export interface CheckQuestion extends Asked {
  readonly relationRef: string;
}

export interface CheckAnswer {
  readonly standing: Standing;
  readonly at: Instant;
  /** In the order of what was asked for. */
  readonly rulings: readonly Ruling[];
}

/** A record of this organisation as it is now. */
interface Held {
  readonly record: RuledRecord;
  readonly version: number;
  readonly subjectRef: string | null;
}

/** What is known of one relation, and what was answered on it: dropped as a whole. */
interface Slot {
  readonly relationRef: string;
  readonly loading: Promise<Standing>;
  standing: Standing | undefined;
  isDropped: boolean;
  readonly rulings: Map<string, Ruling>;
  /** The time in which they hold; null: for ever. */
  from: Instant;
  until: Instant | null;
}

/** About 100 MB when all is full. */
const MOST = { relations: 10_000, records: 50_000, rulings: 200_000 };
const BEGINNING = formatInstant(0);

/**
 * The gateway's own consent check: the shared rule over the read model, its answers kept. An answer is of one relation, purpose, person and
 * record version. It goes with the block that brings whatever could change it, and holds no longer than the periods that the rule looks at.
 * Nothing is answered while it is not known that no newer block is missing.
 */
export class ConsentCheck {
  readonly #options: ConsentCheckOptions;
  readonly #most: typeof MOST;
  readonly #slots = new Map<string, Slot>();
  readonly #held = new Map<string, Held>();
  #rulings = 0;
  /** Rulings that were given: kept ones again, and fresh ones. */
  readonly counts = { kept: 0, ruled: 0 };

  constructor(options: ConsentCheckOptions) {
    this.#options = options;
    this.#most = options.most ?? MOST;
  }

  /** @throws CodedError READ_MODEL_STALE, HEIGHT_NOT_PROVEN when it is not known that no newer block is missing here */
  assertKnown(): void {
    this.#options.assertKnown();
  }

  /**
   * What stands now of these records of this organisation, the custodian; what is not the patient's, or is not held, is denied.
   * @throws CodedError RELATION_UNKNOWN, READ_MODEL_STALE, HEIGHT_NOT_PROVEN
   */
  decide({ relationRef, purpose, person }: CheckQuestion, recordIds: readonly string[]): Promise<CheckAnswer> {
    const who = `${purpose}\n${formatCanonical(person)}\n`;
    return this.#answer(relationRef, (slot, standing, now) =>
      recordIds.map((recordId) => {
        const held = this.#findHeld(recordId);
        if (held === undefined || held.subjectRef !== standing.subjectRef) return nothingHeld(standing);
        const name = `${who}${recordId}/${String(held.version)}`;
        const kept = slot.rulings.get(name);
        this.counts[kept === undefined ? 'ruled' : 'kept'] += 1;
        return kept ?? this.#keep(slot, name, rule(standing, { purpose, person }, held.record, now));
      }),
    );
  }

  /** What the rule says of records as they are described, whoever holds them. @throws CodedError as `decide` */
  decideOn({ relationRef, ...asked }: CheckQuestion, records: readonly RuledRecord[]): Promise<CheckAnswer> {
    return this.#answer(relationRef, (_slot, standing, now) => records.map((record) => rule(standing, asked, record, now)));
  }

  /** Drops what a block may change, in the very turn in which the read model took it in. */
  onBlock({ transactions }: Pick<LedgerBlock, 'transactions'>): void {
    for (const { writes } of transactions) for (const { key } of writes) this.#dropBy(key);
  }

  async #answer(relationRef: string, decide: (slot: Slot, standing: Standing, now: Instant) => readonly Ruling[]): Promise<CheckAnswer> {
    for (;;) {
      this.#options.assertKnown();
      const slot = this.#slots.get(relationRef) ?? this.#open(relationRef);
      const standing = slot.standing ?? (await this.#load(slot));
      // A block came meanwhile.
      if (slot.isDropped) continue;
      this.#options.assertKnown();
      const now = formatInstant((this.#options.now ?? Date.now)());
      this.#keepInTime(slot, standing, now);
      const rulings = decide(slot, standing, now);
      // No public entry tells when what was sealed arrives: it is looked for each time.
      if (standing.isWaiting) this.#drop(slot);
      return { standing, at: now, rulings };
    }
  }

  #open(relationRef: string): Slot {
    if (this.#slots.size >= this.#most.relations) this.#dropAll();
    const loading = loadStanding(this.#options, relationRef);
    const slot: Slot = {
      ...{ relationRef, loading, standing: undefined, isDropped: false },
      ...{ rulings: new Map(), from: BEGINNING, until: BEGINNING },
    };
    this.#slots.set(relationRef, slot);
    return slot;
  }

  async #load(slot: Slot): Promise<Standing> {
    try {
      return (slot.standing = await slot.loading);
    } catch (error) {
      this.#drop(slot);
      throw error;
    }
  }

  #keepInTime(slot: Slot, standing: Standing, now: Instant): void {
    if (slot.from <= now && (slot.until === null || now < slot.until)) return;
    this.#rulings -= slot.rulings.size;
    slot.rulings.clear();
    slot.from = now;
    slot.until = nextRuling(standing, now);
  }

  #keep(slot: Slot, name: string, ruling: Ruling): Ruling {
    if (this.#rulings >= this.#most.rulings) this.#dropAll();
    if (slot.isDropped) return ruling;
    slot.rulings.set(name, ruling);
    this.#rulings += 1;
    return ruling;
  }

  #findHeld(recordId: string): Held | undefined {
    const known = this.#held.get(recordId);
    if (known !== undefined) return known;
    const { index, facts, mspId } = this.#options;
    const found = index.find(recordId);
    if (found === undefined || isWithdrawn(facts, mspId, recordId)) return undefined;
    const held = { record: detailsOf(found), version: found.version, subjectRef: found.subjectRef };
    if (this.#held.size >= this.#most.records) this.#held.clear();
    this.#held.set(recordId, held);
    return held;
  }

  #dropBy(key: string): void {
    const name = parseEntryName(key);
    if (name !== undefined) this.#drops[effects[name.type]](name);
  }

  readonly #drops: Readonly<Record<Effect, (name: EntryName) => void>> = {
    everything: () => {
      this.#dropAll();
    },
    relation: ({ ref }) => {
      this.#drop(this.#slots.get(ref));
    },
    patient: ({ ref }) => {
      for (const slot of this.#slots.values()) if (slot.standing === undefined || slot.standing.subjectRef === ref) this.#drop(slot);
    },
    // The record's id stands behind its custodian.
    record: ({ ref, id }) => {
      for (const recordId of [ref.split('/')[1] ?? '', id]) this.#held.delete(recordId);
    },
    records: () => {
      this.#held.clear();
    },
    nothing: () => undefined,
  };

  #drop(slot: Slot | undefined): void {
    if (slot === undefined || slot.isDropped) return;
    slot.isDropped = true;
    this.#rulings -= slot.rulings.size;
    this.#slots.delete(slot.relationRef);
  }

  #dropAll(): void {
    for (const slot of this.#slots.values()) this.#drop(slot);
    this.#held.clear();
  }
}

function nothingHeld({ consent, rules }: Standing): Ruling {
  return { decision: 'deny', reason: 'nothing-held', consentVersion: consent.version, rulesVersion: rules.version, obligations: [] };
}
