import { finishRegardless, timeLeft } from '../deadline';
import { newError, type CodedError } from '../problem';
import { AnswerError } from './answer-error';
import type { Carrier, Prepared, TransactionStatus } from './carrier';
import { newBackoff, type Backoff } from './backoff';
import { digestOf } from './digest';
import type { Intent, IntentStore } from './intent';
import type { BlockStream, Call, Committed, Json, Ledger, Submission } from './ledger';
import { isContention, isPolicyFailure, VALID } from './validation-codes';

/** Bounds of the courier, in milliseconds and tries. */
export interface CourierTimes {
  /** How long an endorsement that may have met a lagging or restarting peer is asked for again. */
  readonly endorseMs: number;
  readonly statusMs: number;
  /** How long an unknown outcome is pursued before the caller is told that it is unknown. */
  readonly settleMs: number;
  /** The orderers forget a transaction they never ordered after 3 minutes (RequestAutoRemoveTimeout); only then it may be given up. */
  readonly forgottenMs: number;
  /** New proposals after a conflict with others (codes 11 and 12). */
  readonly contentionTries: number;
}

const courierTimes: CourierTimes = {
  endorseMs: 2_500,
  statusMs: 15_000,
  settleMs: 45_000,
  forgottenMs: 200_000,
  contentionTries: 6,
};

export interface CourierOptions {
  readonly carrier: Carrier;
  readonly intents: IntentStore;
  /** Newest time that a transaction states in the blocks that the own peer has, in milliseconds since the epoch. */
  readonly newestTime: () => number;
  readonly onAlarm: (alarm: { readonly transactionId: string; readonly code: number; readonly transaction: string }) => void;
  readonly times?: Partial<CourierTimes>;
  readonly now?: () => number;
}

/** Carries transactions to the ledger so that each operation has one effect, whatever fails on the way (performance-and-faults D2). */
export class Courier implements Ledger {
  readonly #options: CourierOptions;
  readonly #times: CourierTimes;
  readonly #now: () => number;
  readonly #running = new Map<string, Promise<Committed>>();
  /** Who endorsed the last transaction of each name with a fixed policy. */
  readonly #endorsers = new Map<string, readonly string[]>();

  constructor(options: CourierOptions) {
    this.#options = options;
    this.#times = { ...courierTimes, ...options.times };
    this.#now = options.now ?? Date.now;
  }

  async evaluate(call: Call): Promise<Json> {
    const answer = await this.#ask(() => this.#options.carrier.evaluate(call), false);
    return JSON.parse(answer) as Json;
  }

  submit(submission: Submission): Promise<Committed> {
    const running = this.#running.get(submission.operation);
    if (running !== undefined) return running;
    const started = this.#submit(submission).finally(() => this.#running.delete(submission.operation));
    this.#running.set(submission.operation, started);
    return started;
  }

  followBlocks(start: number): Promise<BlockStream> {
    return this.#options.carrier.followBlocks(start);
  }

  readHeight(): Promise<number> {
    return this.#options.carrier.readHeight();
  }

  /** Settles what an earlier run of this gateway left open; gives the number that stays unknown. */
  async recover(): Promise<number> {
    const open = await this.#options.intents.listOpen();
    const outcomes = await Promise.allSettled(open.map((intent) => this.#settle(intent)));
    return outcomes.filter(({ status }) => status === 'rejected').length;
  }

  /** Resolves when nothing is on its way any more. */
  async drain(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running.values());
  }

  async #submit(submission: Submission): Promise<Committed> {
    const requestHash = hashRequest(submission);
    const earlier = await this.#recall(submission.operation, requestHash);
    if (earlier !== undefined) return earlier;
    const backoff = newBackoff({ firstMs: 20, mostMs: 500, now: this.#now });
    let policyTried = false;
    for (let attempt = 1; ; attempt += 1) {
      const prepared = await this.#endorse(submission);
      const { committed, outcome } = await this.#sendOrRecall(submission.operation, requestHash, prepared);
      if (committed !== undefined) return committed;
      if (outcome !== undefined && isPolicyFailure(outcome.code)) {
        if (policyTried) throw this.#alarm(submission, prepared, outcome);
        this.#endorsers.delete(submission.transaction);
        policyTried = true;
      } else this.#assertWorthAnother(prepared, outcome, { submission, attempt });
      await backoff.wait();
    }
  }

  /** Asks those who endorsed the last one, all at once, where the policy is fixed; else the peer finds out whom, and asks one after another. */
  async #endorse(submission: Submission): Promise<Prepared> {
    const { carrier } = this.#options;
    const { transaction, fixedPolicy = false, mayLag = false } = submission;
    const asLast = fixedPolicy ? await this.#endorseAsLast(submission) : undefined;
    if (asLast !== undefined) return asLast;
    const prepared = await this.#ask(() => carrier.endorse(submission), mayLag);
    if (fixedPolicy) this.#endorsers.set(transaction, carrier.readEndorsers(prepared));
    return prepared;
  }

  /** One try, which takes nothing of the time that the next has. Nothing when those who are known do not agree, lag or do not answer. */
  async #endorseAsLast(submission: Submission): Promise<Prepared | undefined> {
    const { transaction, mayLag = false } = submission;
    const organisations = this.#endorsers.get(transaction);
    if (organisations === undefined) return undefined;
    try {
      return await this.#options.carrier.endorse({ ...submission, organisations });
    } catch (error) {
      if (!(error instanceof AnswerError)) throw error;
      if (error.kind === 'final' && !(mayLag && isAnswerOfLaggard(error.error))) throw error.error;
      return undefined;
    }
  }

  /**
   * Too few endorsements, twice. Once may be chance: another transaction sealed the key, or the channel's configuration changed, between
   * proposal and block. Twice, an organisation or its chaincode deviates.
   */
  #alarm({ transaction }: Submission, prepared: Prepared, outcome: TransactionStatus): CodedError {
    this.#options.onAlarm({ transactionId: prepared.transactionId, code: outcome.code, transaction });
    return refused(prepared, outcome);
  }

  /** A conflict with others, or a transaction that was forgotten, is worth a new proposal, a bounded number of times; nothing else is. */
  #assertWorthAnother(
    prepared: Prepared,
    outcome: TransactionStatus | undefined,
    { submission, attempt }: { readonly submission: Submission; readonly attempt: number },
  ): void {
    if (outcome !== undefined && !isContention(outcome.code)) throw refused(prepared, outcome);
    if (attempt < this.#times.contentionTries) return;
    throw newError('LEDGER_CONTENTION', `${submission.transaction} met ${String(attempt)} conflicts; repeat the request`, {
      transactionId: prepared.transactionId,
    });
  }

  /** What an earlier submission of the same operation came to; nothing if there is none or it certainly failed. */
  async #recall(operation: string, requestHash: string): Promise<Committed | undefined> {
    const intent = await this.#options.intents.find(operation);
    if (intent === undefined || intent.state === 'failed') return undefined;
    const outcome = await this.#settle(intent);
    if (outcome?.code !== VALID) return undefined;
    if (intent.requestHash === requestHash) return formatCommitted(intent, outcome);
    throw newError('OPERATION_CHANGED', 'The same operation was committed with other content', { transactionId: intent.transactionId });
  }

  /** Sends it, or follows what another gateway of the organisation has sent for the same operation. */
  async #sendOrRecall(
    operation: string,
    requestHash: string,
    prepared: Prepared,
  ): Promise<{ readonly committed?: Committed | undefined; readonly outcome?: TransactionStatus | undefined }> {
    const sent = await this.#send(operation, requestHash, prepared);
    if (sent === 'taken') return { committed: await this.#recall(operation, requestHash) };
    return sent?.code === VALID ? { committed: formatCommitted(prepared, sent) } : { outcome: sent };
  }

  /** `taken`: another gateway of the organisation works on the operation, and nothing was sent. */
  async #send(operation: string, requestHash: string, prepared: Prepared): Promise<TransactionStatus | 'taken' | undefined> {
    const { intents, carrier } = this.#options;
    const intent = { operation, requestHash, ...prepared, sentAt: this.#now() };
    finishRegardless();
    if (!(await intents.open(intent))) return 'taken';
    const refusal = await carrier.send(prepared.envelope).catch(() => 'unknown' as const);
    return this.#settle({ ...intent, state: 'open', code: undefined, block: undefined }, refusal === undefined);
  }

  /**
   * The outcome of an intent: by its transaction id, then by sending the same envelope again. `undefined`: it certainly has none.
   * @throws CodedError LEDGER_OUTCOME_UNKNOWN; the intent stays open and the next repeat goes on from here
   */
  async #settle(intent: Intent, accepted = false): Promise<TransactionStatus | undefined> {
    if (intent.state === 'committed') return { code: VALID, block: intent.block ?? 0 };
    const backoff = newBackoff({ firstMs: 50, mostMs: 2_000, lastsMs: this.#times.settleMs, now: this.#now });
    let patienceMs = accepted ? this.#times.statusMs : 1_000;
    let { sentAt } = intent;
    do {
      const status = await this.#readStatus(intent, patienceMs);
      if (status !== undefined) return status;
      const takenAt = await this.#sendAgain(intent);
      sentAt = takenAt ?? sentAt;
      if (takenAt === undefined && this.#isForgotten(sentAt)) return this.#giveUp(intent);
      patienceMs = Math.min(this.#times.statusMs, patienceMs * 2);
    } while (await backoff.wait());
    throw newError(
      'LEDGER_OUTCOME_UNKNOWN',
      'The outcome of the transaction is not known yet; repeat the request with the same Idempotency-Key',
      { transactionId: intent.transactionId },
    );
  }

  async #readStatus(intent: Intent, timeoutMs: number): Promise<TransactionStatus | undefined> {
    const status = await this.#options.carrier.readStatus(intent.transactionId, timeoutMs);
    if (status === undefined) return undefined;
    await this.#options.intents.settle(intent, { state: status.code === VALID ? 'committed' : 'failed', ...status });
    return status;
  }

  /** Sends the same envelope; gives the time, stored with the intent, when the orderers took it. A refusal says nothing about the outcome. */
  async #sendAgain(intent: Intent): Promise<number | undefined> {
    const { carrier, intents } = this.#options;
    const sentAt = this.#now();
    const isTaken = await carrier.send(intent.envelope).then(
      () => true,
      () => false,
    );
    if (!isTaken) return undefined;
    await intents.sentAgain(intent, sentAt);
    return sentAt;
  }

  /** The orderers have forgotten what they took at `sentAt`, by this clock and by what the chain itself tells: a peer that lags proves nothing. */
  #isForgotten(sentAt: number): boolean {
    const forgottenAt = sentAt + this.#times.forgottenMs;
    return this.#now() > forgottenAt && this.#options.newestTime() > forgottenAt;
  }

  /** A transaction that no orderer holds any more and no block contains, although the chain is reachable: it has no effect. */
  async #giveUp(intent: Intent): Promise<undefined> {
    const { carrier, intents } = this.#options;
    await carrier.readHeight().catch(() => {
      throw newError('LEDGER_OUTCOME_UNKNOWN', 'The ledger cannot be reached to learn the outcome', {
        transactionId: intent.transactionId,
      });
    });
    const status = await carrier.readStatus(intent.transactionId, 1_000);
    if (status !== undefined)
      throw newError('LEDGER_OUTCOME_UNKNOWN', 'The outcome has just appeared; repeat the request', {
        transactionId: intent.transactionId,
      });
    await intents.settle(intent, { state: 'failed', code: undefined, block: undefined });
    return undefined;
  }

  /** Asks peers until one decides, or nobody waits for it any more: a lagging or restarting peer gets about 2 s. */
  async #ask<T>(ask: () => Promise<T>, mayLag: boolean): Promise<T> {
    const backoff: Backoff = newBackoff({ firstMs: 25, mostMs: 400, lastsMs: this.#times.endorseMs, now: this.#now });
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        if (!(error instanceof AnswerError)) throw error;
        const worthAnother = error.kind !== 'final' || (mayLag && isAnswerOfLaggard(error.error));
        if (!worthAnother || timeLeft() === 0 || !(await backoff.wait())) throw readLast(error);
      }
    }
  }
}

/** What a peer says that has not yet seen the block which this transaction builds on. */
const laggardCodes = ['RECORD_NOT_STORED', 'GROUP_NOT_CLOSED', 'GROUP_NOT_ABANDONED', 'CONSENT_VERSION_SKIPPED'];

function isAnswerOfLaggard({ category, code }: CodedError): boolean {
  return category === 'not-found' || laggardCodes.includes(code);
}

/** What is told when asking again did not help. Where some miss what others have, one is behind: nobody has decided. */
function readLast({ kind, error }: AnswerError): CodedError {
  if (kind !== 'lag' || !isAnswerOfLaggard(error)) return error;
  return newError('LEDGER_UNAVAILABLE', 'An organisation that must endorse is behind the others; nothing was submitted', { cause: error });
}

/** Transactions and their arguments hold no personal data, so their hash may be stored as it is. */
function hashRequest({ transaction, request }: Call): string {
  return digestOf(JSON.stringify([transaction, request]));
}

function formatCommitted(prepared: Prepared, outcome: TransactionStatus): Committed {
  const result = prepared.result === '' ? null : (JSON.parse(prepared.result) as Json);
  return { transactionId: prepared.transactionId, block: outcome.block, result };
}

function refused(prepared: Prepared, outcome: TransactionStatus): CodedError {
  return newError('LEDGER_REFUSED', `The ledger marked the transaction invalid with code ${String(outcome.code)}`, {
    transactionId: prepared.transactionId,
    details: { validationCode: outcome.code },
  });
}
