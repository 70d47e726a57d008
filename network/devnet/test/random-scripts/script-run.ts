import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { GatewayError, type Contract, type Proposal, type ProposalOptions, type Transaction } from '@hyperledger/fabric-gateway';
import { common, gateway as messages } from '@hyperledger/fabric-protos';
import { readPayload, readSerializedIdentity } from '../../src/proto/envelopes';
import { readRwSet } from '../../src/proto/rwset';
import { readActionPayload, readChaincodeAction, readResponsePayload, readTransaction } from '../../src/proto/transactions';
import { normaliseError, normaliseResult } from '../support/normalise-answer';
import type { PlacedTransaction } from './chain-watch';
import { craftTransaction } from './craft-transaction';
import { isFatalBlock } from './fatal-block';
import { formatSimulation, newPlainTexts, type SimulationWords } from './format-simulation';
import { probesOf } from './probe-state';
import type { Answer, Call, GatewayFailure, Heard, OrderedAnswer, Run, Script, Step } from './script';
import type { ScriptLedger } from './script-ledger';
import { callsOf, formatOperations, formatTransient, textsOf, withoutPrefix } from './script-texts';

/** Chance came in the way of what the script is about; another run may do better. */
export class RunAgain extends Error {
  override readonly name = 'RunAgain';
}

/** Draws until the gateway chooses the endorsers that it chose on the other ledger. */
const DRAWS = 100;
const DRAWS_OF_FAILURES = 20;
/** An orderer remembers the last thousand transactions (SmartBFT, defaultSizeOfDelElements). */
const REMEMBERED = 800;
/** Between transactions for one block: enough to arrive in this order, too little for a block of their own. */
const STAGGER_MS = 25;
const BRIEF = 'brief';
/** Of a busy machine: a peer hangs up on another, which says so to the client. */
const BROKEN_CONNECTION = /closing transport due to|client connection is closing|error reading from server/;

interface Kept {
  readonly proposal: Proposal | undefined;
  readonly transaction: Transaction;
  /** Once it was ordered. */
  place?: PlacedTransaction;
  /** Transactions on the ledger at that time. */
  placedAt?: number;
}

export interface RunOptions {
  /** Of all keys. */
  readonly prefix: string;
  /** What another ledger answered: where endorsers are drawn by lot, the draw is repeated until it is the same. */
  readonly wanted?: Run | undefined;
  /** Block to live of the collection `brief`. */
  readonly blockToLive: number;
}

/** One run of a script on a ledger. */
export class ScriptRun {
  readonly #kept = new Map<string, Kept>();
  readonly #names = new Map<string, string>();
  readonly #words: SimulationWords;
  #briefBlock: number | undefined;
  #where = 'its start';

  constructor(
    readonly ledger: ScriptLedger,
    readonly script: Script,
    readonly options: RunOptions,
  ) {
    this.#words = {
      writer: ({ block, tx }) => this.#names.get(ledger.watch.transactionAt(block, tx) ?? '') ?? 'another',
      plain: newPlainTexts(textsOf(script, options.prefix)),
    };
  }

  /** @throws RunAgain */
  async run(): Promise<Run> {
    const answers: Answer[] = [];
    for (const [index, step] of this.script.steps.entries()) {
      this.#where = `step ${String(index + 1)}: ${JSON.stringify(step)}`;
      answers.push(this.#clean(await this.#step(step, this.options.wanted?.answers[index])));
      this.#assertStillThere(step);
    }
    this.#where = 'its end';
    if (this.#briefBlock !== undefined) await this.#expire();
    const state: Answer[] = [];
    for (const call of probesOf(this.script, this.ledger.mspIds)) state.push(this.#clean(await this.#evaluate(call)));
    return { prefix: this.options.prefix, answers, state, heard: this.#clean(await this.#listen()) };
  }

  /** For people. */
  where(): string {
    return this.#where;
  }

  #clean<T>(answer: T): T {
    return withoutPrefix(answer, this.options.prefix);
  }

  async #step(step: Step, wanted: Answer | undefined): Promise<Answer> {
    switch (step.kind) {
      case 'evaluate':
        return this.#evaluateLike(step.call, wanted);
      case 'submit': {
        const answer = await this.#endorse(step.call, step.as, wanted);
        return this.#kept.has(step.as) ? { ...answer, ...without(await this.#commit(step.as), 'name') } : answer;
      }
      case 'endorse':
        return this.#endorse(step.call, step.as, wanted);
      case 'craft':
        return this.#craft(step.from, step.change, step.as);
      case 'order':
        return this.#order(step.names, step.together, wanted);
      case 'resubmit':
        return this.#resubmit(step.name);
      case 'repropose':
        return this.#repropose(step.name);
      case 'expire':
        await this.#expire();
        return {};
    }
  }

  #contract({ org, place = {} }: Call): Contract {
    const { channel, chaincode } = this.ledger.spec;
    return this.ledger
      .gateway(org)
      .getNetwork(place.channel ?? channel)
      .getContract(place.chaincode ?? chaincode);
  }

  #proposal(call: Call): Proposal {
    const options: ProposalOptions = {
      arguments: [formatOperations(call, this.options.prefix)],
      ...(call.transient === undefined ? {} : { transientData: formatTransient(call, this.options.prefix) }),
      ...(call.named === undefined ? {} : { endorsingOrganizations: [...call.named] }),
    };
    return this.#contract(call).newProposal(call.place?.transaction ?? 'run', options);
  }

  #evaluate(call: Call): Promise<Answer> {
    return answering(async () => ({ result: normaliseResult(text(await this.#proposal(call).evaluate())) }));
  }

  /** Of several named organisations the gateway asks the one that it believes to be ahead: the same as another ledger's is asked alone. */
  async #evaluateLike(call: Call, wanted: Answer | undefined): Promise<Answer> {
    const own = await this.#evaluate(call);
    if (wanted === undefined) return own;
    const isWanted = (answer: Answer): boolean => isDeepStrictEqual(this.#clean(answer), wanted);
    if (isWanted(own)) return own;
    for (const mspId of call.named ?? []) {
      const answer = await this.#evaluate({ ...call, named: [mspId] });
      if (isWanted(answer)) return answer;
    }
    return own;
  }

  async #endorse(call: Call, as: string, wanted: Answer | undefined): Promise<Answer> {
    for (let draw = 1; ; draw++) {
      const proposal = this.#proposal(call);
      let transaction: Transaction | undefined;
      const answer = await answering(async () => {
        transaction = await proposal.endorse();
        return this.#describe(transaction);
      });
      const limit = call.named !== undefined || wanted === undefined ? 1 : sameOutcome(answer, wanted) ? DRAWS : DRAWS_OF_FAILURES;
      if (draw < limit && !this.#isDrawn(answer, wanted)) continue;
      if (transaction !== undefined) this.#keep(as, transaction, proposal);
      return answer;
    }
  }

  #isDrawn(answer: Answer, wanted: Answer | undefined): boolean {
    return isDeepStrictEqual(this.#clean(answer.failure ?? answer.endorsers), wanted?.failure ?? wanted?.endorsers);
  }

  #keep(name: string, transaction: Transaction, proposal?: Proposal): void {
    this.#kept.set(name, { proposal, transaction });
    this.#names.set(transaction.getTransactionId(), name);
  }

  #describe(transaction: Transaction): Answer {
    const prepared = messages.PreparedTransaction.deserializeBinary(transaction.getBytes());
    const [only] = readTransaction(readPayload((prepared.getEnvelope() ?? new common.Envelope()).getPayload_asU8()).data);
    const action = only && readActionPayload(only.payload);
    if (action === undefined) throw new Error('the gateway prepared a transaction without an action');
    const { results } = readChaincodeAction(readResponsePayload(action.responsePayload).extension);
    return {
      result: normaliseResult(text(transaction.getResult())),
      endorsers: action.endorsements.map(({ endorser }) => readSerializedIdentity(endorser).mspId).sort(),
      simulation: formatSimulation(readRwSet(results), this.#words),
    };
  }

  #craft(from: string, change: string, as: string): Answer {
    const kept = this.#kept.get(from);
    if (kept === undefined) return { skipped: true };
    const { transaction, txId } = craftTransaction(this.ledger, kept.transaction, change);
    this.#keep(as, transaction);
    this.#names.set(txId, as);
    return {};
  }

  /** Submits a transaction and waits for its place. */
  async #commit(name: string): Promise<OrderedAnswer> {
    const kept = this.#kept.get(name);
    if (kept === undefined) throw new Error(`no step kept ${name}`);
    const failure = await this.#hand(kept.transaction);
    return failure === undefined ? this.#await(name, kept) : { name, failure };
  }

  /** An orderer that had the transaction in a block before the gateway got to it refuses it; the transaction is ordered all the same. */
  async #hand(transaction: Transaction): Promise<GatewayFailure | undefined> {
    const { failure } = await answering(() => handIn(transaction));
    return failure?.details.some((detail) => detail.endsWith('request already processed')) === true ? undefined : failure;
  }

  async #await(name: string, kept: Kept): Promise<OrderedAnswer> {
    const { watch } = this.ledger;
    kept.place = await watch.placed(kept.transaction.getTransactionId());
    kept.placedAt = watch.transactions;
    return { name, code: kept.place.code };
  }

  /** On the other ledger chance has decided which of them share a block; here they then do as there. */
  async #order(names: readonly string[], together: boolean, wanted: Answer | undefined): Promise<Answer> {
    const present = names.filter((name) => this.#kept.has(name));
    if (present.length === 0) return { skipped: true };
    const each: OrderedAnswer[] = [];
    for (const group of this.#groupsOf(present, together, wanted)) {
      if (group.length === 1) each.push(await this.#commit(group[0] ?? ''));
      else each.push(...(await this.#orderTogether(group)));
    }
    const blocks = this.#blocksOf(present);
    if (wanted?.blocks !== undefined && !isDeepStrictEqual(blocks, wanted.blocks))
      throw new RunAgain(`the transactions of a race stand as ${JSON.stringify(blocks)}, not as ${JSON.stringify(wanted.blocks)}`);
    return { each: present.map((name) => each.find((answer) => answer.name === name) ?? { name }), blocks };
  }

  #groupsOf(names: readonly string[], together: boolean, wanted: Answer | undefined): readonly (readonly string[])[] {
    if (wanted?.blocks !== undefined) {
      const placed = wanted.blocks.flat();
      const blocks = wanted.blocks.map((block) => block.filter((name) => names.includes(name)));
      return [...blocks, ...names.filter((name) => !placed.includes(name)).map((name) => [name])].filter((block) => block.length > 0);
    }
    return together && !this.#isFatal(names) ? [names] : names.map((name) => [name]);
  }

  /** Those that are in blocks, by the blocks. */
  #blocksOf(names: readonly string[]): string[][] {
    const placed = names.flatMap((name) => {
      const place = this.#kept.get(name)?.place;
      return place === undefined ? [] : [{ name, ...place }];
    });
    placed.sort((one, other) => one.block - other.block || one.index - other.index);
    const numbers = [...new Set(placed.map(({ block }) => block))];
    return numbers.map((number) => placed.filter(({ block }) => block === number).map(({ name }) => name));
  }

  #isFatal(names: readonly string[]): boolean {
    return isFatalBlock(
      names.flatMap((name) =>
        this.script.steps.flatMap((step) => ('call' in step && step.kind !== 'evaluate' && step.as === name ? [step.call] : [])),
      ),
    );
  }

  async #orderTogether(names: readonly string[]): Promise<OrderedAnswer[]> {
    const failures = new Map<string, GatewayFailure>();
    await this.ledger.inOneBlock(async () => {
      const handed = names.map(async (name, at) => {
        await pause(at * STAGGER_MS);
        const failure = await this.#hand((this.#kept.get(name) as Kept).transaction);
        if (failure !== undefined) failures.set(name, failure);
      });
      await Promise.all(handed);
    });
    const answers: OrderedAnswer[] = [];
    for (const name of names) {
      const failure = failures.get(name);
      answers.push(failure === undefined ? await this.#await(name, this.#kept.get(name) as Kept) : { name, failure });
    }
    return answers;
  }

  async #resubmit(name: string): Promise<Answer> {
    const kept = this.#kept.get(name);
    if (kept?.placedAt === undefined) return { skipped: true };
    const answer = await answering(() => handIn(kept.transaction));
    if (this.ledger.watch.transactions - kept.placedAt > REMEMBERED) throw new RunAgain('the orderers may have forgotten the transaction');
    return answer;
  }

  async #repropose(name: string): Promise<Answer> {
    const { proposal } = this.#kept.get(name) ?? {};
    if (proposal === undefined) return { skipped: true };
    return answering(async () => {
      const { result = '' } = this.#describe(await proposal.endorse());
      return { result };
    });
  }

  /** Steps that touch what lives a few blocks only must not come too late. */
  #assertStillThere(step: Step): void {
    if (!JSON.stringify(step).includes(`"${BRIEF}"`)) return;
    const blocks = [...this.#kept.values()].flatMap(({ place }) => (place === undefined ? [] : [place.block]));
    const { height } = this.ledger.watch;
    if (this.#briefBlock !== undefined && height > this.#briefBlock + this.options.blockToLive)
      throw new RunAgain('what lives a few blocks only was gone already');
    if (step.kind === 'submit' || step.kind === 'order') this.#briefBlock ??= Math.max(...blocks);
  }

  async #expire(): Promise<void> {
    const { watch } = this.ledger;
    const newest = Math.max(0, ...[...this.#kept.values()].map(({ place }) => place?.block ?? 0));
    while (watch.height < newest + this.options.blockToLive + 3) {
      const filler = await this.#proposal({ org: this.ledger.mspIds[0] ?? '', operations: [['put', 'zz-filler', 'passing']] }).endorse();
      await this.#hand(filler);
      await watch.placed(filler.getTransactionId());
    }
    this.#briefBlock = undefined;
  }

  /** What was heard of the transactions in blocks, and of their events. */
  async #listen(): Promise<Heard[]> {
    const hasEvents = callsOf(this.script).some(({ operations }) => operations.some(([name]) => name === 'event'));
    if (hasEvents) await this.#passEvents();
    const { watch } = this.ledger;
    return [...this.#names].flatMap(([txId, name]) => {
      const event = watch.eventOf(txId);
      return watch.placesOf(txId).map((place) => ({ name, block: [place.code, place.event] as const, ...(event && { event }) }));
    });
  }

  /** Events come in order: once this one was heard, all before it were. */
  async #passEvents(): Promise<void> {
    const last = await this.#proposal({ org: this.ledger.mspIds[0] ?? '', operations: [['event', 'end', '@']] }).endorse();
    await this.#hand(last);
    await this.ledger.watch.heard(last.getTransactionId());
  }
}

async function handIn(transaction: Transaction): Promise<Answer> {
  await transaction.submit();
  return {};
}

async function answering(work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    if (error.details.some(({ message }) => BROKEN_CONNECTION.test(message)))
      throw new RunAgain(`a connection between peers broke: ${error.message}`);
    const details = error.details.map(({ mspId, message }) => [mspId, message] as const);
    return { failure: normaliseError({ name: error.name, code: error.code, message: error.message, details }) };
  }
}

function sameOutcome(answer: Answer, wanted: Answer): boolean {
  return answer.failure === undefined && wanted.failure === undefined;
}

function without<T extends object, K extends keyof T>(value: T, key: K): Omit<T, K> {
  const { [key]: _, ...rest } = value;
  return rest;
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}
