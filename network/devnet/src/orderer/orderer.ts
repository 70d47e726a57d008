import { blockQuorum } from '../genesis/config-groups';
import type { Signer } from '../genesis/config-envelope';
import { EMPTY } from '../proto/bytes';
import { METADATA, blockHeaderHash, readBlock } from '../proto/blocks';
import { HEADER_TYPE } from '../proto/envelopes';
import type { Ledger } from '../store/ledger';
import { AcceptedStore, type AcceptedMessage } from './accepted-store';
import { assembleBlock, readLastConfig, type Consenter } from './assemble-block';
import { BatchClock } from './batch-clock';
import { batchLength, isBatchFull } from './cut-batch';
import { OrderingRefusal, inspectMessage, isStillAcceptable } from './intake';
import { messageKey } from './message-key';
import { configure, reconfigure } from './process-config-update';

export interface OrdererOptions {
  readonly ledger: Ledger;
  /** File of the accepted messages, or ':memory:'. */
  readonly file: string;
  /** Orderer identities by MSP id; those of the configuration's consenters are used. */
  readonly signers: ReadonlyMap<string, Signer>;
  /** See BatchTimes.idleMs. */
  readonly idleMs: number;
  /** The ledger refused a block: nothing can be ordered any more. */
  readonly onFailure: (cause: unknown) => void;
}

/**
 * Ordering of one channel by one process: messages in order of arrival, kept until committed, cut into signed blocks.
 * What BFT ordering adds, agreement of orderers that distrust each other, is left out.
 */
export class Orderer {
  readonly #options: OrdererOptions;
  readonly #store: AcceptedStore;
  readonly #clock: BatchClock;
  readonly #waitingKeys = new Set<string>();
  readonly #followers = new Map<string, (block: number | undefined) => void>();
  #waiting: AcceptedMessage[] = [];
  #sequence = 0;
  #previousHash: Uint8Array = EMPTY;
  #lastConfig = 0;
  #paused = false;
  #stopped: string | undefined;

  constructor(options: OrdererOptions) {
    this.#options = options;
    this.#store = new AcceptedStore(options.file);
    this.#clock = new BatchClock({ timeoutMs: options.ledger.channel.batch.timeoutMs, idleMs: options.idleMs }, () => this.#cut());
    this.#resume();
  }

  /** Number of messages that wait for a block. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /**
   * Takes a message (serialized common.Envelope). When this returns, the message outlives the process.
   * One that still waits is taken again; one in a block is refused, as BFT's request pool does.
   * @throws OrderingRefusal
   */
  submit(bytes: Uint8Array): void {
    if (this.#stopped !== undefined) throw new OrderingRefusal('SERVICE_UNAVAILABLE', this.#stopped);
    const { ledger } = this.#options;
    const { key, type } = inspectMessage(bytes, ledger.channel, new Date());
    if (this.#waitingKeys.has(key)) return;
    if (ledger.transaction(key) !== undefined)
      throw new OrderingRefusal('SERVICE_UNAVAILABLE', 'failed to submit request: request already processed');
    const isConfig = type === HEADER_TYPE.configUpdate;
    const envelope = isConfig ? configure(bytes, this.#configContext()) : bytes;
    const message = { sequence: ++this.#sequence, key, isConfig, envelope };
    this.#store.add(message);
    this.#take(message);
  }

  /**
   * Takes a message and follows it: the number of its block, or undefined when it was dropped (its configuration or its creator's rights went away).
   * @throws OrderingRefusal
   */
  async place(bytes: Uint8Array): Promise<number | undefined> {
    const key = messageKey(bytes);
    this.submit(bytes);
    return new Promise((resolve) => this.#followers.set(key, resolve));
  }

  /** Serialized Envelope of the newest configuration transaction. */
  configEnvelope(): Uint8Array {
    const block = this.#options.ledger.block(this.#lastConfig);
    return (block && readBlock(block).items[0]) ?? EMPTY;
  }

  /** Messages are accepted and kept, no block is cut. */
  pause(): void {
    this.#paused = true;
    this.#clock.stop();
  }

  resume(): void {
    this.#paused = false;
    this.#schedule();
  }

  close(): void {
    this.#stopped ??= 'the devnet is closing';
    this.#clock.stop();
    this.#store.close();
  }

  /** Continues the chain after a restart. At most one block was committed whose messages are still kept: its messages are not ordered again. */
  #resume(): void {
    const { ledger } = this.#options;
    const newest = ledger.block(ledger.height - 1);
    if (newest === undefined) throw new Error('the ledger has no block');
    const block = readBlock(newest);
    this.#previousHash = blockHeaderHash(block);
    this.#lastConfig = readLastConfig(block.metadata[METADATA.signatures] ?? EMPTY);
    const committed = new Set(block.items.map(messageKey));
    const kept = this.#store.all();
    this.#sequence = kept.at(-1)?.sequence ?? 0;
    for (const message of kept) if (!committed.has(messageKey(message.envelope))) this.#take(message);
  }

  #take(message: AcceptedMessage): void {
    this.#waiting.push(message);
    this.#waitingKeys.add(message.key);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#paused || this.#waiting.length === 0 || this.#stopped !== undefined) return;
    this.#clock.tick();
    if (isBatchFull(this.#waiting, this.#options.ledger.channel.batch)) this.#clock.due();
  }

  #cut(): void {
    if (this.#paused || this.#stopped !== undefined) return;
    try {
      this.#order();
    } catch (cause) {
      this.#stopped = 'the ledger could not be written';
      this.#options.onFailure(cause);
      return;
    }
    this.#schedule();
  }

  #order(): void {
    const { ledger } = this.#options;
    const batch = this.#waiting.slice(0, batchLength(this.#waiting, ledger.channel.batch));
    const newest = batch.at(-1);
    if (newest === undefined) return;
    const [first] = batch;
    const items = first?.isConfig === true ? this.#currentConfig(first) : batch.map(({ envelope }) => envelope);
    const block = items.length > 0 ? this.#commit(items, first?.isConfig === true) : undefined;
    this.#store.forgetUpTo(newest.sequence);
    this.#waiting = this.#waiting.slice(batch.length);
    for (const { key } of batch) this.#settle(key, block);
    if (first?.isConfig === true) this.#dropUnacceptable();
  }

  /** The configuration may have moved on since the message was accepted: then it is computed again, or dropped. */
  #currentConfig(message: AcceptedMessage): readonly Uint8Array[] {
    const current = reconfigure(message.envelope, this.#configContext());
    return current === undefined ? [] : [current];
  }

  #commit(items: readonly Uint8Array[], isConfig: boolean): number {
    const { ledger } = this.#options;
    const number = ledger.height;
    const lastConfig = isConfig ? number : this.#lastConfig;
    const bytes = assembleBlock({ number, previousHash: this.#previousHash, lastConfig, items }, this.#consenters());
    ledger.commit(bytes);
    this.#previousHash = blockHeaderHash(readBlock(bytes));
    this.#lastConfig = lastConfig;
    return number;
  }

  #settle(key: string, block: number | undefined): void {
    this.#waitingKeys.delete(key);
    this.#followers.get(key)?.(block);
    this.#followers.delete(key);
  }

  /** As many as a block needs to be valid. */
  #consenters(): readonly Consenter[] {
    const { ledger, signers } = this.#options;
    const all = ledger.channel.consenters.flatMap(({ id, mspId }) => {
      const signer = signers.get(mspId);
      return signer === undefined ? [] : [{ id, signer }];
    });
    return all.slice(0, blockQuorum(ledger.channel.consenters.length));
  }

  #dropUnacceptable(): void {
    const { channel } = this.#options.ledger;
    const now = new Date();
    this.#waiting = this.#waiting.filter((message) => {
      const keeps = message.isConfig || isStillAcceptable(message.envelope, channel, now);
      if (!keeps) this.#settle(message.key, undefined);
      return keeps;
    });
  }

  #configContext(): Parameters<typeof configure>[1] {
    const [consenter] = this.#consenters();
    if (consenter === undefined) throw new OrderingRefusal('SERVICE_UNAVAILABLE', 'no orderer can sign a configuration');
    return { channel: this.#options.ledger.channel, configEnvelope: this.configEnvelope(), orderer: consenter.signer };
  }
}
