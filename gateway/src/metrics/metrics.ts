import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Seconds: what a read takes, what a commit takes, what a frozen peer takes. */
const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const prefix = 'medaccord_gateway_';

/** A request that was answered. */
export interface AnsweredRequest {
  /** Template of its route. */
  readonly route: string;
  readonly method: string;
  readonly status: number;
  /** Of the error, where there was one. */
  readonly code: string | undefined;
  readonly seconds: number;
}

/** A step of a transaction on its way to the ledger. */
export type LedgerStep = 'evaluate' | 'endorse' | 'submit' | 'commit_status';

/** What is read when it is asked for. */
export interface MetricSources {
  readonly lanes: () => Readonly<Record<string, { readonly busy: number; readonly waiting: number }>>;
  /** Not a number while the store does not answer. */
  readonly openIntents: () => Promise<number>;
  readonly projection: () => {
    readonly height: number;
    /** Blocks of the organisation's own peer that are not here yet, when it last told. */
    readonly lag: number;
    /** Seconds since it was last proven that no block was missing; infinite before the first time. */
    readonly proofAge: number;
  };
  /** Requests of counterparties that the release agent has not answered yet. */
  readonly agentQueue: () => number;
  readonly decisions: () => { readonly kept: number; readonly ruled: number };
}

/**
 * What a gateway counts, in Prometheus' text format, named as Fabric names its own. Labels are route templates, names of transactions and
 * codes of tables: nothing that a caller can make up, and nothing of a person, a patient or a record.
 */
export class Metrics {
  readonly #registry = new Registry();
  readonly #requests = this.#histogram('http_request_duration', 'From the arrival of a request to its answer, in seconds', [
    'route',
    'method',
    'status',
  ]);
  readonly #errors = this.#counter('http_errors', 'Answers that were errors, by code', ['code']);
  readonly #steps = this.#histogram('ledger_step_duration', 'What a step of a transaction takes, in seconds', [
    'step',
    'transaction',
    'success',
  ]);
  readonly #outcomes = this.#counter('ledger_transaction_count', 'Outcomes of own transactions, by validation code', ['validation_code']);
  readonly #unknown = this.#counter('ledger_outcome_unknown', 'Questions for the outcome of a transaction that found none in time', []);
  readonly #resent = this.#counter('ledger_resubmissions', 'Envelopes that were sent again because their outcome was not known', []);
  readonly #blocks = this.#histogram('projection_block_duration', 'What the read model takes for a block, in seconds', []);
  readonly #answered = this.#histogram(
    'agent_request_duration',
    "From the moment the release agent sees a counterparty's request to its answer, in seconds",
    ['outcome'],
  );
  readonly #webhooks = this.#counter('webhooks', 'Tries to deliver a webhook, and subscriptions that were given up', ['outcome']);
  readonly #alarms = this.#counter('alarms', 'Things that must not happen: see the log', ['kind']);

  constructor() {
    collectDefaultMetrics({ register: this.#registry });
  }

  /** Reads these whenever somebody asks. */
  watch({ lanes, openIntents, projection, agentQueue, decisions }: MetricSources): void {
    this.#gauge('http_requests', 'Requests that are under way or wait for their turn', ['lane', 'state'], (gauge) => {
      for (const [lane, { busy, waiting }] of Object.entries(lanes())) {
        gauge.set({ lane, state: 'busy' }, busy);
        gauge.set({ lane, state: 'waiting' }, waiting);
      }
    });
    this.#gauge('ledger_intents_open', 'Transactions whose outcome is not known yet', [], async (gauge) => {
      gauge.set(await openIntents());
    });
    this.#gauge('projection_height', 'Blocks in the read model', [], (gauge) => {
      gauge.set(projection().height);
    });
    this.#gauge('projection_lag', 'Blocks that the own peer had and the read model had not, when it last told', [], (gauge) => {
      gauge.set(projection().lag);
    });
    this.#gauge('projection_proof_age', 'Seconds since it was last proven that no block of the own peer was missing', [], (gauge) => {
      gauge.set(projection().proofAge);
    });
    this.#gauge('agent_requests_waiting', 'Requests of counterparties that are not answered yet', [], (gauge) => {
      gauge.set(agentQueue());
    });
    this.#gauge('decision_answers', 'Rulings of the consent check, kept ones told again and fresh ones', ['kind'], (gauge) => {
      const { kept, ruled } = decisions();
      gauge.set({ kind: 'kept' }, kept);
      gauge.set({ kind: 'ruled' }, ruled);
    });
  }

  countRequest({ route, method, status, code, seconds }: AnsweredRequest): void {
    this.#requests.observe({ route, method, status }, seconds);
    if (code !== undefined) this.#errors.inc({ code });
  }

  countStep(step: LedgerStep, { transaction, success, seconds }: { transaction: string; success: boolean; seconds: number }): void {
    this.#steps.observe({ step, transaction, success: String(success) }, seconds);
  }

  /** @param code `undefined`: not known in time */
  countOutcome(code: string | undefined): void {
    if (code === undefined) this.#unknown.inc();
    else this.#outcomes.inc({ validation_code: code });
  }

  countResent(): void {
    this.#resent.inc();
  }

  countBlock(seconds: number): void {
    this.#blocks.observe(seconds);
  }

  countAnswer(outcome: string, seconds: number): void {
    this.#answered.observe({ outcome }, seconds);
  }

  countAlarm(kind: 'foreign_decision' | 'too_few_endorsements' | 'audit_log_rewritten' | 'adjudication_differs'): void {
    this.#alarms.inc({ kind });
  }

  countWebhook(outcome: 'delivered' | 'failed' | 'given_up'): void {
    this.#webhooks.inc({ outcome });
  }

  /** Everything, in the text format 0.0.4. */
  render(): Promise<string> {
    return this.#registry.metrics();
  }

  #histogram<L extends string>(name: string, help: string, labelNames: readonly L[]): Histogram<L> {
    return new Histogram({ name: prefix + name, help, labelNames, buckets, registers: [this.#registry] });
  }

  #counter<L extends string>(name: string, help: string, labelNames: readonly L[]): Counter<L> {
    return new Counter({ name: prefix + name, help, labelNames, registers: [this.#registry] });
  }

  #gauge<L extends string>(name: string, help: string, labelNames: readonly L[], read: (gauge: Gauge<L>) => void | Promise<void>): void {
    new Gauge({
      name: prefix + name,
      help,
      labelNames,
      registers: [this.#registry],
      async collect() {
        await read(this);
      },
    });
  }
}
