import type { LedgerBlock, LedgerIdentity, BlockStream, Call } from '../../src/ledger/ledger';
import type { Carrier, Prepared, TransactionStatus } from '../../src/ledger/carrier';
import { AnswerError } from '../../src/ledger/answer-error';
import { translateAnswer } from '../../src/ledger/translate-answer';
import { newError } from '../../src/problem';
import { EndorsementRefused, newContractTwin, type ContractTwin, type TwinEndorsed, type TwinIdentity } from './contract-twin';

/** What a test can make go wrong, for one organisation's carrier. */
export interface Faults {
  /** The next sends reach the ledger, but their answer and the status are lost until the given number of status calls has passed. */
  loseAnswers: number;
  hideStatus: number;
  /** The next sends never reach the ledger. */
  loseSends: number;
  /** Organisations whose peer does not answer. */
  readonly down: Set<string>;
  /** The whole ledger does not answer. */
  unreachable: boolean;
  /** The next transactions get these codes, one each; 0 is committed as usual, any other has no effect. */
  readonly codes: number[];
}

/** The chaincode's real contract on one shared, committed state, as a ledger in memory that several gateways use. */
export class MemoryLedger {
  readonly twin: ContractTwin;
  readonly blocks: LedgerBlock[] = [];
  readonly statuses = new Map<string, TransactionStatus>();
  readonly endorsed = new Map<string, TwinEndorsed>();
  /** Every call that was endorsed, by transaction id. */
  readonly calls = new Map<string, Call>();
  readonly #identities = new Map<string, TwinIdentity>();
  readonly #followers = new Set<() => void>();
  #tail: Promise<unknown> = Promise.resolve();

  constructor(readonly members: readonly string[]) {
    this.twin = newContractTwin(members);
  }

  /** A client identity of a member; the twin does not check signatures. */
  async identity(mspId: string, role: string): Promise<LedgerIdentity> {
    const name = `${mspId}/${role}`;
    const identity = this.#identities.get(name) ?? (await this.twin.identity(mspId, role));
    this.#identities.set(name, identity);
    return { name, certificate: Buffer.from(identity.certificate), sign: () => new Uint8Array() };
  }

  async adoptRules(mspId: string, request: object): Promise<void> {
    const admin = await this.twin.identity(mspId, 'admin');
    this.commit(await this.endorse(admin, 'AdoptRules', { transaction: 'AdoptRules', request }));
  }

  /** The admins of these members approve a next version of the rules, and the first of them puts it in force. */
  async changeRules(next: object, approvedBy: readonly string[]): Promise<void> {
    for (const mspId of approvedBy) {
      const call = { transaction: 'ApproveRules', request: next, organisations: [mspId] };
      this.commit(await this.endorse(await this.twin.identity(mspId, 'admin'), call.transaction, call));
    }
    await this.adoptRules(approvedBy[0] ?? '', { ...next, approvedBy });
  }

  /** Simulations run one after another: the shim reads the peer's name from the environment. `agoMs`: so long ago the client says it is. */
  endorse(as: TwinIdentity, name: string, { request, transient, organisations }: Call, agoMs = 0): Promise<TwinEndorsed> {
    const work = async (): Promise<TwinEndorsed> => {
      this.twin.clock = new Date(Date.now() - agoMs).toISOString();
      const input = transient?.input;
      return this.twin.endorse(as, [name, JSON.stringify(request)], {
        ...(input === undefined ? {} : { input }),
        ...(organisations === undefined ? {} : { endorsers: organisations }),
      });
    };
    const mine = this.#tail.then(work, work);
    this.#tail = mine.catch(() => undefined);
    return mine;
  }

  commit(endorsed: TwinEndorsed, forced?: number): TransactionStatus {
    const { txId } = endorsed.proposal;
    const known = this.statuses.get(txId);
    if (known !== undefined) return known;
    const code = forced === undefined || forced === 0 ? this.twin.commit(endorsed) : forced;
    const { rwset, event } = endorsed.simulation;
    const writes = Object.entries(rwset.writes).map(([key, value]) => ({
      key,
      value: value === null ? undefined : Buffer.from(value, 'base64').toString('utf8'),
    }));
    const transaction = { index: 0, transactionId: txId, code, writes: code === 0 ? writes : [], event: code === 0 ? event : undefined };
    const status = { code, block: this.blocks.length };
    this.blocks.push({ number: status.block, time: code === 0 ? Date.now() : 0, transactions: [transaction] });
    this.statuses.set(txId, status);
    for (const wake of [...this.#followers]) wake();
    return status;
  }

  /** What members that collude can commit: anything at all under a key that has no policy of its own, with any event. */
  forge(writes: Readonly<Record<string, string>>, event?: { readonly name: string; readonly payload: string }): void {
    const { values, history } = this.twin.world;
    const number = this.blocks.length;
    for (const [key, text] of Object.entries(writes)) {
      const value = Buffer.from(text);
      values.set(key, { value, version: 1_000_000 + number });
      history.set(key, [...(history.get(key) ?? []), { value }]);
    }
    const transaction = {
      index: 0,
      transactionId: `forged-${String(number)}`,
      code: 0,
      writes: Object.entries(writes).map(([key, value]) => ({ key, value })),
      event,
    };
    this.blocks.push({ number, time: Date.now(), transactions: [transaction] });
    for (const wake of [...this.#followers]) wake();
  }

  identityOf(name: string): TwinIdentity {
    const identity = this.#identities.get(name);
    if (identity === undefined) throw new Error(`no identity ${name}`);
    return identity;
  }

  follow(start: number): BlockStream {
    let closed = false;
    let wake: () => void = () => undefined;
    const blocks = this.blocks;
    const followers = this.#followers;
    const close = (): void => {
      closed = true;
      wake();
    };
    return {
      close,
      async *[Symbol.asyncIterator]() {
        for (let next = start; !closed;) {
          const block = blocks[next];
          if (block !== undefined) {
            next += 1;
            yield block;
            continue;
          }
          await new Promise<void>((resolve) => {
            wake = resolve;
            followers.add(resolve);
          });
          followers.delete(wake);
        }
      },
    };
  }
}

/** One organisation's way to the memory ledger, with faults. */
export class MemoryCarrier implements Carrier {
  /** Called before each step of a transaction, and when it was taken; may wait, do something else first, or throw. */
  hook: (step: 'endorse' | 'send' | 'sent', call: Call) => Promise<void> | void = () => undefined;
  #held: Promise<void> = Promise.resolve();
  readonly faults: Faults = { loseAnswers: 0, hideStatus: 0, loseSends: 0, down: new Set(), unreachable: false, codes: [] };

  constructor(
    readonly ledger: MemoryLedger,
    readonly mspId: string,
  ) {}

  async evaluate(call: Call): Promise<string> {
    const endorsed = await this.#endorse({ ...call, organisations: [this.mspId] });
    return endorsed.simulation.payload;
  }

  async endorse(call: Call): Promise<Prepared> {
    await this.hook('endorse', call);
    const endorsed = await this.#endorse(call);
    const { txId } = endorsed.proposal;
    this.ledger.endorsed.set(txId, endorsed);
    this.ledger.calls.set(txId, call);
    return { transactionId: txId, envelope: Buffer.from(txId), result: endorsed.simulation.payload };
  }

  readEndorsers({ transactionId }: Prepared): readonly string[] {
    return this.ledger.endorsed.get(transactionId)?.endorsers ?? [];
  }

  async send(envelope: Uint8Array): Promise<void> {
    const call = this.ledger.calls.get(Buffer.from(envelope).toString());
    if (call !== undefined) await this.hook('send', call);
    this.#assertReachable();
    if (this.faults.loseSends > 0) {
      this.faults.loseSends -= 1;
      throw new Error('the orderers do not answer');
    }
    const endorsed = this.ledger.endorsed.get(Buffer.from(envelope).toString());
    if (endorsed === undefined) throw new Error('unknown envelope');
    this.ledger.commit(endorsed, this.faults.codes.shift());
    if (call !== undefined) await this.hook('sent', call);
    if (this.faults.loseAnswers > 0) {
      this.faults.loseAnswers -= 1;
      throw new Error('the answer is lost');
    }
  }

  async readStatus(transactionId: string): Promise<TransactionStatus | undefined> {
    await Promise.resolve();
    if (this.faults.unreachable) return undefined;
    if (this.faults.hideStatus > 0) {
      this.faults.hideStatus -= 1;
      return undefined;
    }
    return this.ledger.statuses.get(transactionId);
  }

  followBlocks(start: number): Promise<BlockStream> {
    const stream = this.ledger.follow(start);
    const held = (): Promise<void> => this.#held;
    return Promise.resolve({
      close: () => {
        stream.close();
      },
      async *[Symbol.asyncIterator]() {
        for await (const block of stream) {
          await held();
          yield block;
        }
      },
    });
  }

  /** Holds back further blocks, so that the organisation's read model lags, until the answer is called. */
  holdBlocks(): () => void {
    let release = (): void => undefined;
    this.#held = new Promise((resolve) => (release = resolve));
    return release;
  }

  async readHeight(): Promise<number> {
    await Promise.resolve();
    this.#assertReachable();
    return this.ledger.blocks.length;
  }

  async #endorse(call: Call): Promise<TwinEndorsed> {
    if (this.faults.unreachable || call.organisations?.some((mspId) => this.faults.down.has(mspId)) === true) {
      throw new AnswerError('unavailable', newError('LEDGER_UNAVAILABLE', 'Not enough organisations answered; nothing was submitted'));
    }
    const identity = call.identity ?? (await this.ledger.identity(this.mspId, 'gateway'));
    try {
      return await this.ledger.endorse(this.ledger.identityOf(identity.name), call.transaction, call);
    } catch (error) {
      if (!(error instanceof EndorsementRefused)) throw error;
      throw translateAnswer({ code: 10, message: error.message, details: [] }, 0);
    }
  }

  #assertReachable(): void {
    if (this.faults.unreachable) throw newError('LEDGER_UNAVAILABLE', 'The ledger does not answer');
  }
}
