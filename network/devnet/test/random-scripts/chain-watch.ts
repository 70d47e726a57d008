import type { ChaincodeEvent, Network } from '@hyperledger/fabric-gateway';
import type { peer } from '@hyperledger/fabric-protos';

/** Where a transaction stands, as the filtered block of a peer says. */
export interface PlacedTransaction {
  readonly txId: string;
  readonly block: number;
  readonly index: number;
  readonly code: number;
  /** Name of its event; invalid transactions have theirs as well. */
  readonly event: string | undefined;
}

interface Waiting {
  readonly block: number;
  readonly go: () => void;
}

/** One peer's chain, followed. A peer hands a block out once it has applied it. */
class Follower {
  height = 0;
  #waiting: Waiting[] = [];

  async follow(blocks: AsyncIterable<peer.FilteredBlock>, onBlock: (block: peer.FilteredBlock) => void): Promise<void> {
    for await (const block of blocks) {
      onBlock(block);
      this.height = block.getNumber() + 1;
      const due = this.#waiting.filter((waiting) => waiting.block < this.height);
      this.#waiting = this.#waiting.filter((waiting) => waiting.block >= this.height);
      for (const { go } of due) go();
    }
  }

  reached(block: number): Promise<void> {
    if (block < this.height) return Promise.resolve();
    return new Promise((go) => this.#waiting.push({ block, go }));
  }
}

/** Follows a channel at all its peers from its first block on: who has which block, and where transactions stand. */
export class ChainWatch {
  readonly #followers: Follower[] = [];
  readonly #streams: { close(): void }[] = [];
  readonly #placed = new Map<string, PlacedTransaction[]>();
  readonly #placeWaiters = new Map<string, () => void>();
  readonly #byPlace = new Map<string, string>();
  readonly #events = new Map<string, readonly [name: string, payload: string]>();
  readonly #eventWaiters = new Map<string, () => void>();
  #count = 0;
  #closed = false;
  #failure: ((error: unknown) => void) | undefined;
  /** Rejects when a stream breaks. */
  readonly broken = new Promise<never>((_, reject) => (this.#failure = reject));

  constructor() {
    this.broken.catch(() => undefined);
  }

  /** networks: the channel at each organisation's peer; the events are those that the first one hears. */
  async start(networks: readonly Network[], chaincode: string): Promise<void> {
    for (const [index, network] of networks.entries()) {
      const follower = new Follower();
      this.#followers.push(follower);
      const blocks = await network.getFilteredBlockEvents({ startBlock: 0n });
      const onBlock = index === 0 ? this.#place.bind(this) : (): void => undefined;
      this.#run(blocks, follower.follow(blocks, onBlock));
    }
    const events = await networks[0]?.getChaincodeEvents(chaincode, { startBlock: 0n });
    if (events !== undefined) this.#run(events, this.#listen(events));
  }

  /** Number of blocks that every peer has. */
  get height(): number {
    return Math.min(...this.#followers.map(({ height }) => height));
  }

  /** Number of transactions seen. */
  get transactions(): number {
    return this.#count;
  }

  /** Resolves when every peer has applied the block. */
  async reached(block: number): Promise<void> {
    await Promise.race([this.broken, Promise.all(this.#followers.map((follower) => follower.reached(block)))]);
  }

  /** Resolves when a block holds a transaction with this id and every peer has applied the block. */
  async placed(txId: string): Promise<PlacedTransaction> {
    if (!this.#placed.has(txId)) await Promise.race([this.broken, new Promise<void>((go) => this.#placeWaiters.set(txId, go))]);
    const [place] = this.placesOf(txId);
    if (place === undefined) throw new Error(`${txId} has no place`);
    await this.reached(place.block);
    return place;
  }

  /** Every place of a transaction id; duplicates have more than one. */
  placesOf(txId: string): readonly PlacedTransaction[] {
    return this.#placed.get(txId) ?? [];
  }

  transactionAt(block: number, index: number): string | undefined {
    return this.#byPlace.get(`${String(block)}/${String(index)}`);
  }

  eventOf(txId: string): readonly [name: string, payload: string] | undefined {
    return this.#events.get(txId);
  }

  /** Resolves when the event of this transaction was heard, and with it those of all transactions before it. */
  async heard(txId: string): Promise<void> {
    if (this.#events.has(txId)) return;
    await Promise.race([this.broken, new Promise<void>((go) => this.#eventWaiters.set(txId, go))]);
  }

  close(): void {
    this.#closed = true;
    for (const stream of this.#streams) stream.close();
  }

  #run(stream: { close(): void }, following: Promise<void>): void {
    this.#streams.push(stream);
    following.then(
      () => this.#break(new Error('a stream of events ended')),
      (error: unknown) => this.#break(error),
    );
  }

  #break(error: unknown): void {
    if (!this.#closed) this.#failure?.(error);
  }

  #place(block: peer.FilteredBlock): void {
    for (const [index, transaction] of block.getFilteredTransactionsList().entries()) {
      const txId = transaction.getTxid();
      const [action] = transaction.getTransactionActions()?.getChaincodeActionsList() ?? [];
      const number = block.getNumber();
      const placed = {
        txId,
        block: number,
        index,
        code: transaction.getTxValidationCode(),
        event: action?.getChaincodeEvent()?.getEventName(),
      };
      this.#placed.set(txId, [...this.placesOf(txId), placed]);
      this.#placeWaiters.get(txId)?.();
      this.#placeWaiters.delete(txId);
      this.#byPlace.set(`${String(number)}/${String(index)}`, txId);
      this.#count++;
    }
  }

  async #listen(events: AsyncIterable<ChaincodeEvent>): Promise<void> {
    for await (const { transactionId, eventName, payload } of events) {
      this.#events.set(transactionId, [eventName, Buffer.from(payload).toString()]);
      this.#eventWaiters.get(transactionId)?.();
      this.#eventWaiters.delete(transactionId);
    }
  }
}
