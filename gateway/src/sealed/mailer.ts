import { MAX_SEALED_VALUES, type MspId } from '@medaccord/chaincode/model';
import { digestOf } from '../ledger/digest';
import { newLanes } from '../ledger/lanes';
import type { Transactions } from '../ledger/transactions';
import { readCode, toCodedError, type CodedError } from '../problem';
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
/** Transactions under way at once. */
const lanesInFlight = 8;
/** The most characters of one transaction's envelopes; a longer one goes alone. */
const mostCharacters = 4 * 1024 * 1024;
/** Categories of errors that say nothing of what was handed in. */
const undecided = ['uncertain', 'unavailable', 'internal'];
/** Errors that no repetition mends. */
const refusals = ['COMMITMENT_MISMATCH', 'SEALED_ALREADY_STORED'];
/** A receiver that cannot be reached is tried again at this pace. */
const pauseMs = { first: 500, most: 30_000 };

/** The next time that a receiver's parcels are tried. */
interface Round {
  pauseMs: number;
  timer: NodeJS.Timeout | undefined;
}

/** A parcel that leaves with the next transaction to its receiver. */
interface Gathered {
  readonly parcel: Parcel;
  readonly tell: (status: DeliveryStatus) => void;
}

/**
 * Brings sealed values into the receivers' collections, in transactions that the receiver endorses alone: never a condition of the public
 * entry that they belong to. What is there for one receiver at the same time goes in one transaction; where that is refused, its halves do.
 * An unreachable receiver is tried again until it is back, across restarts.
 */
export class Mailer {
  readonly #options: MailerOptions;
  readonly #lane = newLanes(lanesInFlight);
  readonly #running = new Map<string, Promise<DeliveryStatus>>();
  /** By receiver: what leaves as soon as a lane is free. */
  readonly #gathered = new Map<string, Gathered[]>();
  /** By name: the list in which a parcel was sent whose outcome is unknown. It is asked about as it was, until that is known. */
  readonly #unknown = new Map<string, symbol>();
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
    const running =
      this.#running.get(name) ??
      new Promise<DeliveryStatus>((tell) => {
        this.#gather({ parcel, tell });
      }).finally(() => this.#running.delete(name));
    this.#running.set(name, running);
    return running;
  }

  /** Those that come in the same turn, or while all lanes are taken, leave together. */
  #gather(one: Gathered): void {
    const { organisation } = one.parcel;
    const gathered = this.#gathered.get(organisation);
    if (gathered !== undefined) {
      gathered.push(one);
      return;
    }
    this.#gathered.set(organisation, [one]);
    setImmediate(() => void this.#lane(() => this.#sendGathered(organisation)));
  }

  async #sendGathered(organisation: string): Promise<void> {
    const gathered = this.#gathered.get(organisation) ?? [];
    this.#gathered.delete(organisation);
    const load = this.#takeLoad(gathered);
    for (const one of gathered) if (!load.includes(one)) this.#gather(one);
    await this.#send(organisation, load);
  }

  /** What goes in one transaction: a list whose outcome is unknown, or of the others as many as fit. */
  #takeLoad(gathered: readonly Gathered[]): readonly Gathered[] {
    const listOf = ({ parcel }: Gathered): symbol | undefined => this.#unknown.get(formatName(parcel));
    const list = gathered[0] && listOf(gathered[0]);
    const same = gathered.filter((one) => listOf(one) === list);
    return list === undefined ? same.slice(0, countThatFit(same)) : same;
  }

  async #send(organisation: string, load: readonly Gathered[]): Promise<void> {
    let parcels: readonly Parcel[] = load.map(({ parcel }) => parcel);
    let error: CodedError | undefined;
    try {
      parcels = await Promise.all(parcels.map((parcel) => this.#findKept(parcel)));
      await this.#submit(organisation, parcels);
    } catch (cause) {
      error = toCodedError(cause);
    }
    const list = Symbol(organisation);
    for (const name of parcels.map(formatName))
      if (error?.category === 'uncertain') this.#unknown.set(name, list);
      else this.#unknown.delete(name);
    if (error !== undefined && load.length > 1 && !undecided.includes(error.category)) {
      const half = Math.ceil(load.length / 2);
      for (const part of [load.slice(0, half), load.slice(half)]) await this.#send(organisation, part);
      return;
    }
    for (const [at, { tell }] of load.entries()) tell(await this.#settle(parcels[at] as Parcel, error));
  }

  /** The envelope that waits at a parcel's place, where the entry names none. */
  async #findKept(parcel: Parcel): Promise<Parcel> {
    if (isNamedByEntry(parcel)) return parcel;
    return { ...parcel, envelope: (await this.#options.outbox.find(parcel)) ?? parcel.envelope };
  }

  async #submit(organisation: string, parcels: readonly Parcel[]): Promise<void> {
    // In one order, so that the same list is the same operation. Another envelope for the same place is another one: what becomes of it
    // says nothing about this one.
    const named = new Map(parcels.map((parcel) => [formatName(parcel), parcel]));
    const names = [...named.keys()].sort();
    const sorted = names.flatMap((name) => named.get(name) ?? []);
    await this.#options.transactions.submit(
      'StoreSealed',
      { organisation: organisation as MspId, keys: sorted.map(({ kind, ref, id }) => ({ kind, ref, id })) },
      {
        operation: `sealed/${digestOf(names.join())}`,
        organisations: [organisation],
        input: { envelopes: sorted.map(({ envelope }) => envelope) },
        mayLag: true,
      },
    );
  }

  /** What became of a parcel, by how its transaction ended. */
  async #settle(parcel: Parcel, error: CodedError | undefined): Promise<DeliveryStatus> {
    const { outbox, onTrouble } = this.#options;
    const code = error && readCode(error);
    // Only this organisation stores its asks: another one that stands there is an earlier seal of the same ask.
    if (error !== undefined && !(parcel.kind === 'ask' && code === 'SEALED_ALREADY_STORED')) {
      onTrouble(error);
      if (!refusals.includes(code ?? '')) return 'pending';
      this.#refused.add(formatName(parcel));
      return 'refused';
    }
    // What cannot be taken out now is found delivered the next time.
    await outbox.remove(parcel).catch(onTrouble);
    return 'delivered';
  }
}

/** How many go in one transaction: one parcel at least. */
function countThatFit(gathered: readonly Gathered[]): number {
  let [count, characters] = [0, 0];
  for (const { parcel } of gathered.slice(0, MAX_SEALED_VALUES)) {
    characters += parcel.envelope.length;
    if (count > 0 && characters > mostCharacters) break;
    count += 1;
  }
  return count;
}

function isOrphan({ at }: WaitingParcel): boolean {
  return Date.now() - at > orphanMs;
}

function formatName({ organisation, kind, ref, id, envelope }: Parcel): string {
  return [organisation, kind, ref, id, ...(isNamedByEntry({ kind }) ? [digestOf(envelope)] : [])].join('/');
}
