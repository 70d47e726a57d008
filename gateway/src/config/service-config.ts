/** How a gateway behaves as a service: what it takes on, how long it takes, whom it listens to. */
export interface ServiceConfig {
  /** Requests under way at once, by lane; how many wait for a turn, how long; and how many one caller may have. */
  readonly load: {
    readonly reads: number;
    readonly writes: number;
    readonly waiting: number;
    readonly waitMs: number;
    readonly perCaller: number;
  };
  /** Time after which a request is answered with what is known, in milliseconds. */
  readonly answerWithinMs: number;
  /** Time that a caller may take to send a body, in milliseconds. */
  readonly bodyWithinMs: number;
  /** Longest silence of an open stream of events, and how long its reader may read nothing, in milliseconds. */
  readonly heartbeatMs: number;
  /** Origins whose scripts may call. */
  readonly corsOrigins: readonly string[];
  /** Addresses and networks whose X-Forwarded headers are believed. */
  readonly trustedProxies: readonly string[];
  /** Addresses and networks from which `/metrics` is read. */
  readonly metricsFrom: readonly string[];
  /** Where the collector takes traces, and how many of a hundred that begin here it is told; undefined: none. */
  readonly traces: { readonly url: string; readonly percent: number } | undefined;
  /** How long a stop is announced at `/readyz` while everything is still answered, and how long it may then take, in milliseconds. */
  readonly drain: { readonly noticeMs: number; readonly withinMs: number };
  /** Where webhooks may go, how long they wait for an answer and how long one is tried, in milliseconds. */
  readonly webhooks: {
    readonly origins: readonly string[];
    readonly networks: readonly string[];
    readonly answerWithinMs: number;
    readonly giveUpAfterMs: number;
  };
}
