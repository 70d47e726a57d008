import type { MspId } from '@medaccord/chaincode/model';
import { digestOf } from '../ledger/digest';
import { newLanes } from '../ledger/lanes';
import type { Transactions } from '../ledger/transactions';
import { readCode } from '../problem';
import type { Facts } from '../store/facts';
import { isNamedByEntry, type Outbox, type Parcel, type WaitingParcel } from '../store/outbox';
import { placeOfParcel } from './place-of-parcel';

export interface MailerOptions {
  readonly outbox: Outbox;
  readonly facts: Facts;
  readonly transactions: Transactions;
  readonly onTrouble: (error: unknown) => void;
}

/** `refused`: the receiver will never take it; it stays in the outbox to be looked at. */
export type DeliveryStatus = 'delivered' | 'pending' | 'refused';

/** What belongs to an entry that never came is dropped after this time. */
const orphanMs = 24 * 3_600_000;
/** Parcels under way at once. */
const lanesInFlight = 8;
/** Errors that no repetition mends. */
const refusals = ['COMMITMENT_MISMATCH', 'SEALED_ALREADY_STORED'];
/** A receiver that cannot be reached is tried again at this pace. */
const pauseMs = { first: 500, most: 30_000 };

/** The next time that a receiver's parcels are tried. */
interface Round {
  pauseMs: number;
  timer: NodeJS.Timeout | undefined;
}

/**
 * Brings sealed values into the receivers' collections, each in a transaction of its own that the receiver endorses: never a condition of the
 * public entry that they belong to. An unreachable receiver is tried again until it is back, across restarts.
 */
export class Mailer {
  readonly #options: MailerOptions;
  readonly #lane = newLanes(lanesInFlight);
  readonly #running = new Map<string, Promise<DeliveryStatus>>();
  /** By name: parcels whose public entry was not on the ledger when they were put in or last looked at. */
  readonly #early = new Map<string, WaitingParcel>();
  /** By receiver: one that cannot be reached holds nobody else's parcels up. */
  readonly #rounds = new Map<string, Round>();
  /** Names of parcels that were refused for good; tried again after a restart. */
  readonly #refused = new Set<string>();
  #stopped = false;

  constructor(options: MailerOptions) {
    this.#options = options;
  }

  /** Keeps parcels; they leave once the entry that they belong to is on the ledger. They are durable when the next transaction is sent. */
  async put(parcels: readonly Parcel[]): Promise<void> {
    await this.#options.outbox.put(parcels);
    for (const parcel of parcels) this.#early.set(formatName(parcel), { ...parcel, at: Date.now() });
  }

  /** Tries these parcels now; whatever does not arrive is tried again later. */
  async deliver(parcels: readonly Parcel[]): Promise<readonly DeliveryStatus[]> {
    for (const parcel of parcels) this.#early.delete(formatName(parcel));
    const statuses = await Promise.all(parcels.map((parcel) => this.#deliver(parcel)));
    parcels.forEach(({ organisation }, at) => {
      if (statuses[at] === 'delivered') this.#roundOf(organisation).pauseMs = pauseMs.first;
    });
    parcels.forEach(({ organisation }, at) => {
      if (statuses[at] === 'pending') this.#schedule(organisation);
    });
    return statuses;
  }

  /** Forgets parcels whose entry will never come. */
  async drop(parcels: readonly Parcel[]): Promise<void> {
    for (const parcel of parcels) {
      this.#early.delete(formatName(parcel));
      await this.#options.outbox.remove(parcel).catch(this.#options.onTrouble);
    }
  }

  /** Begins with what an earlier run left. */
  async start(): Promise<void> {
    const waiting = await this.#options.outbox.list();
    for (const organisation of new Set(waiting.map((parcel) => parcel.organisation))) this.#schedule(organisation, 0);
  }

  /** Sends off what waited for an entry of this block. */
  onBlock(): void {
    const ready: Parcel[] = [];
    for (const [name, parcel] of this.#early) {
      const place = placeOfParcel(this.#options.facts, parcel);
      if (place === 'wanted') ready.push(parcel);
      else if (place === 'of another' || isOrphan(parcel)) this.#drop(name, parcel);
    }
    if (ready.length > 0 && !this.#stopped) void this.deliver(ready);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const { timer } of this.#rounds.values()) clearTimeout(timer);
    await Promise.allSettled(this.#running.values());
  }

  #roundOf(organisation: string): Round {
    const round = this.#rounds.get(organisation) ?? { pauseMs: pauseMs.first, timer: undefined };
    this.#rounds.set(organisation, round);
    return round;
  }

  #schedule(organisation: string, inMs?: number): void {
    const round = this.#roundOf(organisation);
    if (this.#stopped || round.timer !== undefined) return;
    round.timer = setTimeout(() => {
      round.timer = undefined;
      round.pauseMs = Math.min(pauseMs.most, round.pauseMs * 2);
      this.#deliverTo(organisation).catch((error: unknown) => {
        this.#options.onTrouble(error);
        this.#schedule(organisation);
      });
    }, inMs ?? round.pauseMs);
    round.timer.unref();
  }

  async #deliverTo(organisation: string): Promise<void> {
    const waiting = (await this.#options.outbox.list()).filter((parcel) => parcel.organisation === organisation);
    const ready = waiting.filter((parcel) => {
      const place = placeOfParcel(this.#options.facts, parcel);
      if (place === 'wanted') return !this.#refused.has(formatName(parcel));
      if (place === 'of another' || isOrphan(parcel)) this.#drop(formatName(parcel), parcel);
      else this.#early.set(formatName(parcel), parcel);
      return false;
    });
    await this.deliver(ready);
  }

  #drop(name: string, parcel: Parcel): void {
    this.#early.delete(name);
    this.#options.outbox.remove(parcel).catch(this.#options.onTrouble);
  }

  #deliver(parcel: Parcel): Promise<DeliveryStatus> {
    const name = formatName(parcel);
    const running = this.#running.get(name) ?? this.#lane(() => this.#submit(parcel)).finally(() => this.#running.delete(name));
    this.#running.set(name, running);
    return running;
  }

  async #submit(parcel: Parcel): Promise<DeliveryStatus> {
    const { organisation, kind, ref, id } = parcel;
    const { outbox, onTrouble } = this.#options;
    // Another envelope for the same place is another operation: what becomes of it says nothing about this one.
    const operation = `sealed/${formatName(parcel)}`;
    let { envelope } = parcel;
    try {
      if (!isNamedByEntry(parcel)) envelope = (await outbox.find(parcel)) ?? envelope;
      await this.#options.transactions.submit(
        'StoreSealed',
        { organisation: organisation as MspId, kind, ref, id },
        {
          operation,
          organisations: [organisation],
          input: { envelope },
          mayLag: true,
        },
      );
    } catch (error) {
      // Only this organisation stores its asks: another one that stands there is an earlier seal of the same ask.
      if (kind !== 'ask' || readCode(error) !== 'SEALED_ALREADY_STORED') {
        onTrouble(error);
        if (!refusals.includes(readCode(error) ?? '')) return 'pending';
        this.#refused.add(formatName({ ...parcel, envelope }));
        return 'refused';
      }
    }
    // What cannot be taken out now is found delivered the next time.
    await outbox.remove({ ...parcel, envelope }).catch(onTrouble);
    return 'delivered';
  }
}

function isOrphan({ at }: WaitingParcel): boolean {
  return Date.now() - at > orphanMs;
}

function formatName({ organisation, kind, ref, id, envelope }: Parcel): string {
  return [organisation, kind, ref, id, ...(isNamedByEntry({ kind }) ? [digestOf(envelope)] : [])].join('/');
}
