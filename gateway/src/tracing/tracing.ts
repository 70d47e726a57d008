/** A step that is told of: no names of persons, no references, no content; what it may say is in the table of docs/guides/gateway.md. */
export interface Step {
  readonly kind?: 'server' | 'client';
  readonly attributes?: Readonly<Record<string, string | number>>;
  /** Transactions that it has to do with: where this gateway sent one, the step points to where that happened. */
  readonly transactionIds?: readonly string[];
  /** Header of the request that it begins with (W3C Trace Context). */
  readonly traceparent?: string | undefined;
}

export interface Span {
  set(name: string, value: string | number): void;
}

/** Tells a collector what was done for what, and how long it took. */
export interface Tracing {
  /** Does work as a step of whatever step it is called in; ends with it, or with its promise. */
  run<T>(name: string, step: Step, work: (span: Span) => T): T;
  /** The step that is under way sends this transaction. */
  remember(transactionId: string): void;
  /** What a line of the log carries: the trace that it belongs to. */
  logFields(): Readonly<Record<string, string>>;
  /** Resolves when everything is told, or cannot be. */
  stop(): Promise<void>;
}

const silent: Span = { set: () => undefined };

/** Without a collector nothing is told, and it costs nothing. */
export const noTracing: Tracing = {
  run: (_name, _step, work) => work(silent),
  remember: () => undefined,
  logFields: () => ({}),
  stop: () => Promise.resolve(),
};
